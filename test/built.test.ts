import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/**
 * The package as it is published: built and packed from a copy of the checkout, unpacked into an empty project that has its
 * declared dependencies and nothing else.
 */
const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'fleetwright-built-'))
const checkout = join(folder, 'checkout')
const project = join(folder, 'project')
const installed = join(project, 'node_modules/fleetwright')

interface Manifest {
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly files: readonly string[]
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

beforeAll(() => {
  const copied = [
    'src',
    'build',
    'build.ts',
    'tsconfig.json',
    'package.json',
    'README.md',
    'LICENSE',
    ...manifest.files,
  ]
  for (const path of copied.filter((one) => one !== 'dist' && existsSync(join(root, one))))
    cpSync(join(root, path), join(checkout, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'))
  execFileSync(process.execPath, ['build.ts'], { cwd: checkout, stdio: 'inherit' })
  // Its cache may not be written where tests run, and the package was built just now.
  const pack = [
    'pack',
    '--ignore-scripts',
    '--silent',
    '--cache',
    join(folder, 'cache'),
    '--pack-destination',
    folder,
  ]
  execFileSync('npm', pack, { cwd: checkout, stdio: 'inherit' })
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', [
    '-xzf',
    join(folder, 'fleetwright-0.1.0.tgz'),
    '-C',
    installed,
    '--strip-components=1',
  ])
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(project, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link)
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function cli(args: readonly string[], cwd = project) {
  const script = join(installed, manifest.bin['fleetwright'] ?? '')
  const env = { ...process.env, CI: '', XDG_CACHE_HOME: join(folder, 'cache') }
  return spawnSync(process.execPath, [script, ...args], { cwd, env, encoding: 'utf8' })
}

describe('the packed command line', () => {
  test('knows its version', () => {
    expect(cli(['--version']).stdout).toBe('0.1.0\n')
  })

  test('writes a fleet, compiles it from the folder and says what each cluster gets', () => {
    const fleet = join(folder, 'fleet')
    mkdirSync(fleet)
    expect(cli(['init'], fleet).status).toBe(0)
    const { status, stdout, stderr } = cli(['compile', '--worktree', '--out', '../tree'], fleet)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('2 clusters, 3 add-ons, 5 objects: 3 rendered')
    expect(existsSync(join(folder, 'tree/clusters/fleet/staging/helm-hello-hello'))).toBe(true)
  })

  test('ends with 2 and a suggestion for a command that there is not', () => {
    const { status, stderr } = cli(['compil'])
    expect(status).toBe(2)
    expect(stderr).toBe('usage: there is no command `compil`; did you mean `compile`?\n')
  })

  test('ends quietly when nobody reads on', () => {
    const script = join(installed, manifest.bin['fleetwright'] ?? '')
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', '"$0" "$1" compile --help | head -1', process.execPath, script],
      {
        encoding: 'utf8',
      },
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

describe('the packed library', () => {
  test('renders with the engine of the package', () => {
    const script = `
      import { createEngine } from 'fleetwright'
      const engine = await createEngine({ workers: 1 })
      const printed = await engine.printObjects(['{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}}'])
      process.stdout.write(printed.value[0].text)
      await engine.close()
    `
    writeFileSync(join(project, 'render.js'), script)
    const { stdout, stderr } = spawnSync(process.execPath, ['render.js'], { cwd: project, encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({
      stdout: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n',
      stderr: '',
    })
  })

  test('has types that hold in a strict project', () => {
    const script = `
      import { compile, type CompilePorts, type Diagnostic } from 'fleetwright'
      export async function codes(ports: CompilePorts, options: Parameters<typeof compile>[1]): Promise<string[]> {
        const diagnostics: Diagnostic[] = []
        await compile(ports, options, (diagnostic) => diagnostics.push(diagnostic))
        // @ts-expect-error: a diagnostic has no such field
        diagnostics[0]?.mesage
        return diagnostics.map(({ code }) => code)
      }
    `
    writeFileSync(join(project, 'types.ts'), script)
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck']
    const { stdout, status } = spawnSync(process.execPath, [tsc, ...options, 'types.ts'], {
      cwd: project,
      encoding: 'utf8',
    })
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
  })

  test('has exports that every resolver understands', async () => {
    const { messages } = await publint({ pkgDir: installed, pack: false })
    expect(messages).toEqual([])
  })

  test('holds no source, no test and nothing of this machine', () => {
    const files = execFileSync('find', ['.', '-type', 'f'], { cwd: installed, encoding: 'utf8' })
      .trim()
      .split('\n')
    const kinds = new Set(files.map((file) => file.split('/')[1]))
    expect(
      [...kinds].filter(
        (kind) => kind !== undefined && ['src', 'test', 'node_modules', 'build'].includes(kind),
      ),
    ).toEqual([])
    const texts = files.filter((file) => /\.(js|json|ts|md)$/.test(file))
    expect(texts.filter((file) => readFileSync(join(installed, file), 'utf8').includes(root))).toEqual([])
  })
})

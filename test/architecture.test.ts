import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix, resolve } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config'
import { describe, expect, onTestFinished, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const config = await extractConfig(join(root, '.dependency-cruiser.mjs'))

/** `rule: from → to`, sorted; empty when nothing is broken. */
async function violationsIn(folder: string): Promise<string[]> {
  const { options, ...ruleSet } = config
  const result = await cruise(['src'], { ...options, ruleSet, validate: true, baseDir: folder })
  const { violations } = (result.output as ICruiseResult).summary
  return violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort()
}

/** A project with these files only. */
function plant(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-architecture-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const manifest = JSON.stringify({
    type: 'module',
    devDependencies: { vitest: '*' },
    dependencies: { zod: '*' },
  })
  const tsconfig = readFileSync(join(root, 'tsconfig.json'), 'utf8')
  for (const [path, text] of Object.entries({
    'package.json': manifest,
    'tsconfig.json': tsconfig,
    ...files,
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const empty = 'export const value = 1\n'
const importing = (specifier: string): string =>
  `import { value } from '${specifier}'\nexport const other = value\n`

describe('imports', () => {
  test('of src keep ranks, privacy and purity', async () => {
    expect(await violationsIn(root)).toEqual([])
  })

  test.each([
    ['a stage that imports a later one', 'rank-source', 'src/source/source.ts', '../intent/intent.ts'],
    ['a stage that sees another of its rank', 'rank-render', 'src/render/render.ts', '../sources/sources.ts'],
    ['a stage that imports an adapter', 'rank-branch', 'src/branch/branch.ts', '../adapters/git/run.ts'],
    [
      'an import of what is private to a stage',
      'private-intent',
      'src/resolve/resolve.ts',
      '../intent/rules.ts',
    ],
    [
      'an import of the engine beyond its entry',
      'private-engine',
      'src/render/render.ts',
      '../engine/pool.ts',
    ],
    [
      'a stage that calls the journey',
      'journey-is-above-the-stages',
      'src/report/report.ts',
      '../compile.ts',
    ],
    ['the journey that makes an adapter', 'journey-takes-ports', 'src/compile.ts', './adapters/git/run.ts'],
    ['an import of the public index from inside', 'index-is-for-others', 'src/compile.ts', './index.ts'],
    [
      'an adapter that knows how a stage works',
      'adapters-know-ports',
      'src/adapters/git/run.ts',
      '../../branch/branch.ts',
    ],
    ['a shell that imports another', 'rank-cli', 'src/cli/main.ts', '../action/main.ts'],
    ['an import of a test', 'not-from-outside', 'src/cli/main.ts', '../../test/double.ts'],
  ])('%s is seen: %s', async (_, rule, from, specifier) => {
    const to = posix.join(posix.dirname(from), specifier)
    const folder = plant({ [from]: importing(specifier), [to]: empty })
    expect(await violationsIn(folder)).toContain(`${rule}: ${from} → ${to}`)
  })

  test('a pure stage that touches the machine is seen; path and crypto are allowed', async () => {
    const folder = plant({
      'src/render/render.ts':
        "import { readFileSync } from 'node:fs'\nimport { join } from 'node:path'\nimport { createHash } from 'node:crypto'\nexport const value = [readFileSync, join, createHash]\n",
    })
    expect(await violationsIn(folder)).toEqual(['pure-stages: src/render/render.ts → fs'])
  })

  test('a cycle is seen, one of types too', async () => {
    const folder = plant({
      'src/source/a.ts': "import { b } from './b.ts'\nexport const a = (): number => b()\n",
      'src/source/b.ts': "import { a } from './a.ts'\nexport const b = (): number => a()\n",
      'src/source/c.ts': "import type { D } from './d.ts'\nexport type C = D | 1\n",
      'src/source/d.ts': "import type { C } from './c.ts'\nexport type D = C[]\n",
    })
    const cycles = (await violationsIn(folder)).filter((violation) => violation.startsWith('no-cycles'))
    expect(cycles).toEqual([
      'no-cycles: src/source/a.ts → src/source/b.ts',
      'no-cycles: src/source/c.ts → src/source/d.ts',
    ])
  })

  test('a development tool in the product is seen', async () => {
    const folder = plant({
      'src/source/source.ts': "import { expect } from 'vitest'\nexport const value = expect\n",
    })
    expect((await violationsIn(folder)).map((violation) => violation.split(':')[0])).toContain(
      'runtime-dependencies',
    )
  })
})

describe('files', () => {
  const files = ['src', 'test', 'bench', 'build'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${folder}/${path}`),
  )

  test('are named in kebab-case after what they hold', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|misc|manager|service)([.-]|$)/
    const isWellNamed = (path: string): boolean =>
      /^[a-z0-9/-]+(\.(test|generated|d))?\.ts$/.test(path) && !vague.test(path)
    expect(files.filter((path) => !isWellNamed(path))).toEqual([])
  })

  test('are short: half of them within 90 lines, nine in ten within 250, all within 400', () => {
    const lengths = files
      .filter((path) => path.startsWith('src/') && !path.endsWith('.generated.ts') && !path.endsWith('.d.ts'))
      .map((path) => readFileSync(join(root, path), 'utf8').split('\n').length - 1)
      .sort((a, b) => a - b)
    const at = (share: number): number => lengths[Math.floor(lengths.length * share)] ?? 0
    expect(at(0.5)).toBeLessThanOrEqual(90)
    expect(at(0.9)).toBeLessThanOrEqual(250)
    expect(lengths.at(-1)).toBeLessThanOrEqual(400)
  })
})

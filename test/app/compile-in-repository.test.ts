import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { createRepositories } from '../../src/adapters/git/repositories/repositories.ts'
import { createRunCli } from '../../src/app/run-cli.ts'
import type { CliResult } from '../../src/app/types.ts'
import type { WorkingRepository } from '../../src/review/repositories-port.ts'
import {
  serveRepository,
  temporaryFolder,
  type ServedRepository,
} from '../adapters/repositories/served-repository.ts'
import { cliFile } from '../bundled.ts'

const root = resolve(import.meta.dirname, '..', '..')
const fleet = join(root, 'fixtures', 'demo', 'fleet')
const id = { installation: 12, owner: 'acme', name: 'fleet' }

/** The fleet of the demo on `main`, with a pull request that gives a label to one of its clusters. */
async function serveDemo(): Promise<ServedRepository & { readonly base: string; readonly head: string }> {
  const served = await serveRepository()
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-demo-'))
  cpSync(fleet, folder, { recursive: true })
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgSign=false']
  const git = (...args: string[]): string =>
    execFileSync('git', [...author, ...args], { cwd: folder, encoding: 'utf8' }).trim()
  git('init', '--quiet', '--initial-branch=main')
  git('add', '--all', '--force')
  git('commit', '--quiet', '--message', 'Describe the fleet')
  const base = git('rev-parse', 'HEAD')
  git('rm', '--quiet', '-r', 'profiles/ingress.yaml')
  git('commit', '--quiet', '--message', 'Change it')
  const head = git('rev-parse', 'HEAD')
  git('push', '--quiet', served.folder, `${base}:refs/heads/main`, `${head}:refs/pull/5/head`)
  return { ...served, base, head }
}

test('the command line works in a repository that is fetched, and what it wrote is pushed', async () => {
  const served = await serveDemo()
  const { base, head } = served
  const repositories = await createRepositories({
    ...{ folder: temporaryFolder(), maxBytes: 2 ** 30, now: () => Date.now(), environment: process.env },
  })
  const setting = { env: {}, timeLimitMs: 120_000, memoryLimitBytes: 2 ** 31 }
  const { run: runCli } = createRunCli({
    ...{
      cliPath: cliFile(),
      cacheFolder: temporaryFolder(),
      nodePath: process.execPath,
      environment: process.env,
    },
    settings: { of: () => setting, watched: [] },
  })
  const stages = new Set<string>()
  const run = (
    { folder, childEnvironment }: WorkingRepository,
    command: string,
    ...args: string[]
  ): Promise<CliResult> =>
    runCli({
      ...{ repository: id, command, args, folder, env: childEnvironment },
      signal: new AbortController().signal,
      onProgress: (stage) => stages.add(stage),
    })

  const compiling = await repositories.open(id, served.remote)
  await compiling.fetch(['refs/heads/main', 'refs/heads/rendered'])
  const compiled = await run(compiling, 'compile', '--commit', base, '--facts', join(fleet, '.fleetwright'))
  if (compiled.exitCode !== 0) throw new Error(compiled.stderr)
  expect([...stages]).toContain('manifests')
  const rendered = (await compiling.git(['rev-parse', 'refs/heads/rendered'])).stdout.trim()
  expect(await compiling.push({ branch: 'rendered', commit: rendered, expected: undefined })).toBe('pushed')
  expect(served.git('rev-parse', 'refs/heads/rendered')).toBe(rendered)
  await compiling.close()

  const working = await repositories.open(id, served.remote)
  await working.fetch(['refs/heads/main', 'refs/heads/rendered', 'refs/pull/5/head'])
  const result = await run(working, 'diff', base, head, '--format', 'json')
  if (result.exitCode !== 0) throw new Error(result.stderr)
  expect(JSON.parse(result.stdout)).toMatchObject({ baseline: 'pr' })
  await working.close()
  expect(existsSync(compiling.folder)).toBe(false)
}, 120_000)

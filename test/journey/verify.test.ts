import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDiskCache } from '../../src/adapters/charts/disk-cache.ts'
import { createFolderReader } from '../../src/adapters/disk/folder-reader.ts'
import { createGitBranchWriter } from '../../src/adapters/git/branch-writer.ts'
import { createCommitReader } from '../../src/adapters/git/commit-reader.ts'
import { createRenderedHistory } from '../../src/adapters/git/rendered-history.ts'
import { createMemoryCredentials, createMemoryRemote } from '../../src/adapters/memory/memory-sources.ts'
import { createLuaEvaluator } from '../../src/cli/evaluate-lua.ts'
import type { CompilePorts } from '../../src/compile.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { Engine } from '../../src/engine/types.ts'
import { verify, type Verification } from '../../src/verify.ts'
import { createPlayground, git, type Playground } from '../contracts/git-repositories.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { factsOfAll, fleetOfAll, publishedOfAll } from './fleet-of-all.ts'
import { asOf, bot, errorsOf, run, type Run } from './run.ts'
import { manifest, withChange } from './small-fleet.ts'
import { configMap } from '../compile-files.ts'
import { createSourceRepository } from './source-repository.ts'

let playground: Playground
let engine: Engine
/** Holds intent and, as `rendered`, what two of its commits were compiled to. */
let repository: string
let commits: readonly string[]
let caches = 0

const key = 'a key that everybody shares'

beforeAll(async () => {
  ;[playground, engine] = await Promise.all([createPlayground(), createTestEngine()])
  const source = await createSourceRepository(playground, 'source')
  repository = source.folder
  await source.commit(fleetOfAll, 2)
  const first = await render('HEAD')
  await source.commit(
    withChange(fleetOfAll, {
      'content/base.yaml': configMap('base', { 'a.yaml': manifest('of-base', 'changed') }),
    }),
    3,
  )
  const second = await render('HEAD')
  commits = [first, second].map(({ outcome }) => (outcome?.status === 'written' ? outcome.commit : ''))
})
afterAll(async () => {
  await engine.close()
  await playground.remove()
})

/** Downloads of a machine that has none yet. */
function emptyMachine(): CompilePorts['sources'] {
  const remote = createMemoryRemote(publishedOfAll)
  const cache = createDiskCache(join(playground.folder, `cache-${(caches += 1)}`))
  return () => ({ remote, cache, credentials: createMemoryCredentials(new Map()) })
}

async function render(revision: string): Promise<Run> {
  const reader = await createCommitReader(repository, revision)
  const writer = createGitBranchWriter({ repository })
  const done = await run({ reader, writer, engine, sources: emptyMachine() }, { facts: factsOfAll, key })
  expect(errorsOf(done)).toEqual([])
  return done
}

async function verified(name: string, secret = key): Promise<Verification> {
  const history = createRenderedHistory(repository)
  const diagnostics: Diagnostic[] = []
  try {
    return await verify(
      {
        history,
        engine,
        readCommit: (commit) => createCommitReader(repository, commit),
        evaluateLua: createLuaEvaluator({ now: asOf, elapsedMs: () => 0 }),
        elapsedMs: () => 0,
        sources: emptyMachine(),
      },
      name,
      {
        compiler: 'whichever',
        committer: bot,
        fetch: {},
        key: new TextEncoder().encode(secret),
      },
      (diagnostic) => diagnostics.push(diagnostic),
    )
  } finally {
    await history.close()
  }
}

/** Does something to the files of a rendered commit and commits that, on top or in its place. */
async function tampered(act: (folder: string) => Promise<unknown>, how: readonly string[]): Promise<string> {
  const folder = join(playground.folder, `tampered-${(caches += 1)}`)
  await git(repository, 'worktree', 'add', '--quiet', '--detach', folder, 'rendered')
  await act(folder)
  await git(folder, 'add', '--all')
  await git(folder, 'commit', '--quiet', ...how)
  const commit = (await git(folder, 'rev-parse', 'HEAD')).trim()
  await git(repository, 'worktree', 'remove', '--force', folder)
  return commit
}

const amended = ['--amend', '--no-edit']
const onTop = ['-m', 'by hand']
const file = 'clusters/fleet/prod-1/policy-default-base/configmap-apps-of-base.yaml'

describe('a rendered commit', () => {
  test('is made again from what it records, byte for byte, on a machine without a cache', async () => {
    for (const commit of commits) {
      const verification = await verified(commit)
      expect(verification).toMatchObject({ status: 'equal', commit })
    }
  })

  test.each([
    ['amended', amended],
    ['on top', onTop],
  ])('with a changed file, %s, is different, and the file is named', async (_, how) => {
    const commit = await tampered((folder) => writeFile(join(folder, file), manifest('of-base', 'evil')), how)
    expect(await verified(commit)).toMatchObject({
      status: 'different',
      differences: [{ path: file, kind: 'changed' }],
    })
  })

  test.each([
    ['amended', amended],
    ['on top', onTop],
  ])('with a file more and a file less, %s, is different, and both are named', async (_, how) => {
    const extra = `${file.slice(0, -'.yaml'.length)}-2.yaml`
    const commit = await tampered(async (folder) => {
      await rm(join(folder, file))
      await writeFile(join(folder, extra), manifest('extra', 'evil'))
    }, how)
    const verification = await verified(commit)
    expect(verification).toMatchObject({ status: 'different' })
    expect(verification.status === 'different' && verification.differences).toEqual([
      { path: extra, kind: 'unexpected' },
      { path: file, kind: 'missing' },
    ])
  })

  test('with an edited record is different', async () => {
    const path = '.fleetwright/clusters/fleet/prod-1.json'
    const commit = await tampered((folder) => writeFile(join(folder, path), '{}'), amended)
    expect(await verified(commit)).toMatchObject({
      status: 'different',
      differences: [{ path, kind: 'changed' }],
    })
  })

  test('with randomness is different under another key, in the file that drew it', async () => {
    const verification = await verified(commits[0] ?? '', 'another key altogether')
    expect(verification.status).toBe('different')
    const paths = verification.status === 'different' ? verification.differences.map(({ path }) => path) : []
    expect(paths).toContain('clusters/fleet/test/helm-apps-app/secret-apps-app.yaml')
    expect(paths.filter((path) => path.includes('policy-') || path.includes('configmap'))).toEqual([])
  })

  test('that was compiled from a changed folder, or by somebody else, cannot be made again, and says why', async () => {
    await writeFile(join(repository, 'uncommitted.yaml'), manifest('x', 'y'))
    const reader = await createFolderReader(repository)
    await run(
      { reader, writer: createGitBranchWriter({ repository }), engine, sources: emptyMachine() },
      { facts: factsOfAll, key, branch: 'from-folder' },
    )
    expect(await verified('from-folder')).toMatchObject({
      status: 'impossible',
      reason: /compiled from a folder/,
    })
    expect(await verified('HEAD')).toMatchObject({ status: 'impossible', reason: /not made by fleetwright/ })
  })
})

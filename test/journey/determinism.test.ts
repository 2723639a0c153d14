import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFolderReader } from '../../src/adapters/disk/folder-reader.ts'
import { createGitBranchWriter } from '../../src/adapters/git/branch-writer.ts'
import { createCommitReader } from '../../src/adapters/git/commit-reader.ts'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import {
  createMemoryCache,
  createMemoryCredentials,
  createMemoryRemote,
} from '../../src/adapters/memory/memory-sources.ts'
import type { Engine } from '../../src/engine/types.ts'
import type { RepositoryReader } from '../../src/source/repository-reader-port.ts'
import type { SourceCache } from '../../src/sources/source-cache-port.ts'
import { createPlayground, git, type Playground } from '../contracts/git-repositories.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { factsOfAll, fleetOfAll, publishedOfAll } from './fleet-of-all.ts'
import { errorsOf, printed, run } from './run.ts'
import { createSourceRepository } from './source-repository.ts'

let playground: Playground
let one: Engine
let four: Engine
let source: string
let count = 0

beforeAll(async () => {
  ;[playground, one, four] = await Promise.all([
    createPlayground(),
    createTestEngine({ workers: 1 }),
    createTestEngine({ workers: 4 }),
  ])
  const repository = await createSourceRepository(playground, 'source')
  source = repository.folder
  await repository.commit(fleetOfAll, 2)
})
afterAll(async () => {
  await Promise.all([one.close(), four.close()])
  await playground.remove()
})

interface How {
  readonly reader: RepositoryReader
  readonly engine?: Engine
  readonly cache?: SourceCache
}

/** Compiles onto an empty branch; gives the commit and the tree as git names them, and what was printed. */
async function compiled({ reader, engine = one, cache = createMemoryCache() }: How) {
  const repository = await playground.repository(`rendered-${(count += 1)}`, '--bare')
  const remote = createMemoryRemote(publishedOfAll)
  const sources = () => ({ remote, cache, credentials: createMemoryCredentials(new Map()) })
  const done = await run(
    { reader, writer: createGitBranchWriter({ repository }), engine, sources },
    { facts: factsOfAll, key: 'a key that everybody shares' },
  )
  expect(errorsOf(done)).toEqual([])
  const ids = await git(repository, 'rev-parse', 'rendered', 'rendered^{tree}')
  return { ids: ids.trim().split('\n'), printed: printed(done) }
}

/** The files of the commit, listed and read in another order. */
async function shuffled(): Promise<RepositoryReader> {
  const { revision } = await createCommitReader(source, 'HEAD')
  const reader = createMemoryReader(fleetOfAll, revision)
  return { ...reader, list: async () => [...(await reader.list())].reverse() }
}

describe('the same commit and facts give the same commit of the rendered branch', () => {
  test('whatever the order of files, the number of workers, commit or folder, cold or warm cache', async () => {
    const commit = await createCommitReader(source, 'HEAD')
    const cache = createMemoryCache()
    const first = await compiled({ reader: commit, cache })
    expect(await compiled({ reader: commit, cache }), 'warm cache').toEqual(first)
    expect(await compiled({ reader: commit, engine: four }), 'four workers').toEqual(first)
    expect(await compiled({ reader: await shuffled(), engine: four }), 'another order').toEqual(first)
    expect(await compiled({ reader: await createFolderReader(source) }), 'folder').toEqual(first)
  }, 120_000)
})

describe('a folder', () => {
  test('has the revision of its commit while it is equal to it', async () => {
    const commit = await createCommitReader(source, 'HEAD')
    expect((await createFolderReader(source)).revision).toEqual(commit.revision)
    expect((await createFolderReader(join(source, 'charts'))).revision).toEqual({})

    await writeFile(join(source, 'untracked.yaml'), 'kind: ConfigMap\n')
    expect((await createFolderReader(source)).revision).toEqual({})
    await git(source, 'clean', '-fdq')
    await writeFile(join(source, 'README.md'), 'Another fleet.\n')
    expect((await createFolderReader(source)).revision).toEqual({})
    // `git status` would call this clean: only the bytes differ.
    await writeFile(join(source, '.git/info/attributes'), '*.md text eol=crlf\n')
    await git(source, 'checkout', '--', 'README.md')
    expect((await createFolderReader(source)).revision).toEqual({})
    await writeFile(join(source, '.git/info/attributes'), '')
    await git(source, 'rm', '-q', '--cached', 'README.md')
    await git(source, 'reset', '-q', '--hard')
    expect((await createFolderReader(source)).revision).toEqual(commit.revision)
  })

  test('without a commit has no revision', async () => {
    const empty = await playground.repository('empty')
    await writeFile(join(empty, 'a.yaml'), 'a: 1\n')
    expect((await createFolderReader(empty)).revision).toEqual({})
  })

  test('that changes while it is read is not compiled', async () => {
    const { folder } = await createSourceRepository(playground, 'changing')
    await writeFile(join(folder, 'a.yaml'), 'a: 1\n')
    const reader = await createFolderReader(folder)
    await writeFile(join(folder, 'a.yaml'), 'a: 2\n')
    await expect(reader.read(['a.yaml'])).rejects.toThrow(/changed while .* was read/)
  })
})

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDiskCache } from '../../src/adapters/charts/disk-cache.ts'
import { createMemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import { createMemoryCredentials } from '../../src/adapters/memory/memory-sources.ts'
import type { CompilePorts } from '../../src/compile.ts'
import type { Engine } from '../../src/engine/types.ts'
import { createTestRemote, serve } from '../adapters/charts/loopback.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { createPlayground, type Playground } from '../contracts/git-repositories.ts'
import { badContent } from './bad-content.ts'
import { badDocuments } from './bad-documents.ts'
import type { Place, Row } from './bad-row.ts'
import { badSources } from './bad-sources.ts'
import { badWorld } from './bad-world.ts'
import { errorsOf, printed, run, warningsOf, type Run, type RunOptions } from './run.ts'
import { configMap } from '../compile-files.ts'
import { manifest, policyProfile, twoClusters, wellMovesOn, withChange, type Files } from './small-fleet.ts'

/** The cluster `ill` where a row says nothing else of it. */
const illByPolicy: Files = {
  'fleet/ill.yaml': policyProfile('ill', 'ill'),
  'fleet/ill-content.yaml': configMap('ill', {
    'a.yaml': manifest('a', 'before'),
    'b.yaml': manifest('b', 'before'),
  }),
}

let engine: Engine
let impatient: Engine
let playground: Playground

beforeAll(async () => {
  engine = await createTestEngine()
  impatient = await createTestEngine({ renderTimeoutMs: 2_000 })
  playground = await createPlayground()
})
afterAll(async () => {
  await engine.close()
  await impatient.close()
  await playground.remove()
})

describe('whatever is wrong is said, and costs nobody else anything', () => {
  const rows: readonly Row[] = [...badDocuments, ...badContent, ...badSources, ...badWorld(() => playground)]

  test.each(rows.map((row) => [row.what, row] as const))('%s', async (_, row) => {
    const place = (await row.place?.()) ?? inMemory()
    const remote = await openRemote(row)
    const good = withChange(twoClusters, row.good ?? illByPolicy)
    const compileFiles = (files: Files, used: Engine, options?: RunOptions): Promise<Run> =>
      run(
        {
          reader: createMemoryReader(remote.addressed(files), { commit: commitOf(files === good) }),
          readCommit: (commit) => {
            expect(commit).toBe(commitOf(true))
            return Promise.resolve(createMemoryReader(remote.addressed(good), { commit }))
          },
          writer: place.writer,
          engine: used,
          ...remote.ports(),
        },
        options,
      )
    const healthy = await compileFiles(good, engine)
    expect(printed(healthy), 'the fleet compiles before anything is wrong').toBe('')
    const before = await place.files()
    expect(clusterFiles(before, 'ill').size).toBeGreaterThan(0)

    remote.spoil()
    await place.spoil?.()
    const spoilt = withChange(withChange(good, wellMovesOn), row.bad ?? {})
    const faulty = await compileFiles(spoilt, row.impatient === true ? impatient : engine, row.options)

    expect(errorsOf(faulty)).toEqual(row.says ?? [])
    expect(warningsOf(faulty)).toEqual(row.warns ?? [])
    checkTexts(faulty)
    if (row.fails) {
      expect(faulty.failure?.message).toMatch(row.fails)
      expect(faulty.failure?.hint).toBeTruthy()
    } else expect(faulty.failure).toBeUndefined()
    await checkBranch(row, { place, before, faulty })
  })
})

/** The good state was compiled first; the second commit is the one in which something is wrong. */
function commitOf(isGood: boolean): string {
  return (isGood ? 'a' : 'b').repeat(40)
}

/** Whoever reads an error learns what to do, and never sees our inside. */
function checkTexts(faulty: Run): void {
  for (const { code, hint, fix, message } of faulty.diagnostics) {
    expect(message, code).not.toMatch(/\n\s+at |goroutine|undefined|\[object/)
    if (fix === undefined && !/must be|refuses:/.test(message))
      expect(hint, `${code} has no hint`).toBeTruthy()
  }
}

async function checkBranch(
  row: Row,
  { place, before, faulty }: { place: Place; before: ReadonlyMap<string, string>; faulty: Run },
): Promise<void> {
  const after = await place.files()
  if (row.then === 'branch stays') expect(after).toEqual(before)
  if (row.then === 'ill stays') expect(clusterFiles(after, 'ill')).toEqual(clusterFiles(before, 'ill'))
  for (const path of row.keeps ?? []) expect(after.has(path), path).toBe(true)
  if (row.then === 'branch is theirs') expect([...after.keys()]).toEqual(row.keeps)
  if (row.then === 'ill stays' || row.then === 'all goes on')
    expect([...clusterFiles(after, 'well').values()].join('')).toContain('value: after')
  if (row.shows !== undefined) expect([...clusterFiles(after, 'ill').values()].join('')).toContain(row.shows)
  // Also where nothing is written, everything that could be compiled was.
  if (faulty.compiled?.fleet.clusters.some(({ id }) => id === 'fleet/well') === true)
    expect(renderedTexts(faulty, 'fleet/well')).toContain('value: after')
}

/** What clusters run and what delivers it: everything but fleetwright's own records. */
function clusterFiles(files: ReadonlyMap<string, string>, cluster: string): ReadonlyMap<string, string> {
  const places = new RegExp(`^(clusters/fleet/${cluster}/|delivery/.*\\b${cluster}\\b)`)
  return new Map([...files].filter(([path]) => places.test(path)))
}

function renderedTexts({ compiled }: Run, cluster: string): string {
  const units = compiled?.rendered?.clusters.find(({ id }) => id === cluster)?.units ?? []
  const manifests = units.flatMap(({ result }) => (result.status === 'rendered' ? result.manifests : []))
  return manifests.map(({ text }) => text).join('')
}

function inMemory(): Place {
  const writer = createMemoryBranch()
  return { writer, files: () => Promise.resolve(writer.filesOf('rendered')) }
}

/** The sources of a row: real adapters over a server on loopback and a cache on a disk. */
async function openRemote({ remote, cacheFiles, forgets }: Row): Promise<{
  addressed(files: Files): Files
  ports(): { readonly sources?: CompilePorts['sources'] }
  spoil(): void
}> {
  if (remote === undefined) return { addressed: (files) => files, ports: () => ({}), spoil: () => undefined }
  let isSpoilt = false
  const server = await serve((request, response) => {
    const answer = isSpoilt ? remote.bad : remote.good
    answer(request, response)
  })
  // Adapters remember the index of a repository for one run, as a shell makes them anew for each.
  let { remote: adapters } = createTestRemote()
  const newFolder = (): string => mkdtempSync(join(tmpdir(), 'fleetwright-test-'))
  let folder = newFolder()
  return {
    addressed: (files) =>
      Object.fromEntries(
        Object.entries(files).map(([path, file]) => [
          path,
          typeof file === 'string' ? file.replaceAll('http://remote.example', server.url) : file,
        ]),
      ),
    ports: () => ({
      sources: () => ({
        remote: adapters,
        cache: createDiskCache(folder, isSpoilt ? cacheFiles : undefined),
        credentials: createMemoryCredentials(new Map()),
      }),
    }),
    spoil() {
      isSpoilt = true
      adapters = createTestRemote().remote
      if (forgets === true) folder = newFolder()
    },
  }
}

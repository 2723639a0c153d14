import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toFileTree } from '../../src/engine/engine.ts'
import type { Engine, EngineFault, EngineObject, FileTree } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { readArchive } from './archive.ts'
import { readCorpusRows } from './corpus-rows.ts'
import type { CorpusRow } from './corpus-rows.ts'
import { kustomizeDifferences } from './differences.ts'

/*
 * Every root of a kustomization in the corpus, against what `kustomize build` v5.8.2 printed: the same objects, in the same
 * order. That upstream's own text is equal to the byte is the claim of engine/kustomize/golden_test.go, where that text
 * exists; 52 goldens of which only a hash was kept are compared there alone.
 */

const entropy = { seed: new Uint8Array(32), clockMs: Date.UTC(2026, 0, 1) }
const rows = readCorpusRows().filter(({ kind }) => kind !== 'chart')
const repositories = [
  ...new Set(rows.map(({ kind, name }) => `${kind === 'fleet' ? 'fleets' : 'kustomize'}/${name}`)),
]
const counts = { equal: 0, refused: 0, hash: 0, remote: 0, chart: 0, withChart: 0, intended: 0 }

let engine: Engine

beforeAll(async () => {
  if (sharedFolder() !== undefined) engine = await createTestEngine({ workers: 2, renderTimeoutMs: 120_000 })
})

afterAll(async () => {
  console.log(`kustomize: ${JSON.stringify(counts)} of ${rows.length}`)
  await engine?.close()
})

/** The class of the corpus' reason in the engine's words. */
function expectedKind(reason: string): EngineFault['kind'] {
  if (reason.startsWith('remote') || reason.startsWith('schema')) return 'remote'
  // The golden's own sorting took some of the duplicates for missing files.
  const isMissing = reason.startsWith('missing-file') && !reason.includes('already registered id')
  return isMissing ? 'missing-file' : 'kustomize'
}

async function check(
  row: CorpusRow,
  tree: FileTree,
  goldens: ReadonlyMap<string, Uint8Array>,
): Promise<string | undefined> {
  const path = row.case === '.' ? '' : row.case
  const built = await engine.buildKustomization({ tree, path }, entropy)
  if (row.reason.startsWith('helm-generator')) {
    // Upstream ran without its helm generator. Here a chart of the tree is rendered, another one is to be fetched.
    counts[built.ok ? 'withChart' : 'chart'] += 1
    return undefined
  }
  if (row.result === 'fail') return checkFault(row, built.ok ? undefined : built.fault)
  if (!built.ok) return checkFault(row, built.fault)
  const golden = goldens.get(row.golden.split(':')[1] ?? '')
  if (golden === undefined) {
    counts.hash += 1
    return undefined
  }
  const text = new TextDecoder().decode(golden)
  const expected = await engine.readObjects({ texts: [{ name: row.golden, text }] })
  if (!expected.ok) return `the golden is not read: ${expected.fault.message}`
  const difference = firstDifference(expected.value, built.value)
  if (difference === undefined) counts.equal += 1
  return difference
}

function checkFault(row: CorpusRow, fault: EngineFault | undefined): string | undefined {
  const expected = row.result === 'ok' ? undefined : expectedKind(row.reason)
  if (fault?.kind === expected) counts[expected === 'remote' ? 'remote' : 'refused'] += 1
  else
    return `fault ${fault?.kind ?? 'none'} (${fault?.message ?? ''}), expected ${expected ?? 'none'}: ${row.reason}`
  return undefined
}

function firstDifference(
  expected: readonly EngineObject[],
  actual: readonly EngineObject[],
): string | undefined {
  if (expected.length !== actual.length) return `${actual.length} objects, expected ${expected.length}`
  const index = expected.findIndex((object, place) => object.text !== actual[place]?.text)
  if (index < 0) return undefined
  return `object ${index} (${expected[index]?.kind ?? ''} ${expected[index]?.name ?? ''}) differs`
}

describe.skipIf(sharedFolder() === undefined)('kustomize build', () => {
  test.each(repositories)('%s', { timeout: 900_000 }, async (repository) => {
    const corpus = join(requireShared(), 'corpus')
    const [files, goldens] = await Promise.all([
      readArchive(join(corpus, `${repository}.tgz`)),
      readArchive(join(corpus, `golden/${repository}.tar.gz`)),
    ])
    const inner = [...files].map(([path, content]) => [path.slice(path.indexOf('/') + 1), content] as const)
    const tree = toFileTree(new Map(inner))
    const own = rows.filter(
      ({ kind, name }) => repository === `${kind === 'fleet' ? 'fleets' : 'kustomize'}/${name}`,
    )
    const differences = await Promise.all(
      own.map(async (row) => ({ row, difference: await check(row, tree, goldens) })),
    )
    const unexpected = differences.flatMap(({ row, difference }) => {
      const name = `${row.name} ${row.case}`
      const isIntended = kustomizeDifferences.some(({ cases }) => cases.includes(name))
      if (isIntended) counts.intended += 1
      if (isIntended === (difference !== undefined)) return []
      return [`${name}: ${difference ?? 'is listed as a difference and is none'}`]
    })
    expect(unexpected).toEqual([])
  })
})

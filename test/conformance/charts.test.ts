import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toFileTree } from '../../src/engine/engine.ts'
import type {
  Engine,
  EngineFault,
  EngineObject,
  Entropy,
  FileTree,
  Json,
  Outcome,
} from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { readArchive } from './archive.ts'
import { readCorpusRows } from './corpus-rows.ts'
import type { CorpusRow } from './corpus-rows.ts'
import { chartDifferences } from './differences.ts'

/*
 * Every chart case of the corpus through the WebAssembly engine, against what `helm template` v4.3.1 printed: the same
 * objects, in the same order. That each template's text is upstream's, and all of them together what helm printed to the
 * byte, is the claim of engine/helm/differential_test.go; goldens of which only a hash was kept are compared there alone.
 */

const rows = readCorpusRows().filter(({ kind }) => kind === 'chart')
const charts = [...new Set(rows.map(({ name }) => name))]
const counts = { equal: 0, equalButForWhatMoves: 0, refused: 0, hash: 0, intended: 0 }

/** Two worlds that have nothing in common: what differs between them is random, or a time. */
const world: Entropy = { seed: new Uint8Array(32).fill(1), clockMs: Date.UTC(2026, 0, 1, 1, 2, 3) }
const otherWorld: Entropy = { seed: new Uint8Array(32).fill(2), clockMs: Date.UTC(2031, 11, 29, 11, 58, 59) }

const faultKinds: Readonly<Record<string, EngineFault['kind']>> = {
  'template-parse': 'template',
  'template-exec': 'template',
  'nil-pointer': 'template',
  'values-required': 'template',
  'library-chart': 'chart',
  'missing-deps': 'chart',
  'parse-yaml': 'yaml',
  schema: 'schema',
  'schema-remote': 'remote',
  'kube-version': 'kube-version',
}

let engine: Engine

beforeAll(async () => {
  if (sharedFolder() !== undefined) engine = await createTestEngine({ workers: 2, renderTimeoutMs: 120_000 })
})

afterAll(async () => {
  console.log(`charts: ${JSON.stringify(counts)} of ${rows.length}`)
  await engine?.close()
})

function valuesOf(row: CorpusRow, chart: FileTree): string {
  const name = row.case.replace(/^skip-schema\//, '')
  if (name === 'default') return ''
  if (name.startsWith('synth/'))
    return readFileSync(join(requireShared(), 'corpus/synth-values', name.slice('synth/'.length)), 'utf8')
  const content = chart.files.get(name)
  if (content === undefined) throw new Error(`${row.name} has no ${name}`)
  return new TextDecoder().decode(content)
}

function render(
  row: CorpusRow,
  chart: FileTree,
  entropy: Entropy,
): Promise<Outcome<readonly EngineObject[]>> {
  return engine.renderChart(
    {
      chart,
      release: { name: 'rel', namespace: 'test' },
      values: valuesOf(row, chart),
      capabilities: { kubeVersion: '1.33.0' },
      skipSchemaValidation: row.case.startsWith('skip-schema/'),
    },
    entropy,
  )
}

/** What is wrong with a case; undefined when nothing is. `moving` grows by the places that differ from world to world. */
async function check(row: CorpusRow, chart: FileTree, moving: Set<string>): Promise<string | undefined> {
  if (row.result === 'ok' && row.golden === '' && !row.deterministic) {
    counts.hash += 1
    return undefined
  }
  const rendered = await render(row, chart, world)
  if (row.result === 'fail') return checkFault(row, rendered.ok ? undefined : rendered.fault)
  if (!rendered.ok) return `refused (${rendered.fault.kind}): ${rendered.fault.message}`
  if (row.golden === '') {
    counts.hash += 1
    return undefined
  }
  const golden = await readGolden(row)
  if (row.deterministic) {
    const difference = firstDifference(golden, rendered.value)
    if (difference === undefined) counts.equal += 1
    return difference
  }
  const expected = await toValues(golden)
  const actual = await toValues(rendered.value)
  // Keys take seconds to make: one case of a chart usually tells what moves in all of them.
  const remain = differences(expected, actual, '').filter(({ path }) => !moving.has(path))
  const difference =
    remain.length === 0 ? undefined : await checkMoved(row, chart, moving, { expected, actual })
  if (difference === undefined) counts.equalButForWhatMoves += 1
  return difference
}

function checkFault(row: CorpusRow, fault: EngineFault | undefined): string | undefined {
  const expected = faultKinds[row.reason.split(':')[0] ?? '']
  if (fault === undefined || fault.kind !== expected)
    return `fault ${fault?.kind ?? 'none'} (${fault?.message ?? ''}), expected ${expected ?? '?'}: ${row.reason}`
  counts.refused += 1
  return undefined
}

async function readGolden(row: CorpusRow): Promise<readonly EngineObject[]> {
  const text = gunzipSync(readFileSync(join(requireShared(), 'corpus', row.golden))).toString('utf8')
  const objects = await engine.readObjects({ texts: [{ name: row.golden, text }] })
  if (!objects.ok) throw new Error(`golden of ${row.name} ${row.case}: ${objects.fault.message}`)
  return objects.value
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

/** Compares all but the places at which two worlds differ. Those hold no more values than lines moved between runs of helm. */
async function checkMoved(
  row: CorpusRow,
  chart: FileTree,
  moving: Set<string>,
  { expected, actual }: { readonly expected: Json; readonly actual: Json },
): Promise<string | undefined> {
  const again = await render(row, chart, otherWorld)
  if (!again.ok) return `refused the second time: ${again.fault.message}`
  const moved = differences(actual, await toValues(again.value), '')
  const lines = Number(/\((\d+) lines\)/.exec(row.moved)?.[1] ?? 0)
  const distinct = new Set(moved.map((one) => JSON.stringify(one.expected))).size
  if (distinct === 0 || distinct > lines) return `${distinct} values move, of helm's ${lines} lines`
  for (const { path } of moved) moving.add(path)
  const found = differences(expected, actual, '').find(({ path }) => !moving.has(path))
  return found === undefined ? undefined : `${found.path} differs`
}

/** The objects by kind and their place among those of that kind, as names may be random. */
async function toValues(objects: readonly EngineObject[]): Promise<Json> {
  const parsed = await engine.parseYaml(objects.map(({ text }) => text))
  const counted = new Map<string, number>()
  const entries = objects.map(({ kind }, place) => {
    const count = counted.get(kind) ?? 0
    counted.set(kind, count + 1)
    return [`${kind} ${count}`, parsed[place]?.[0]?.value ?? null] as const
  })
  return { order: entries.map(([key]) => key), objects: Object.fromEntries(entries) }
}

interface Difference {
  readonly path: string
  readonly expected: Json | undefined
}

function differences(expected: Json | undefined, actual: Json | undefined, path: string): Difference[] {
  const ours = membersOf(actual)
  const theirs = membersOf(expected)
  if (ours === undefined || theirs === undefined || Array.isArray(expected) !== Array.isArray(actual))
    return Object.is(expected, actual) ? [] : [{ path, expected }]
  if (Array.isArray(expected) && ours.size !== theirs.size) return [{ path, expected }]
  return [...new Set([...theirs.keys(), ...ours.keys()])].flatMap((key) =>
    differences(theirs.get(key), ours.get(key), `${path}/${key}`),
  )
}

function membersOf(value: Json | undefined): ReadonlyMap<string, Json> | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined
}

describe.skipIf(sharedFolder() === undefined)('helm template', () => {
  test.each(charts)('%s', { timeout: 300_000 }, async (name) => {
    const files = await readArchive(join(requireShared(), `corpus/charts/${name}.tgz`))
    const chart = toFileTree(
      new Map([...files].map(([path, content]) => [path.slice(path.indexOf('/') + 1), content])),
    )
    const own = rows.filter((row) => row.name === name)
    const moving = new Set<string>()
    const [first, ...others] = own.map((row) => async () => ({
      row,
      difference: await check(row, chart, moving),
    }))
    const checked = [await first?.(), ...(await Promise.all(others.map((run) => run())))].filter(
      (one) => one !== undefined,
    )
    const unexpected = checked.flatMap(({ row, difference }) => {
      const title = `${row.name} ${row.case}`
      const isIntended = chartDifferences.some(({ cases }) => cases.includes(title))
      if (isIntended) counts.intended += 1
      if (isIntended === (difference !== undefined)) return []
      return [`${title}: ${difference ?? 'is listed as a difference and is none'}`]
    })
    expect(unexpected).toEqual([])
  })
})

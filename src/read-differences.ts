import { createHash } from 'node:crypto'
import { partKey, tryParseUnitIndex, unitIndexPath } from './branch/branch.ts'
import type { BranchView, ClusterRecord, IndexRow, RecordedUnit, UnitSettings } from './branch/types.ts'
import type { Side, SideCluster, SideObject, SideUnit } from './compare/types.ts'
import { assert } from './diagnostics/errors.ts'
import type { Engine, JsonObject } from './engine/types.ts'
import { parseExactJson } from './kubernetes/exact-json.ts'
import { isNestedTooDeep } from './kubernetes/object-value.ts'
import type { Plan } from './resolve/types.ts'
import { unitContents, type UnitContents } from './unit-contents.ts'

/** Everything in which two branches differ, read and parsed. Values of Secrets are still in it: mask it before anything else. */
export interface Differences {
  readonly before: DifferingTree
  readonly after: DifferingTree
  /** Every core Secret of the clusters that differ, on either branch, whether it differs or not. */
  readonly secrets: readonly JsonObject[]
}

/** By cluster id, then by unit; both sorted. */
export type DifferingTree = ReadonlyMap<string, ReadonlyMap<string, DifferingUnit>>

export interface DifferingUnit {
  readonly record: RecordedUnit
  readonly digest: string
  /** How many objects it has. */
  readonly count: number
  readonly objects: readonly ReadObject[]
  readonly delivery: readonly ReadObject[]
}

type ReadObject = SideObject

/**
 * Reads in which units two branches differ, and their objects: costs what differs. Units that both have alike come
 * without objects. Throws EnvironmentError.
 */
export async function readDifferences(
  before: BranchView,
  after: BranchView,
  engine: Engine,
): Promise<Differences> {
  const [earlier, later] = await Promise.all([
    readSide(before, after.previous.clusters),
    readSide(after, before.previous.clusters),
  ])
  const values = await parseOnce(engine, [...earlier.texts.values(), ...later.texts.values()])
  const toObject = ({ texts }: SideTexts, row: WantedObject): ReadObject[] => {
    const text = texts.get(row.path)
    const parsed = text === undefined ? undefined : values.get(text)
    // Somebody else took the file away or broke it, which reading the branch reported.
    if (parsed === undefined) return []
    return [{ ...(row.identity ?? identityOf(parsed.value)), path: row.path, ...row.origin, ...parsed }]
  }
  const toTree = (side: SideTexts): DifferingTree =>
    new Map(
      side.clusters.map(([id, units]) => [
        id,
        new Map(
          units.map(({ name, record, digest, count, objects, delivery }) => [
            name,
            {
              ...{ record, digest, count },
              objects: objects.flatMap((row) => toObject(side, row)),
              delivery: delivery.flatMap((row) => toObject(side, row)),
            },
          ]),
        ),
      ]),
    )
  const secrets = [earlier, later].flatMap((side) =>
    side.secrets.flatMap((row) => toObject(side, row).map(({ value }) => value)),
  )
  return { before: toTree(earlier), after: toTree(later), secrets }
}

/** The sides of a comparison, without any value of a Secret. */
export function toSide(
  tree: DifferingTree,
  plan: Plan | undefined,
  mask: (value: JsonObject) => JsonObject,
): Side {
  const masked = new Map<JsonObject, JsonObject>()
  const hide = (object: ReadObject): SideObject => {
    const value = masked.get(object.value) ?? mask(object.value)
    masked.set(object.value, value)
    return { ...object, value }
  }
  const toUnit = ({ record, digest, count, objects, delivery }: DifferingUnit): SideUnit => ({
    settings: settingsOf(record),
    ...(record.chart && { chart: record.chart }),
    ...(record.kinds && { kinds: record.kinds }),
    digest,
    count,
    objects: objects.map(hide),
    delivery: delivery.map(hide),
  })
  const clusters = [...tree].map(([id, units]): [string, SideCluster] => [
    id,
    { units: new Map([...units].map(([name, unit]) => [name, toUnit(unit)])) },
  ])
  return { clusters: new Map(clusters), ...(plan && { plan }) }
}

interface WantedObject {
  readonly path: string
  readonly identity?: Pick<SideObject, 'apiVersion' | 'kind' | 'namespace' | 'name'>
  readonly origin?: Pick<SideObject, 'source'>
}

interface SideTexts {
  readonly clusters: readonly (readonly [string, readonly WantedUnit[]])[]
  /** Secrets with values, of units that differ and of others. */
  readonly secrets: readonly WantedObject[]
  readonly texts: ReadonlyMap<string, string>
}

interface WantedUnit {
  readonly name: string
  readonly record: RecordedUnit
  readonly digest: string
  readonly count: number
  readonly objects: readonly WantedObject[]
  readonly delivery: readonly WantedObject[]
}

type Records = ReadonlyMap<string, ClusterRecord>

/** What one branch has of the units in which it differs from the other. */
async function readSide({ previous, readFiles }: BranchView, others: Records): Promise<SideTexts> {
  const clusters = [...previous.clusters].sort(([a], [b]) => (a < b ? -1 : 1))
  const pairs = clusters.map(([id, record]) => ({ id, ...pairOf(record, others.get(id)) }))
  const wanted = pairs
    .filter(differs)
    .flatMap(({ id, record, own, theirs }) =>
      Object.entries(record.units).flatMap(([name, { secrets }]) =>
        own.get(name)?.digest !== theirs.get(name)?.digest || secrets.length > 0 ? [{ id, name }] : [],
      ),
    )
  const indexes = await readFiles(wanted.map(({ id, name }) => unitIndexPath(id, name)))
  const rowsOf = (id: string, name: string): readonly IndexRow[] =>
    tryParseUnitIndex(indexes.get(unitIndexPath(id, name)))?.objects ?? []
  const side = pairs.map((pair) => [pair.id, wantedUnits(pair, (name) => rowsOf(pair.id, name))] as const)
  const secrets = wanted.flatMap(({ id, name }) =>
    rowsOf(id, name)
      .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Secret')
      .flatMap(toWanted),
  )
  const paths = [
    ...secrets,
    ...side.flatMap(([, list]) => list.flatMap(({ objects, delivery }) => [...objects, ...delivery])),
  ].map(({ path }) => path)
  return { clusters: side, secrets, texts: await readFiles([...new Set(paths)]) }
}

/** A cluster on this branch beside what the other has of it. */
interface ClusterPair {
  readonly record: ClusterRecord
  readonly other: ClusterRecord | undefined
  readonly own: ReadonlyMap<string, UnitContents>
  readonly theirs: ReadonlyMap<string, UnitContents>
}

function pairOf(record: ClusterRecord, other: ClusterRecord | undefined): ClusterPair {
  return {
    ...{ record, other, own: unitContents(record) },
    theirs: other ? unitContents(other) : new Map<string, UnitContents>(),
  }
}

function wantedUnits(
  { record, other, own, theirs }: ClusterPair,
  rowsOf: (unit: string) => readonly IndexRow[],
): readonly WantedUnit[] {
  const owners = new Map(
    Object.entries(record.units).flatMap(([name, { parts }]) =>
      parts.map((part) => [partKey(name, part.name), name] as const),
    ),
  )
  const delivery = Object.entries(record.delivery).filter(
    ([path, { blob }]) => other?.delivery[path]?.blob !== blob,
  )
  return Object.entries(record.units)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, unit]) => {
      const contents = own.get(name)
      assert(contents, 'every unit has contents')
      const { digest, count, isOwn } = contents
      return {
        ...{ name, record: unit, digest, count },
        objects: digest === theirs.get(name)?.digest ? [] : rowsOf(name).filter(isOwn).flatMap(toWanted),
        delivery: delivery
          .filter(([, { key }]) => owners.get(key) === name)
          .map(([path]) => ({ path }))
          .sort((a, b) => (a.path < b.path ? -1 : 1)),
      }
    })
}

function toWanted({ path, apiVersion, kind, namespace, name, source }: IndexRow): WantedObject[] {
  if (path === undefined) return []
  return [
    {
      path,
      identity: { apiVersion, kind, ...(namespace !== undefined && { namespace }), name },
      ...(source !== undefined && { origin: { source } }),
    },
  ]
}

/** Records say more than what is compared: inputs move with every version of a chart that changes nothing. */
function differs({ record, other, own, theirs }: ClusterPair): boolean {
  if (other === undefined) return true
  const names = new Set([...own.keys(), ...theirs.keys()])
  return (
    [...names].some((name) => own.get(name)?.digest !== theirs.get(name)?.digest) ||
    JSON.stringify(record.delivery) !== JSON.stringify(other.delivery)
  )
}

export function settingsOf(record: RecordedUnit): UnitSettings {
  const { kind, profile, tier, local, inputs, syncMode, leave, createNamespaces, releaseNamespace } = record
  const { timeoutMs, dependsOn, checks, awaits, ignores } = record
  return {
    ...{ kind, profile, tier, local, inputs, syncMode, leave, createNamespaces, timeoutMs, dependsOn },
    ...(releaseNamespace !== undefined && { releaseNamespace }),
    ...(checks && { checks }),
    ...(awaits && { awaits }),
    ...(ignores && { ignores }),
  }
}

/** Enough that a worker has something to do, few enough that all of them do. */
const batchSize = 64

interface Parsed {
  readonly digest: string
  readonly value: JsonObject
}

/** By text: clusters share most of their objects. */
async function parseOnce(engine: Engine, texts: readonly string[]): Promise<ReadonlyMap<string, Parsed>> {
  const distinct = [...new Set(texts)]
  const batches = Array.from({ length: Math.ceil(distinct.length / batchSize) }, (_, batch) =>
    distinct.slice(batch * batchSize, (batch + 1) * batchSize),
  )
  const parsed = await Promise.all(batches.map((batch) => engine.parseYaml(batch)))
  return new Map(
    parsed.flat().flatMap((documents, position): [string, Parsed][] => {
      const text = distinct[position]
      const json = documents.find((document) => document.json !== undefined)?.json
      assert(text !== undefined, 'each text has its documents')
      if (json === undefined) return []
      const value = parseExactJson(json)
      if (!isMap(value)) return []
      const digest = digestOf(text)
      return [[text, { digest, value: isNestedTooDeep(value) ? withoutDepth(value, digest) : value }]]
    }),
  )
}

/** What can be said of an object that nobody can walk: that it is another one than before. */
function withoutDepth({ apiVersion, kind, metadata }: JsonObject, digest: string): JsonObject {
  const { name, namespace } = isMap(metadata) ? metadata : {}
  return {
    apiVersion: textOf(apiVersion),
    kind: textOf(kind),
    metadata: { name: textOf(name), namespace: textOf(namespace) },
    'nested too deep': `sha256 ${digest}`,
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function identityOf(value: JsonObject): Pick<SideObject, 'apiVersion' | 'kind' | 'namespace' | 'name'> {
  const { apiVersion, kind, metadata } = value
  const { name, namespace } = isMap(metadata) ? metadata : {}
  return {
    apiVersion: textOf(apiVersion),
    kind: textOf(kind),
    ...(typeof namespace === 'string' && { namespace }),
    name: textOf(name),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

import { apiGroup } from './object-file-names.ts'
import { partFolder, partKey } from './paths.ts'
import type { DeliveredCheck, IndexRow, RecordedUnit } from './types.ts'
import { joined } from './unit-checks.ts'

/** An entry of a Flux Kustomization's `healthCheckExprs`. */
export interface HealthExpression {
  readonly apiVersion: string
  readonly kind: string
  readonly current: string
}

/** A check of a unit that what is deployed does not let delivery make. */
export interface UnmetCheck {
  readonly unit: string
  readonly list: 'checks' | 'awaits'
  readonly position: number
  readonly engine?: string
  readonly since: string
}

export interface ClusterObjects {
  readonly cluster: string
  /** By name, sorted. */
  readonly units: ReadonlyMap<string, RecordedUnit>
  readonly objectsOf: (unit: string) => readonly IndexRow[]
}

/** Unit → units whose objects its pre-deploy checks are about, sorted. */
export type AwaitedUnits = ReadonlyMap<string, readonly string[]>

/**
 * Which units the pre-deploy checks of others wait for: those on the same cluster that have the objects. Objects of the
 * profile's own feature cannot be there before it.
 */
export function awaitedUnits(objects: ClusterObjects): {
  awaited: AwaitedUnits
  unmet: readonly UnmetCheck[]
} {
  const unmet: UnmetCheck[] = []
  const awaited = new Map<string, readonly string[]>()
  for (const [unit, record] of objects.units) {
    const found = new Set<string>()
    record.awaits?.forEach((check, position) => {
      const providers = providersOf(check, unit, objects)
      providers.forEach((provider) => found.add(provider))
      if (providers.length === 0)
        unmet.push({ unit, list: 'awaits', position, since: `no other unit deploys ${formatWanted(check)}` })
    })
    if (found.size > 0) awaited.set(unit, [...found].sort())
  }
  return { awaited, unmet }
}

/** Checks whose units already wait for the unit that has the check: what the order of profiles says counts first. */
export function circularWaits(objects: ClusterObjects, awaited: AwaitedUnits): readonly UnmetCheck[] {
  return [...awaited].flatMap(([unit, others]) =>
    (objects.units.get(unit)?.awaits ?? []).flatMap((check, position): UnmetCheck[] => {
      const providers = providersOf(check, unit, objects)
      const [first] = providers
      if (first === undefined || providers.some((provider) => others.includes(provider))) return []
      return [{ unit, list: 'awaits', position, since: `${first}, which it is about, waits for ${unit}` }]
    }),
  )
}

function providersOf(
  check: DeliveredCheck,
  unit: string,
  { units, objectsOf }: ClusterObjects,
): readonly string[] {
  const own = units.get(unit)
  return [...units].flatMap(([name, record]) => {
    const isOwn = name === unit || (record.profile === own?.profile && record.kind === own.kind)
    if (isOwn || record.local !== own?.local) return []
    return objectsOf(name).some((row) => isSelected(row, check)) ? [name] : []
  })
}

/** `healthCheckExprs` by key of the part, and checks that cannot be made of them. */
export interface ClusterExpressions {
  readonly expressions: ReadonlyMap<string, readonly HealthExpression[]>
  readonly unmet: readonly UnmetCheck[]
}

/**
 * What Flux is to be told of the health of each part. Flux judges all objects of a kind in a Kustomization alike, so that a
 * check must be about all of them; hooks run before and after and are nobody's health.
 */
export function healthExpressions(objects: ClusterObjects, awaited: AwaitedUnits): ClusterExpressions {
  const unmet: UnmetCheck[] = []
  const terms = new Map<string, Map<string, Terms>>()
  /** Whether the unit has objects that the check is about. */
  const judge = (
    unit: string,
    check: DeliveredCheck,
    asked: Omit<UnmetCheck, 'since' | 'engine'>,
  ): boolean => {
    const rows = judgedRows(unit, objects).filter(({ row }) => isOfKind(row, check))
    const selected = rows.filter(({ row }) => isSelected(row, check))
    if (selected.length > 0 && selected.length < rows.length) {
      const since = `it is about some of the ${check.kind} objects of ${unit} only, and Flux judges them alike`
      unmet.push({ ...asked, engine: 'Flux', since })
    } else for (const { row, part } of selected) addTerm(terms, { part, row, check })
    return selected.length > 0
  }
  for (const [unit, { checks = [] }] of objects.units)
    checks.forEach((check, position) => {
      if (check.cel === undefined) return
      const isFound = judge(unit, check, { unit, list: 'checks', position })
      if (isFound || hasElsewhere(unit, check, objects)) return
      const since = `its profile deploys no ${formatWanted(check)}`
      unmet.push({ unit, list: 'checks', position, engine: 'Flux', since })
    })
  for (const [unit, others] of awaited)
    objects.units.get(unit)?.awaits?.forEach((check, position) => {
      for (const other of others)
        if (check.cel !== undefined) judge(other, check, { unit, list: 'awaits', position })
    })
  return { expressions: new Map([...terms].map(([part, kinds]) => [part, toExpressions(kinds)])), unmet }
}

interface Terms {
  readonly apiVersion: string
  readonly kind: string
  readonly expressions: Set<string>
}

function addTerm(
  terms: Map<string, Map<string, Terms>>,
  { part, row: { apiVersion }, check }: { part: string; row: IndexRow; check: DeliveredCheck },
): void {
  const kinds = terms.get(part) ?? new Map<string, Terms>()
  terms.set(part, kinds)
  const key = `${check.group}/${check.kind}`
  const known = kinds.get(key) ?? { apiVersion, kind: check.kind, expressions: new Set() }
  kinds.set(key, known)
  known.expressions.add(check.cel ?? '')
}

/** One entry a kind: Flux reads no second one. */
function toExpressions(kinds: ReadonlyMap<string, Terms>): readonly HealthExpression[] {
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { apiVersion, kind, expressions }]) => ({
      apiVersion,
      kind,
      current: joined([...expressions], '&&'),
    }))
}

/** What a unit has besides hooks, with the key of the part that it lies in. */
function judgedRows(
  unit: string,
  { cluster, units, objectsOf }: ClusterObjects,
): readonly { row: IndexRow; part: string }[] {
  const record = units.get(unit)
  const parts = (record?.parts ?? []).filter(({ name }) => name === 'main' || name === 'crds')
  const keyOf = new Map(
    parts.map(({ name }) => [
      partFolder(cluster, { name: unit, local: record?.local === true }, name),
      partKey(unit, name),
    ]),
  )
  return objectsOf(unit).flatMap((row) => {
    const part = keyOf.get((row.path ?? '').slice(0, row.path?.lastIndexOf('/')))
    return part === undefined ? [] : [{ row, part }]
  })
}

/** Whether another unit of the same profile and feature has what the check is about: each of them gets it. */
function hasElsewhere(unit: string, check: DeliveredCheck, objects: ClusterObjects): boolean {
  const own = objects.units.get(unit)
  return [...objects.units].some(
    ([name, { profile, kind }]) =>
      profile === own?.profile &&
      kind === own.kind &&
      judgedRows(name, objects).some(({ row }) => isSelected(row, check)),
  )
}

function isSelected(row: IndexRow, check: DeliveredCheck): boolean {
  return isOfKind(row, check) && (check.namespace === '' || check.namespace === row.namespace)
}

function isOfKind({ apiVersion, kind }: IndexRow, check: DeliveredCheck): boolean {
  return kind === check.kind && apiGroup(apiVersion) === check.group
}

function formatWanted({ kind, namespace }: DeliveredCheck): string {
  return namespace === '' ? kind : `${kind} in namespace ${namespace}`
}

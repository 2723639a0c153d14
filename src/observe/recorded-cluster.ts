import { canonicalJson } from '../kubernetes/exact-json.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import { compareText } from '../kubernetes/text-order.ts'
import type { Discovery } from './cluster-reader-port.ts'
import { factsText } from './facts-text.ts'
import { planLists, preference } from './list-plan.ts'
import type { ObserveTarget } from './observe-request.ts'
import { covers, isAnswered, isOfQuery, queryKey } from './queries.ts'
import type { Reading, ReadObject } from './read-cluster.ts'
import type { SchemaFile } from './recorded-schema.ts'
import type { Answers, ClusterFacts, Query, ServedResource } from './types.ts'

/** A facts file, and what else is known of it. */
export interface Recorded {
  readonly text: string
  readonly schemas: readonly SchemaFile[]
  /** Recorded objects. */
  readonly objects: number
  /** Groups and versions that an answer is missing of: what was recorded before stands in. */
  readonly missing: readonly string[]
}

/** The facts file of a cluster; `before` is what was recorded of it. */
export function recordCluster(
  reading: Reading,
  queries: readonly Query[],
  target: ObserveTarget,
  before: ClusterFacts | undefined,
): Recorded {
  const { objects, asked, schemas, missing } = answersTo(queries, reading, before)
  const digests = schemas.map(({ key, digest }) => `${JSON.stringify(key)}:${JSON.stringify(digest)}`)
  const text = factsText({
    asked: list(asked),
    labels: canonicalJson(target.labels),
    objects: { type: 'list', lines: objects },
    ready: target.ready === undefined ? undefined : String(target.ready),
    resources: list(joinResources(reading, before)),
    schemas: digests.length === 0 ? undefined : { type: 'map', lines: digests },
    version: JSON.stringify(reading.version),
  })
  return { text, schemas, missing, objects: objects.length }
}

/** `management.json`. */
export function recordManagement(
  reading: Reading,
  queries: readonly Query[],
  before: Answers | undefined,
): Recorded {
  const { objects, asked, missing } = answersTo(queries, reading, before)
  const text = factsText({ asked: list(asked), objects: { type: 'list', lines: objects } })
  return { text, schemas: [], missing, objects: objects.length }
}

function list(values: readonly unknown[]) {
  return { type: 'list', lines: values.map(canonicalJson) } as const
}

interface AnswersTo {
  /** Sorted by identity. */
  readonly objects: readonly string[]
  /** Sorted by key. */
  readonly asked: readonly Query[]
  readonly schemas: readonly SchemaFile[]
  readonly missing: readonly string[]
}

/**
 * What a reading says to queries. Where the server of an API did not answer, what was recorded before stays the answer; and
 * where nothing was recorded, the query counts as not asked.
 */
function answersTo(
  queries: readonly Query[],
  { discovery, answers }: Reading,
  before: Answers | undefined,
): AnswersTo {
  const { lists, unanswerable } = planLists(queries, discovery)
  const read = lists.flatMap(({ query }) =>
    answers
      .filter((answer) => covers(answer.query, query))
      .flatMap((answer) => answer.objects.filter((object) => isOfQuery(object, query))),
  )
  const schemas = lists.flatMap(({ query }) =>
    answers.filter((answer) => covers(answer.query, query)).flatMap((answer) => answer.schemas),
  )
  const stale = unanswerable.filter((query) => isAnswered(before, query))
  const kept = stale.length === 0 ? [] : recordedObjects(before)
  const unknown = new Set(unanswerable.filter((query) => !stale.includes(query)))
  return {
    objects: inOrder(
      [...read, ...kept.filter((object) => stale.some((query) => isOfQuery(object, query)))],
      discovery,
    ),
    schemas: sortedBy(schemas, ({ key }) => key),
    asked: sortedBy(
      queries.filter((query) => !unknown.has(query)),
      queryKey,
    ),
    missing: discovery.unavailable.filter((silent) =>
      unanswerable.some(({ group }) => silent.startsWith(`${group}/`)),
    ),
  }
}

/** Texts of objects by identity; of one object in two versions, the one that the server prefers comes first. */
function inOrder(objects: readonly ReadObject[], discovery: Discovery): readonly string[] {
  const ranks = versionRanks(discovery)
  const placeOf = ({ apiVersion, kind, metadata: { namespace = '', name } }: ReadObject): string =>
    [groupOf(apiVersion), kind, namespace, name, ranks.get(apiVersion), apiVersion].join('\0')
  // Of what is read both whole and with its identity alone, the whole text is the longer one.
  const byLength = [...objects].sort((a, b) => a.text.length - b.text.length)
  return sortedBy(byLength, placeOf).map(({ text }) => text)
}

/** By apiVersion, in texts that sort. */
function versionRanks(discovery: Discovery): ReadonlyMap<string, string> {
  const groups = Map.groupBy(discovery.resources, ({ group }) => group)
  const ranks = [...groups].flatMap(([group, rows]) =>
    [...new Set(rows.map(({ version }) => version))]
      .sort(preference(discovery, group))
      .map((version, rank): [string, string] => [
        group === '' ? version : `${group}/${version}`,
        String(rank).padStart(3, '0'),
      ]),
  )
  return new Map(ranks)
}

function recordedObjects(before: Answers | undefined): readonly ReadObject[] {
  return (before?.objects ?? []).map((text) => ({
    ...(JSON.parse(text) as Omit<ReadObject, 'text'>),
    text,
  }))
}

/** Sorted by key; of equal keys the last. */
function sortedBy<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  const byKey = new Map(values.map((value) => [keyOf(value), value]))
  return [...byKey].sort(([a], [b]) => compareText(a, b)).map(([, value]) => value)
}

/** What is served, and of servers that did not answer what was served before. Sorted. */
function joinResources(
  { discovery: { resources, unavailable } }: Reading,
  before: ClusterFacts | undefined,
): readonly ServedResource[] {
  const isSilent = ({ group, version }: ServedResource): boolean =>
    unavailable.includes(group === '' ? version : `${group}/${version}`)
  const rows = [...(before?.resources ?? []).filter(isSilent), ...resources]
  return sortedBy(rows, ({ group, version, kind, name = '' }) => [group, version, kind, name].join('\0'))
}

import type { z } from 'zod'
import { canonicalJson, parseExactJson } from '../kubernetes/exact-json.ts'
import { compareText } from '../kubernetes/text-order.ts'
import { clusterFile, managementFile, observedFile } from './facts-files.ts'
import {
  clusterOfPath,
  factsPath,
  managementPath,
  observedPath,
  schemaPath,
  schemasFolder,
} from './facts-paths.ts'
import { factsText } from './facts-text.ts'
import { didAnswer } from './failure.ts'
import type { Observed, ObservedCluster, ObserveRequest } from './observe-request.ts'
import { recordCluster, recordManagement, type Recorded } from './recorded-cluster.ts'
import { managementId, type Answers, type ClusterFacts, type Observation } from './types.ts'
import type { Reading } from './read-cluster.ts'
import type { Outcome as OutcomeOf } from './visit-clusters.ts'

type Outcome = OutcomeOf<Reading>

/** One cluster with what came of asking it. */
interface Case {
  readonly id: string
  readonly outcome: Outcome
  /** Of a cluster that was read. */
  readonly recorded?: Recorded
  /** As it was. */
  readonly text: string | undefined
  /** The same of a cluster that was not read, where it can be understood. */
  readonly before?: (Answers & Partial<ClusterFacts>) | undefined
}

/** What was recorded before + what clusters said → what is to be recorded now. Pure. */
export function recordOutcomes(request: ObserveRequest, outcomes: ReadonlyMap<string, Outcome>): Observed {
  const cases = [...outcomes]
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, outcome]) => toCase(id, outcome, request))
  const files = new Map(request.previous)
  const gone = goneClusters(request, outcomes)
  for (const id of gone) files.delete(factsPath(id))
  for (const { id, recorded } of cases) {
    if (recorded === undefined) continue
    files.set(factsPath(id), recorded.text)
    for (const { digest, text } of recorded.schemas) files.set(schemaPath(digest), text)
  }
  files.set(observedPath, observedText(request, cases, gone))
  for (const path of unusedSchemas(files)) files.delete(path)
  return {
    files: new Map([...files].sort(([a], [b]) => compareText(a, b))),
    clusters: cases.map(toRow),
  }
}

function toCase(id: string, outcome: Outcome, request: ObserveRequest): Case {
  const text = request.previous.get(factsPath(id))
  if (outcome.type === 'failed')
    return { id, outcome, text, before: tryRead(text, id === managementId ? managementFile : clusterFile) }
  const { reading } = outcome
  // What was recorded before counts only where something is missing; reading it takes time.
  const last = reading.discovery.unavailable.length === 0 ? undefined : text
  const queries = request.needs.filter(({ cluster }) => cluster === id).map(({ query }) => query)
  const target = request.targets.find(({ cluster }) => cluster === id)
  const recorded = target
    ? recordCluster(reading, queries, target, tryRead(last, clusterFile))
    : recordManagement(reading, queries, tryRead(last, managementFile))
  return { id, outcome, text, recorded }
}

function tryRead<Schema extends z.ZodType>(
  text: string | undefined,
  schema: Schema,
): z.output<Schema> | undefined {
  try {
    return text === undefined ? undefined : schema.safeParse(parseExactJson(text)).data
  } catch {
    return undefined
  }
}

function toRow({ id, outcome, recorded, text, before }: Case): ObservedCluster {
  const changed = recorded !== undefined && recorded.text !== text
  if (outcome.type === 'read') {
    const { version, discovery } = outcome.reading
    return {
      ...{ id, status: 'observed', changed, objects: recorded?.objects ?? 0 },
      ...(id !== managementId && { version }),
      unavailable: discovery.unavailable,
    }
  }
  const { reason, message } = outcome.failure
  return {
    ...{ id, status: text === undefined ? 'missing' : 'kept', changed, failure: { reason, message } },
    ...(before?.version !== undefined && { version: before.version }),
    ...{ objects: before?.objects.length ?? 0, unavailable: [] },
  }
}

/**
 * Clusters that have facts and are in the inventory no more. The inventory is known once the management cluster answered,
 * now and at least once before, since it is made of what was recorded of it; or where there is none.
 */
function goneClusters(
  { targets, management, previous }: ObserveRequest,
  outcomes: ReadonlyMap<string, Outcome>,
): ReadonlySet<string> {
  const answered = outcomes.get(managementId)?.type === 'read' && previous.has(managementPath)
  if (management !== undefined && !answered) return new Set()
  const known = new Set([...targets.map(({ cluster }) => cluster), ...(management ? [managementId] : [])])
  const recorded = [...previous.keys()].flatMap((path) =>
    path === managementPath ? [managementId] : (clusterOfPath(path) ?? []),
  )
  const rows = Object.keys(tryRead(previous.get(observedPath), observedFile) ?? {})
  return new Set([...recorded, ...rows].filter((id) => !known.has(id)))
}

/** `observed.json`: rows of clusters that were not asked stay as they are. */
function observedText(
  { previous, now }: ObserveRequest,
  cases: readonly Case[],
  gone: ReadonlySet<string>,
): string {
  const rows = new Map(
    Object.entries<Observation>(tryRead(previous.get(observedPath), observedFile) ?? {}).filter(
      ([id]) => !gone.has(id),
    ),
  )
  for (const one of cases) rows.set(one.id, observation(one, rows.get(one.id)?.observedAt, now))
  return factsText(Object.fromEntries([...rows].map(([id, row]) => [id, canonicalJson(row)])))
}

/** An answer is complete only where nothing that was asked is missing of it: ages count from there. */
function observation({ outcome, recorded }: Case, observedAt: string | undefined, now: string): Observation {
  const last = observedAt !== undefined && { observedAt }
  if (outcome.type === 'failed') {
    const { failure } = outcome
    return { ...last, reachable: didAnswer(failure), reason: failure.words }
  }
  const missing = recorded?.missing ?? []
  return missing.length === 0
    ? { observedAt: now, reachable: true }
    : { ...last, reachable: true, reason: `no answer about ${missing.join(', ')}` }
}

/** Recorded schemas that no facts file refers to; none while a file cannot be read, which may refer to any. */
function unusedSchemas(files: ReadonlyMap<string, string>): readonly string[] {
  const schemas = [...files.keys()].filter((path) => path.startsWith(schemasFolder))
  if (schemas.length === 0) return []
  const used = new Set<string>()
  for (const [path, text] of files) {
    if (clusterOfPath(path) === undefined) continue
    const facts = tryRead(text, clusterFile)
    if (facts === undefined) return []
    for (const digest of Object.values(facts.schemas)) used.add(schemaPath(digest))
  }
  return schemas.filter((path) => !used.has(path))
}

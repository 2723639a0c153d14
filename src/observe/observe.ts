import type { ClusterReaders } from './cluster-reader-port.ts'
import type { Observed, ObserveRequest } from './observe-request.ts'
import { recordOutcomes } from './record-outcomes.ts'
import { readCluster } from './read-cluster.ts'
import { visitClusters } from './visit-clusters.ts'

export { canonicalJson } from '../kubernetes/exact-json.ts'
export {
  condenseDelivered,
  deliveredNeeds,
  deliveredPath,
  deliveryChanges,
  formatDelivered,
  isRecordedPath,
  tryParseDelivered,
  type Delivered,
  type DeliveredUnit,
  type DeliveryChange,
  type DeliveryStatus,
} from './delivered.ts'
export { readerRoles, type ReaderRole } from './cluster-role.ts'
export { notSettled } from './diagnostics.ts'
export { factChanges, factDifferences, type FactChange } from './fact-changes.ts'
export { factReasons, type FactReason, type FactReasons } from './fact-reasons.ts'
export { factsFolder, factsPath, isFactsPath, observedPath } from './facts-paths.ts'
export type {
  Observed,
  ObservedCluster,
  ObserveRequest,
  ObserveTarget,
  SecretAddress,
} from './observe-request.ts'
export { mergeNeeds } from './merge-needs.ts'
export { joinRecorded } from './join-recorded.ts'
export { parseFacts } from './parse-facts.ts'
export { parseSchemas } from './parse-schemas.ts'
export { parseEvent, recordEvents } from './recorded-events.ts'
export { covers, everything, isAnswered, isOfQuery, queryKey } from './queries.ts'
export { servedFor } from './list-plan.ts'
export { sideBySide } from './side-by-side.ts'
export { visitClusters, type Outcome, type Visit, type VisitRequest } from './visit-clusters.ts'
export { createWatchedReaders, type WatchedReaders, type WatchWorld } from './watched-readers.ts'
export { overlay, type Supposition } from './what-if.ts'

/**
 * Needs + clusters → facts files. All or nothing per cluster: what did not answer keeps its last file, and `observed.json`
 * says since when and why. Two readings without a change give the same bytes. No Secret value is in what it gives.
 * Never throws ClusterError: failures are rows of `clusters`.
 * @example const { files, clusters } = await observe({ targets, needs: plan.needs, previous, now, … }, readers)
 */
export async function observe(request: ObserveRequest, readers: ClusterReaders): Promise<Observed> {
  const { needs, key } = request
  const outcomes = await visitClusters(request, {
    open: (address) => readers.open(address),
    read: (reader, ids, signal) => {
      const queries = needs.filter(({ cluster }) => ids.includes(cluster)).map(({ query }) => query)
      return readCluster(reader, queries, { signal, key })
    },
  })
  return recordOutcomes(request, outcomes)
}

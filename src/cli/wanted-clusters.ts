import { didYouMean } from '../diagnostics/suggestion-list.ts'
import type { Cluster } from '../intent/types.ts'
import { matchesLabels } from '../kubernetes/label-selector.ts'
import { parseSelector } from '../kubernetes/selector-text.ts'
import type { Plan } from '../resolve/types.ts'
import { UsageError } from './io.ts'

type IsWanted = (cluster: Cluster, labels: Readonly<Record<string, string>>) => boolean

/** `--cluster`: the cluster with this id, or those with these labels. Throws UsageError for a text that is neither. */
export function parseWantedClusters(text: string): IsWanted {
  const parsed = parseSelector(text)
  // An id may read like the key of a label and the reverse; no cluster is called `env=prod`.
  if (!parsed.ok && !/^[^\s=,()]+\/[^\s=,()]+$/.test(text))
    throw new UsageError(`--cluster \`${text}\` is no selector: ${parsed.fault.message}`)
  return (cluster, labels) => cluster.id === text || (parsed.ok && matchesLabels(parsed.selector, labels))
}

/** Throws UsageError when no cluster of a plan was asked for, since that is hardly what was meant. */
export function checkSomeWanted(text: string, { clusters }: Pick<Plan, 'clusters'>): void {
  if (clusters.some(({ hold }) => hold?.reason !== 'not-selected')) return
  const ids = [...new Set(clusters.map(({ cluster }) => cluster.id))]
  const hint =
    didYouMean(text, ids) ?? 'see the clusters and their labels with `fleetwright compile --emit plan`'
  throw new UsageError(`--cluster \`${text}\` matches none of ${ids.length} clusters; ${hint}`)
}

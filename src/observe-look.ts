import { compile, type Compiled, type CompileOptions, type CompilePorts } from './compile.ts'
import type { Diagnostic } from './diagnostics/types.ts'
import type { ClusterAddress } from './observe/cluster-reader-port.ts'
import { queryKey, type ObserveTarget } from './observe/observe.ts'
import { managementId, type Need } from './observe/types.ts'
import { configuredManagement, fleetTargets, type FleetTargets } from './observe-targets.ts'

/** Needs of each cluster by the key of their query, by cluster id. */
export type NeedsByCluster = ReadonlyMap<string, ReadonlyMap<string, Need>>

/** What a compile from the facts so far wants to know. */
export interface Look {
  readonly compiled: Compiled
  readonly needs: NeedsByCluster
  readonly targets: FleetTargets
  readonly management: ClusterAddress | undefined
  readonly intentErrors: readonly Diagnostic[]
  /** Something could not be worked out, so that more may be needed than it seems. */
  readonly isIncomplete: boolean
}

/** Compiles from these facts; what is wrong is told by `validate`. */
export async function lookAround(
  ports: CompilePorts,
  options: Omit<CompileOptions, 'isWanted'> & { readonly management?: ClusterAddress },
): Promise<Look> {
  const diagnostics: Diagnostic[] = []
  const compiled = await compile(ports, options, (one) => diagnostics.push(one))
  const management = options.management ?? configuredManagement(compiled.config)
  const all = [...(compiled.plan?.needs ?? []), ...(compiled.rendered?.needs ?? [])]
  const needs = Map.groupBy(all, ({ cluster }) => cluster)
  return {
    compiled,
    management,
    needs: new Map([...needs].map(([id, own]) => [id, byKey(own)])),
    targets: fleetTargets(compiled, management),
    intentErrors: diagnostics.filter(isIntentError),
    isIncomplete: diagnostics.some(({ severity }) => severity === 'error'),
  }
}

/** Whether there are facts of a management cluster and nobody says any more where it is: a forgotten option, perhaps. */
export function hasLostManagement({ compiled, management }: Pick<Look, 'compiled' | 'management'>): boolean {
  return management === undefined && compiled.facts?.management !== undefined
}

/** Clusters that cannot be read and whose facts stay: nobody says where they are, or an error in the intent hides them. */
export function unreadTargets(look: Look): readonly ObserveTarget[] {
  const { compiled, targets, intentErrors } = look
  const known = new Set(targets.targets.map(({ cluster }) => cluster))
  const { clusters, unreadable } = compiled.facts ?? { clusters: new Map<string, unknown>(), unreadable: [] }
  const ids = [
    ...(hasLostManagement(look) ? [managementId] : []),
    ...targets.unaddressed.map(({ cluster }) => cluster),
    ...(intentErrors.some(mayHideClusters) ? [...clusters.keys(), ...unreadable] : []),
  ]
  return [...new Set(ids)]
    .filter((id) => !known.has(id))
    .map((cluster) => ({ cluster, address: { type: 'context' }, labels: {} }))
}

function mayHideClusters({ code }: Diagnostic): boolean {
  return !code.startsWith('resolve/')
}

/** Faults of what people wrote, and not of what could not be observed. */
function isIntentError({ code, severity }: Diagnostic): boolean {
  const isWritten = /^(source|config|intent|resolve)\//.test(code)
  return severity === 'error' && isWritten && !/facts-|not-observed/.test(code)
}

/** Who asks the same is joined. */
export function byKey(needs: readonly Need[]): ReadonlyMap<string, Need> {
  const joined = new Map<string, Need>()
  for (const need of needs) {
    const key = queryKey(need.query)
    const because = [...new Set([...(joined.get(key)?.because ?? []), ...need.because])].sort()
    joined.set(key, { ...need, because })
  }
  return joined
}

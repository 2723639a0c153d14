import type { ClusterAddress, ListRequest } from './observe/cluster-reader-port.ts'
import { canonicalJson, type ObserveTarget, type WatchWorld } from './observe/observe.ts'
import { managementId, type Need } from './observe/types.ts'
import type { ObservedFleet } from './observe-fleet.ts'

/** What is to be looked at again. */
export interface DueClusters {
  /** Cluster ids, and `management`. */
  readonly ids: ReadonlySet<string>
  /** Everything, because ages are to be true enough. */
  readonly isRefresh: boolean
}

export interface WatchedChanges {
  /** What watched clusters tell of changes. */
  readonly world: Pick<WatchWorld, 'onChange' | 'isUnwatched'>
  /** Waits for changes in clusters of the fleet, and until no more come; or until something is due all the same. */
  next(fleet: ObservedFleet): Promise<DueClusters>
}

interface Times {
  /** ISO 8601 UTC. */
  readonly now: () => string
  readonly wait: WatchWorld['wait']
  readonly signal: AbortSignal
}

/** Clusters that did not answer are tried again after so long, should nothing else happen. */
const retryMs = 30_000
/** Timers have an end. */
const longestWaitMs = 24 * 3_600_000
/** Changes without a pause are looked at all the same after so many pauses that never came. */
const mostDelays = 5

/** Gathers changes, so that many at a time are looked at once. */
export function createWatchedChanges({ now, wait, signal }: Times, debounceMs: number): WatchedChanges {
  const changed = new Map<string, ClusterAddress>()
  let count = 0
  let wake = (): void => undefined
  let refreshedAt = Date.parse(now())
  let fleet: ObservedFleet | undefined

  const happen = async (milliseconds: number): Promise<void> => {
    if (changed.size > 0) return
    const timer = new AbortController()
    const change = new Promise<void>((resolve) => (wake = resolve))
    await Promise.race([change, wait(milliseconds, AbortSignal.any([signal, timer.signal]))])
    timer.abort()
  }
  const settle = async (): Promise<void> => {
    for (let delay = 0; delay < mostDelays && !signal.aborted; delay += 1) {
      const before = count
      await wait(debounceMs, signal)
      if (count === before) return
    }
  }
  return {
    world: {
      onChange(address) {
        count += 1
        changed.set(canonicalJson(address), address)
        wake()
      },
      // Kubeconfigs are read when a cluster is opened: hundreds of watches would tell of nothing that facts hold.
      isUnwatched: (address, request) =>
        isNamedSecret(request) && (fleet === undefined || !isNeeded(address, request, fleet)),
    },
    async next(observed) {
      const unwatched = fleet === undefined ? needsNamedSecrets(observed) : []
      fleet = observed
      if (unwatched.length > 0) return { ids: new Set(unwatched), isRefresh: false }
      const dueAt = refreshedAt + observed.compiled.config.facts.maxAgeMs / 4
      const refreshMs = Math.min(longestWaitMs, Math.max(0, dueAt - Date.parse(now())))
      await happen(hasFailures(observed) ? Math.min(retryMs, refreshMs) : refreshMs)
      if (changed.size > 0) await settle()
      const isRefresh = Date.parse(now()) >= dueAt
      if (isRefresh) refreshedAt = Date.parse(now())
      const addresses = [...changed.values()]
      changed.clear()
      return { ids: new Set(isRefresh ? observed.asked.keys() : idsAt(addresses, observed)), isRefresh }
    },
  }
}

function hasFailures({ clusters, targets }: ObservedFleet): boolean {
  const addressed = new Set([managementId, ...targets.targets.map(({ cluster }) => cluster)])
  return clusters.some(({ id, failure }) => failure !== undefined && addressed.has(id))
}

function isNamedSecret({ group, kind, fieldSelector }: ListRequest): boolean {
  return group === '' && kind === 'Secret' && fieldSelector.startsWith(byName)
}

const byName = 'metadata.name='

/** Whether the intent asks for the Secret, and not only whoever opens clusters. */
function isNeeded(address: ClusterAddress, request: ListRequest, fleet: ObservedFleet): boolean {
  return idsAt([address], fleet).some((id) =>
    namedSecrets(id, fleet).some(
      ({ query }) =>
        query.namespace === request.namespace && `${byName}${query.name}` === request.fieldSelector,
    ),
  )
}

function namedSecrets(id: string, { asked }: ObservedFleet): readonly Need[] {
  return (asked.get(id) ?? []).filter(
    ({ query }) => query.group === '' && query.kind === 'Secret' && query.name !== '',
  )
}

/** Clusters whose Secrets were read before it was known that they are more than kubeconfigs. */
function needsNamedSecrets(fleet: ObservedFleet): readonly string[] {
  return [...fleet.asked.keys()].filter((id) => namedSecrets(id, fleet).length > 0)
}

/** Clusters that are read at these addresses. */
function idsAt(
  addresses: readonly ClusterAddress[],
  { management, targets }: ObservedFleet,
): readonly string[] {
  return addresses.flatMap((address) => [
    ...(management && canonicalJson(management) === canonicalJson(address) ? [managementId] : []),
    ...targets.targets.filter((target) => isAt(target, address)).map(({ cluster }) => cluster),
  ])
}

function isAt({ address: own }: ObserveTarget, address: ClusterAddress): boolean {
  if (own.type !== 'secret') return canonicalJson(own) === canonicalJson(address)
  // The origin of a kubeconfig names its Secret.
  return address.type === 'kubeconfig' && address.origin.endsWith(` ${own.namespace}/${own.name}`)
}

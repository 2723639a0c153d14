import { ClusterError } from '../diagnostics/cluster-error.ts'
import { canonicalJson } from '../kubernetes/exact-json.ts'
import type { ClusterAddress, ClusterReader } from './cluster-reader-port.ts'
import { didAnswer, toFailure, type Failure } from './failure.ts'
import { readKubeconfig } from './kubeconfig-secret.ts'
import type { ObserveRequest, ObserveTarget, SecretAddress } from './observe-request.ts'
import { sideBySide } from './side-by-side.ts'
import { managementId } from './types.ts'

export type Outcome<Reading> =
  | { readonly type: 'read'; readonly reading: Reading }
  | { readonly type: 'failed'; readonly failure: Failure }

export type VisitRequest = Pick<
  ObserveRequest,
  'management' | 'targets' | 'only' | 'concurrency' | 'clusterDeadlineMs' | 'deadline' | 'onProgress'
>

/** Clusters, and what is done in each: with one connection, within one deadline, for all ids that it stands for. */
export interface Visit<Reader extends ClusterReader, Reading> {
  open(address: ClusterAddress): Promise<Reader>
  read(reader: Reader, ids: readonly string[], signal: AbortSignal): Promise<Reading>
}

/** The management cluster while it is needed: its kubeconfig Secrets are read as their clusters come up. */
interface Hub<Reader> {
  open(): Promise<Reader>
  close(): Promise<void>
}

/**
 * Reads the management cluster and then the others, several at a time → what came of it, by cluster id. A target that is
 * the management cluster itself is read with it.
 */
export async function visitClusters<Reader extends ClusterReader, Reading>(
  request: VisitRequest,
  visit: Visit<Reader, Reading>,
): Promise<ReadonlyMap<string, Outcome<Reading>>> {
  const { management, only, onProgress } = request
  const isWanted = (id: string): boolean => only?.has(id) ?? true
  const targets = request.targets.filter(({ cluster }) => isWanted(cluster))
  const isHub = ({ address }: ObserveTarget): boolean => sameAddress(address, management)
  const withHub = [
    ...(management !== undefined && isWanted(managementId) ? [managementId] : []),
    ...targets.filter(isHub).map(({ cluster }) => cluster),
  ]
  const others = targets.filter((target) => !isHub(target))
  const outcomes = new Map<string, Outcome<Reading>>()
  const settle = (ids: readonly string[], outcome: Outcome<Reading>): void => {
    for (const id of ids) outcomes.set(id, outcome)
    onProgress?.(outcomes.size, withHub.length + others.length)
  }

  const hub = management && openOnce(management, visit)
  try {
    const first =
      hub && withHub.length > 0
        ? await visitOne(request, withHub, visit, { open: () => hub.open(), closes: false })
        : undefined
    if (first) settle(withHub, first)
    const resolve = addressBook(hub, first)
    await sideBySide(others, request.concurrency, async ({ cluster, address }) => {
      const open = async (signal: AbortSignal) => visit.open(await resolve(address, signal))
      settle([cluster], await visitOne(request, [cluster], visit, { open, closes: true }))
    })
  } finally {
    await hub?.close()
  }
  return outcomes
}

async function visitOne<Reader extends ClusterReader, Reading>(
  { clusterDeadlineMs, deadline = defaultDeadline }: VisitRequest,
  ids: readonly string[],
  visit: Visit<Reader, Reading>,
  { open, closes }: { readonly open: (signal: AbortSignal) => Promise<Reader>; readonly closes: boolean },
): Promise<Outcome<Reading>> {
  const signal = deadline(clusterDeadlineMs)
  const readAll = async (): Promise<Reading> => {
    const reader = await open(signal)
    try {
      return await visit.read(reader, ids, signal)
    } finally {
      if (closes) await tryClose(reader)
    }
  }
  try {
    return { type: 'read', reading: await unlessAborted(readAll(), signal) }
  } catch (error) {
    return { type: 'failed', failure: toFailure(signal.aborted ? tooLate(clusterDeadlineMs) : error) }
  }
}

function defaultDeadline(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(milliseconds)
}

/** A reader that does not listen to its signal holds up nobody. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const end = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function tooLate(milliseconds: number): ClusterError {
  return new ClusterError('timeout', {
    operation: 'observe',
    message: `it did not answer everything within ${milliseconds / 1000} s`,
  })
}

/** Gives the address that a kubeconfig Secret holds. */
function addressBook(hub: Hub<ClusterReader> | undefined, outcome: Outcome<unknown> | undefined) {
  return async (address: ClusterAddress | SecretAddress, signal: AbortSignal): Promise<ClusterAddress> => {
    if (address.type !== 'secret') return address
    const secret = `Secret ${address.namespace}/${address.name}`
    const cannot = (why: string): ClusterError =>
      new ClusterError('address', {
        operation: `read ${secret}`,
        message: `${secret}, which holds the kubeconfig, cannot be read: ${why}`,
      })
    if (hub === undefined) throw cannot('there is no management cluster')
    if (outcome?.type === 'failed' && !didAnswer(outcome.failure))
      throw cannot('the management cluster could not be read')
    try {
      return await readKubeconfig(await hub.open(), address, signal)
    } catch (error) {
      if (error instanceof ClusterError && error.reason !== 'address') throw cannot(error.message)
      throw error
    }
  }
}

function openOnce<Reader extends ClusterReader>(
  address: ClusterAddress,
  visit: Pick<Visit<Reader, unknown>, 'open'>,
): Hub<Reader> {
  let opened: Promise<Reader> | undefined
  return {
    open: () => (opened ??= visit.open(address)),
    close: async () => {
      const reader = await opened?.catch(() => undefined)
      if (reader) await tryClose(reader)
    },
  }
}

/** What was read counts, however the connection ends. */
async function tryClose(reader: ClusterReader): Promise<void> {
  try {
    await reader.close()
  } catch (error) {
    toFailure(error)
  }
}

function sameAddress(
  address: ClusterAddress | SecretAddress,
  management: ClusterAddress | undefined,
): boolean {
  return management !== undefined && canonicalJson(address) === canonicalJson(management)
}

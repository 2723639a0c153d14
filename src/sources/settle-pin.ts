import { describeMoving, steadiness } from './choose-offer.ts'
import { digestChanged, notCached, notLocked, unpinned } from './diagnostics.ts'
import type { Fetching } from './fetching.ts'
import { SourceFault } from './source-fault.ts'
import type { RemoteReference } from './source-remote-port.ts'
import type { Pin } from './types.ts'

/**
 * Which pin holds for a reference (decision 17): that of the lock file; for an exact name that of the last build; none,
 * when it may be resolved now. Throws SourceFault where a pin must be there and is not.
 */
export async function settlePin(reference: RemoteReference, fetching: Fetching): Promise<Pin | undefined> {
  const { lock, options, update } = fetching
  const locked = lock.entries.get(reference.key)
  if (update !== undefined) return update.isMoved(reference.key) ? undefined : locked
  if (locked !== undefined) return locked
  if (options.locked === true) throw new SourceFault(notLocked(reference))
  const steady = steadiness(reference)
  if (steady === 'moving') throw new SourceFault(unpinned(reference, describeMoving(reference)))
  const built = options.pins?.get(reference.key)
  if (built !== undefined && (steady === 'exact' || isTag(built))) return built
  if (options.offline !== true) return undefined
  const remembered = await fetching.ports.cache.recall(reference.key)
  if (remembered === undefined || (steady === 'by-ref' && !isTag(remembered))) {
    throw new SourceFault(notCached(reference))
  }
  return remembered
}

/** A Git name that turned out to be a branch moves as well: known only once it is resolved. */
export function assertSteady(reference: RemoteReference, version: string, fetching: Fetching): void {
  if (fetching.update !== undefined || steadiness(reference) !== 'by-ref') return
  if (!version.startsWith('refs/tags/')) throw new SourceFault(unpinned(reference, describeMoving(reference)))
}

/** An exact version means one thing for good: `fleetwright update` takes other content for it only when told by name. */
export function assertUnchanged(reference: RemoteReference, pin: Pin, { lock, update }: Fetching): void {
  const locked = lock.entries.get(reference.key)
  if (locked === undefined || update === undefined || update.isNamed(reference.key)) return
  if (steadiness(reference) !== 'exact' || locked.version !== pin.version) return
  if (locked.digest !== pin.digest) throw new SourceFault(digestChanged(reference, locked, pin.digest, lock))
}

function isTag(pin: Pin): boolean {
  return pin.version.startsWith('refs/tags/')
}

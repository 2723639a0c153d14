import { createRedisWork } from '../../src/adapters/queue/redis-work.ts'
import { createSqliteWork } from '../../src/adapters/queue/sqlite-work.ts'
import type { StateStore } from '../../src/review/state-store-port.ts'
import type { WorkQueue } from '../../src/review/work-queue-port.ts'

/** Where queue and state are kept; each opening is what a process of its own would have. */
export type QueuePlace =
  | { readonly backend: 'sqlite'; readonly file: string }
  | { readonly backend: 'redis'; readonly url: string; readonly prefix: string }

export interface Leases {
  readonly leaseMs?: number
  readonly renewMs?: number
  readonly pollMs?: number
}

export interface OpenedPlace {
  readonly queue: WorkQueue
  readonly state: StateStore
}

export function openPlace(place: QueuePlace, leases: Leases = {}): Promise<OpenedPlace> {
  return place.backend === 'sqlite'
    ? createSqliteWork({ file: place.file, ...leases })
    : createRedisWork({ url: place.url, prefix: place.prefix, ...leases })
}

import type { StateStore } from '../../review/state-store-port.ts'
import type { WorkQueue } from '../../review/work-queue-port.ts'
import { connectRedis } from './redis-connection.ts'
import { createPointers } from './redis-pointers.ts'
import { createRedisQueue, type RedisQueueOptions } from './redis-queue.ts'
import { createRedisState } from './redis-state.ts'

export interface RedisWorkOptions extends Partial<RedisQueueOptions> {
  /** `redis://` or `rediss://`, with user and password where the server wants them. */
  readonly url: string
  /** What all keys start with; several apps may share a server. Default `{fleetwright}`: the braces keep it in one slot of a cluster. */
  readonly prefix?: string
  /** Longest time that a call may take, with reconnecting. Default 5 s. */
  readonly timeoutMs?: number
}

/**
 * Queue and state in Redis or Valkey (6.2 or later), for several replicas of the app.
 *
 * The server must be told to keep what it has: `maxmemory-policy noeviction`, since with any other one it drops work when its
 * memory is full, and `appendonly yes`, since without it a restart forgets. With `appendfsync everysec`, its default, a loss of
 * power costs the last second; `always` costs nothing and is slower. What is lost is found again within the hour, as missed
 * webhooks are. The clock that leases go by is the server's.
 */
export async function createRedisWork(
  options: RedisWorkOptions,
): Promise<{ readonly queue: WorkQueue; readonly state: StateStore }> {
  const { url, prefix = '{fleetwright}', timeoutMs = 5000 } = options
  const { leaseMs = 30_000, renewMs = 10_000, pollMs = 1000 } = options
  const connection = await connectRedis({ url, prefix, timeoutMs })
  const open = new Set(['queue', 'state'])
  const closeAs = (user: string) => (): Promise<void> => {
    if (open.delete(user) && open.size === 0) connection.close()
    return Promise.resolve()
  }
  try {
    const pointers = await createPointers(connection, leaseMs)
    const queue = await createRedisQueue(connection, pointers, {
      ...{ leaseMs, renewMs, pollMs, close: closeAs('queue') },
    })
    return { queue, state: createRedisState(connection, closeAs('state')) }
  } catch (error) {
    connection.close()
    throw error
  }
}

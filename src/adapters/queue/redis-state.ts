import type { StateStore } from '../../review/state-store-port.ts'
import type { RedisConnection } from './redis-connection.ts'
import { sortedByKey } from './sorted-by-key.ts'

export function createRedisState(connection: RedisConnection, close: () => Promise<void>): StateStore {
  const { client, prefix, guard, run } = connection
  return {
    async get(key) {
      return (await guard('read state', () => client.get(`${prefix}:state:${key}`))) ?? undefined
    },
    async list(start) {
      const flat = (await run('list', [start], 'read state')) as string[]
      const entries: (readonly [string, string])[] = []
      for (let index = 0; index + 1 < flat.length; index += 2)
        entries.push([flat[index] ?? '', flat[index + 1] ?? ''])
      return sortedByKey(entries)
    },
    async put(values) {
      const kept: string[] = []
      const dropped: string[] = []
      for (const [key, value] of values)
        if (value === undefined) dropped.push(key)
        else kept.push(key, value)
      await run('put', [kept.length / 2, ...kept, ...dropped], 'keep state')
    },
    async lease(name, holder, milliseconds) {
      const wanted = Math.max(0, Math.ceil(milliseconds))
      return (await run('lease', [name, holder, wanted], 'take a lease')) === 1
    },
    close,
  }
}

import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import type { QueuePlace } from './queue-place.ts'
import { redisBinary, startRedis, type RedisServer } from './redis-server.ts'

export async function newSqliteFile(): Promise<QueuePlace & { readonly backend: 'sqlite' }> {
  return { backend: 'sqlite', file: join(await mkdtemp(join(tmpdir(), 'queue-')), 'queue.db') }
}

/** The same tests on a file, and on a server that runs for as long as they do. */
export function describeQueuePlaces(tests: (newPlace: () => Promise<QueuePlace>) => void): void {
  describe('sqlite', () => {
    tests(newSqliteFile)
  })
  describe.skipIf(redisBinary() === undefined)('redis', () => {
    let server: RedisServer | undefined
    let places = 0
    beforeAll(async () => {
      server = await startRedis()
    })
    afterAll(() => server?.stop())
    tests(() => {
      places += 1
      return Promise.resolve({ backend: 'redis', url: server?.url ?? '', prefix: `{test-${places}}` })
    })
  })
}

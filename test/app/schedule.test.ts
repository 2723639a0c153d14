import { expect, test, vi } from 'vitest'
import type { Installations } from '../../src/review/installations-port.ts'
import { useApp } from './running-app.ts'
import { repository, sendWebhook } from './signed.ts'

function installationsOf(own: Partial<Installations>): Installations {
  const unused = () => Promise.reject(new Error('no test asks for it'))
  return {
    login: () => Promise.resolve('fleetwright[bot]'),
    listRepositories: () => Promise.resolve([]),
    listFailedDeliveries: () => Promise.resolve([]),
    ...{ find: unused, token: unused, redeliver: unused, ...own },
  }
}

test('at the start each repository is looked at', async () => {
  const other = { ...repository, name: 'other' }
  const done: unknown[] = []
  await useApp({
    adapters: {
      installations: installationsOf({ listRepositories: () => Promise.resolve([repository, other]) }),
    },
    parts: { handle: (_, work) => Promise.resolve(void done.push(work)) },
  })
  await vi.waitFor(() => expect(done).toHaveLength(2), { timeout: 10_000 })
  expect(done).toEqual(
    expect.arrayContaining([
      { type: 'reconcile', repository },
      { type: 'reconcile', repository: other },
    ]),
  )
})

test('an installation that returns is looked at soon, with what it has then', async () => {
  const done: unknown[] = []
  const asked: (number | undefined)[] = []
  let isAway = true
  const app = await useApp({
    adapters: {
      installations: installationsOf({
        listRepositories(installation) {
          asked.push(installation)
          if (installation === undefined) return Promise.resolve([])
          isAway = !isAway
          return isAway ? Promise.resolve([repository]) : Promise.reject(new Error('away'))
        },
      }),
    },
    parts: { handle: (_, work) => Promise.resolve(void done.push(work)) },
    // Seconds pass as milliseconds.
    pace: 0.001,
  })
  await vi.waitFor(() => expect(asked).toEqual([undefined]))
  const payload = { action: 'unsuspend', installation: { id: repository.installation } }
  expect((await sendWebhook(app.url, { event: 'installation', payload })).status).toBe(200)
  await vi.waitFor(() => expect(done).toEqual([{ type: 'reconcile', repository }]))
  expect(asked).toEqual([undefined, repository.installation, repository.installation])
  expect((await app.adapters.state.list('app/returned/')).size).toBe(0)
})

test('deliveries that failed in the last three days are asked for again, each once', async () => {
  const since: string[] = []
  const asked: number[] = []
  const redeliver = (id: number): Promise<void> => Promise.resolve(void asked.push(id))
  const installations = installationsOf({
    listFailedDeliveries: (time) => {
      since.push(time)
      return Promise.resolve([
        { id: 5, guid: 'known' },
        { id: 6, guid: 'new' },
      ])
    },
    redeliver,
  })
  const started = Date.now()
  // Not yet authenticated, so that the state can be set first.
  let isThere: (login: string) => void = () => undefined
  const app = await useApp({
    adapters: {
      installations: { ...installations, login: () => new Promise((resolve) => (isThere = resolve)) },
    },
  })
  const day = 24 * 3_600_000
  await app.adapters.state.put(
    new Map([
      ['app/redelivered/known', String(started)],
      ['app/redelivered/old', String(started - 4 * day)],
    ]),
  )
  isThere('fleetwright[bot]')
  await vi.waitFor(() => expect(asked).toEqual([6]))
  const days = (started - Date.parse(since[0] ?? '')) / day
  expect(days).toBeGreaterThan(2.99)
  expect(days).toBeLessThan(3.01)
  const kept = await app.adapters.state.list('app/redelivered/')
  expect([...kept.keys()]).toEqual(['app/redelivered/known', 'app/redelivered/new'])
})

test('a delivery that GitHub does not send again is tried another time, and the others are not held up', async () => {
  const asked: number[] = []
  const app = await useApp({
    adapters: {
      installations: installationsOf({
        listRepositories: () => Promise.reject(new Error('away')),
        listFailedDeliveries: () =>
          Promise.resolve([
            { id: 5, guid: 'bad' },
            { id: 6, guid: 'good' },
          ]),
        redeliver: (id) => {
          asked.push(id)
          return id === 5 ? Promise.reject(new Error('gone')) : Promise.resolve()
        },
      }),
    },
  })
  await vi.waitFor(() => expect(asked).toEqual([5, 6]))
  await vi.waitFor(async () =>
    expect([...(await app.adapters.state.list('app/redelivered/')).keys()]).toEqual(['app/redelivered/good']),
  )
})

test('who does not hold the lease looks for nothing', async () => {
  const listRepositories = vi.fn(() => Promise.resolve([]))
  let isThere: (login: string) => void = () => undefined
  const login = () => new Promise<string>((resolve) => (isThere = resolve))
  const app = await useApp({
    adapters: { installations: { ...installationsOf({ listRepositories }), login } },
  })
  const lease = vi.spyOn(app.adapters.state, 'lease')
  expect(await app.adapters.state.lease('schedule', 'another', 60_000)).toBe(true)
  isThere('fleetwright[bot]')
  await vi.waitFor(() => expect(lease).toHaveBeenCalledTimes(2))
  expect(await lease.mock.results[1]?.value).toBe(false)
  expect(listRepositories).not.toHaveBeenCalled()
})

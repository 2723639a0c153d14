import { expect, test, vi } from 'vitest'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import { toQueuedWork } from '../../src/review/queued-work.ts'
import type { Work } from '../../src/review/types.ts'
import { ClaimAborted } from '../../src/review/work-queue-port.ts'
import type { WorkRun } from '../../src/app/types.ts'
import { repository } from './signed.ts'
import { useApp } from './running-app.ts'

const review = (pullRequest: number, again?: true): Work => ({
  ...{ type: 'review', repository, pullRequest },
  ...(again && { again }),
})

/** An app whose work is done by the test. */
function useWork(
  handle: (work: Work, run: WorkRun) => Promise<void>,
  onGivenUp = vi.fn(() => Promise.resolve()),
) {
  return useApp({ parts: { handle: (_, work, run) => handle(work, run), onGivenUp } })
}

function whenAborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)))
}

const away = new EnvironmentError({
  adapter: 'git',
  operation: 'fetch',
  message: 'no route',
  retryable: true,
})

test('work is done once, and is gone from the queue', async () => {
  const done: Work[] = []
  const { adapters } = await useWork((work) => Promise.resolve(void done.push(work)))
  await adapters.queue.add([toQueuedWork(review(1)), toQueuedWork(review(2))])
  await vi.waitFor(async () =>
    expect(await adapters.queue.depth()).toEqual({ waiting: 0, active: 0, oldestMs: 0 }),
  )
  expect(done).toEqual([review(1), review(2)])
})

test('work that failed for the world is put off, with its reason in the log and in the metrics', async () => {
  const app = await useWork(() => Promise.reject(away))
  await app.adapters.queue.add([toQueuedWork(review(1))], { delivery: 'one' })
  await vi.waitFor(() => expect(app.logged.map(({ event }) => event)).toContain('work'))
  expect(app.logged.find(({ event }) => event === 'work-failed')).toMatchObject({
    level: 'warn',
    work: 'review',
    key: 'review:12/acme/fleet#1',
    installation: 12,
    repository: 'acme/fleet',
    attempt: 1,
    deliveries: ['one'],
    // The first pause is two seconds at most, of which chance takes a quarter here.
    pauseMs: 1500,
    error: {
      type: 'EnvironmentError',
      message: 'no route',
      adapter: 'git',
      operation: 'fetch',
      retryable: true,
    },
  })
  expect(app.logged.find(({ event }) => event === 'work')).toMatchObject({ outcome: 'again' })
  expect(await app.adapters.queue.depth()).toMatchObject({ waiting: 1, active: 0 })
  const metrics = await (await fetch(app.metricsUrl)).text()
  expect(metrics).toContain('fleetwright_failures_total{work="review",code="git"} 1')
  expect(metrics).toContain('fleetwright_work_total{work="review",outcome="again"} 1')
})

test('a handler that throws whatever it likes costs nobody else anything', async () => {
  const done: number[] = []
  const app = await useWork((work) => {
    if (work.type !== 'review') return Promise.resolve()
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- what code of others may do
    if (work.pullRequest === 1) throw 'a text'
    if (work.pullRequest === 2) throw new TypeError('x is not a function')
    return Promise.resolve(void done.push(work.pullRequest))
  })
  await app.adapters.queue.add([1, 2, 3].map((number) => toQueuedWork(review(number))))
  await vi.waitFor(() => expect(done).toEqual([3]))
  const failed = app.logged.filter(({ event }) => event === 'work-failed')
  expect(failed).toMatchObject([
    { level: 'error', error: 'a text' },
    { level: 'error', error: { type: 'TypeError', message: 'x is not a function' } },
  ])
})

test('work that the world refuses for good is told to somebody, and ends', async () => {
  const refusal = new EnvironmentError({
    adapter: 'git',
    operation: 'push',
    message: 'protected',
    retryable: false,
  })
  const onGivenUp = vi.fn(() => Promise.resolve())
  const { adapters, logged } = await useWork(() => Promise.reject(refusal), onGivenUp)
  const { queue } = adapters
  // As if it had been tried before: the pauses in between are not waited for.
  const claim = queue.claim.bind(queue)
  vi.spyOn(queue, 'claim').mockImplementation(async (worker) => {
    const claimed = await claim(worker)
    return claimed && { ...claimed, attempt: 4 }
  })
  await queue.add([toQueuedWork(review(1))])
  await vi.waitFor(() => expect(onGivenUp).toHaveBeenCalledOnce())
  expect(onGivenUp).toHaveBeenCalledWith(expect.anything(), review(1), refusal, expect.anything())
  await vi.waitFor(async () => expect(await queue.depth()).toMatchObject({ waiting: 0, active: 0 }))
  expect(logged.find(({ event }) => event === 'work')).toMatchObject({ outcome: 'given-up' })
})

test('work that ended the process again and again is not begun once more', async () => {
  const handle = vi.fn(() => Promise.resolve())
  const onGivenUp = vi.fn(() => Promise.resolve())
  const { adapters } = await useWork(handle, onGivenUp)
  const { queue } = adapters
  const claim = queue.claim.bind(queue)
  vi.spyOn(queue, 'claim').mockImplementation(async (worker) => {
    const claimed = await claim(worker)
    return claimed && { ...claimed, attempt: 21 }
  })
  await queue.add([toQueuedWork(review(1))])
  await vi.waitFor(() => expect(onGivenUp).toHaveBeenCalledOnce())
  expect(onGivenUp).toHaveBeenCalledWith(expect.anything(), review(1), undefined, expect.anything())
  expect(handle).not.toHaveBeenCalled()
})

test('work that is asked for again while it runs is stopped, and done anew without a word', async () => {
  const runs: Work[] = []
  const reasons: unknown[] = []
  const app = await useWork(async (work, { signal }) => {
    runs.push(work)
    if (runs.length > 1) return
    const reason = await whenAborted(signal)
    reasons.push(reason)
    throw reason
  })
  await app.adapters.queue.add([toQueuedWork(review(1))])
  await vi.waitFor(() => expect(runs).toHaveLength(1))
  await app.adapters.queue.add([toQueuedWork(review(1))])
  await vi.waitFor(() => expect(runs).toHaveLength(2))
  expect(runs).toEqual([review(1), review(1)])
  expect(reasons).toMatchObject([{ reason: 'superseded' }])
  expect(app.logged.filter(({ event }) => event === 'work-failed')).toEqual([])
})

test('a claim that was lost is left to whoever has it now', async () => {
  const lost = new AbortController()
  const said: string[] = []
  const handle = vi.fn(async (_: Work, { signal }: WorkRun) => void (await whenAborted(signal)))
  const { adapters, logged } = await useWork(handle)
  vi.spyOn(adapters.queue, 'claim').mockResolvedValueOnce({
    ...{ work: toQueuedWork(review(1)), attempt: 1, deliveries: [], signal: lost.signal },
    done: () => Promise.resolve(void said.push('done')),
    again: () => Promise.resolve(void said.push('again')),
  })
  await adapters.queue.add([toQueuedWork({ type: 'forget', repository })])
  await vi.waitFor(() => expect(handle).toHaveBeenCalled())
  lost.abort(new ClaimAborted('lost'))
  await vi.waitFor(() => expect(logged.map(({ outcome }) => outcome)).toContain('lost'))
  expect(said).toEqual([])
})

test('what runs when the app is stopped is told so, and is handed back', async () => {
  let reason: unknown
  const app = await useWork(async (_, { signal }) => {
    reason = await whenAborted(signal)
  })
  await app.adapters.queue.add([toQueuedWork(review(1)), toQueuedWork(review(2))])
  await vi.waitFor(async () =>
    expect(await app.adapters.queue.depth()).toMatchObject({ waiting: 1, active: 1 }),
  )
  await app.stop()
  expect(reason).toMatchObject({ name: 'ClaimAborted', reason: 'shutdown' })
  expect(await app.adapters.queue.depth()).toMatchObject({ waiting: 2, active: 0 })
})

test('what ends within the grace is done', async () => {
  let begun = false
  let finish: (() => void) | undefined
  const app = await useApp({
    settings: { shutdownGraceMs: 60_000 },
    parts: {
      handle: () =>
        new Promise((resolve) => {
          begun = true
          finish = () => resolve()
        }),
    },
  })
  await app.adapters.queue.add([toQueuedWork(review(1)), toQueuedWork(review(2))])
  await vi.waitFor(() => expect(begun).toBe(true))
  const stopped = app.stop()
  await vi.waitFor(async () => expect((await fetch(`${app.url}/readyz`)).status).toBe(503))
  finish?.()
  await stopped
  // The one that had not begun waits for another process.
  expect(await app.adapters.queue.depth()).toMatchObject({ waiting: 1, active: 0 })
})

test('a queue that fails for a moment is asked again', async () => {
  const done: Work[] = []
  const { adapters } = await useWork((work) => Promise.resolve(void done.push(work)))
  vi.spyOn(adapters.queue, 'claim').mockRejectedValueOnce(away)
  await adapters.queue.add([toQueuedWork(review(1))])
  await vi.waitFor(() => expect(done).toEqual([review(1)]), { timeout: 5000 })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  ClaimAborted,
  type Claim,
  type QueuedWork,
  type WorkQueue,
} from '../../src/review/work-queue-port.ts'
import { openPlace, type Leases, type OpenedPlace, type QueuePlace } from './queue-place.ts'

export function workOf(key: string, more: Partial<QueuedWork> = {}): QueuedWork {
  return { key, lane: key, priority: 3, work: { of: key }, ...more }
}

/** One that is closed when the test ends. */
export async function open(place: QueuePlace, leases: Leases = {}): Promise<OpenedPlace> {
  const opened = await openPlace(place, leases)
  onTestFinished(async () => {
    await opened.queue.close()
    await opened.state.close()
  })
  return opened
}

/** The next claim, however long it takes until there is one. */
export async function claimSoon(queue: WorkQueue, worker = 'one'): Promise<Claim> {
  const signal = AbortSignal.timeout(20_000)
  for (;;) {
    const claim = await queue.claim(worker)
    if (claim) return claim
    signal.throwIfAborted()
    await queue.wait(500, signal)
  }
}

/** What is claimed and done until nothing more can be claimed. */
async function drain(queue: WorkQueue): Promise<readonly QueuedWork[]> {
  const done: QueuedWork[] = []
  for (;;) {
    const claim = await queue.claim('drain')
    if (!claim) return done
    done.push(claim.work)
    await claim.done()
  }
}

function reasonOf(claim: Claim): string | undefined {
  const reason: unknown = claim.signal.reason
  return reason instanceof ClaimAborted ? reason.reason : undefined
}

interface QueueProcess {
  readonly said: unknown
  kill(): Promise<void>
}

async function inProcess(
  place: QueuePlace,
  action: 'add' | 'claim',
  { argument = null, leases = {} }: { readonly argument?: unknown; readonly leases?: Leases } = {},
): Promise<QueueProcess> {
  const file = fileURLToPath(new URL('queue-process.ts', import.meta.url))
  const args = [place, leases, action, argument].map((value) => JSON.stringify(value))
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const exited = once(child, 'exit')
  if (action === 'add') await exited
  return {
    said: JSON.parse(line),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** What every queue promises. Each place is a new one. */
export function workQueueContract(newPlace: () => Promise<QueuePlace>): void {
  describe('order', () => {
    test('what is due is claimed by priority, and of one priority the oldest first', async () => {
      const { queue } = await open(await newPlace())
      for (const [key, priority] of [
        ...[['old', 3] as const, ['late', 5] as const, ['young', 3] as const, ['first', 1] as const],
      ])
        await queue.add([workOf(key, { priority })])
      expect((await drain(queue)).map(({ key }) => key)).toEqual(['first', 'old', 'young', 'late'])
    })

    test('what is asked for later is not claimed before', async () => {
      const { queue } = await open(await newPlace())
      await queue.add([workOf('later')], { afterMs: 60_000 })
      await queue.add([workOf('now')])
      expect((await drain(queue)).map(({ key }) => key)).toEqual(['now'])
      expect(await queue.depth()).toEqual({ waiting: 1, active: 0, oldestMs: 0 })
    })

    test('what is asked for soon is claimed when its time has come', async () => {
      const { queue } = await open(await newPlace())
      await queue.add([workOf('soon')], { afterMs: 50 })
      expect((await claimSoon(queue)).work.key).toBe('soon')
    })

    test('content comes back as it was given', async () => {
      const { queue } = await open(await newPlace())
      const work = { list: [], nested: { number: 12345678901234, text: 'ü "\n\u0000' }, none: null }
      const given = { key: 'a:b{c} *', lane: 'lane with: signs', priority: 9, work }
      await queue.add([given])
      expect((await queue.claim('one'))?.work).toEqual(given)
    })
  })

  describe('lanes', () => {
    test('of one lane one claim is out, and the next follows when it is done', async () => {
      const { queue } = await open(await newPlace())
      await queue.add([workOf('a', { lane: 'x' }), workOf('b', { lane: 'x' }), workOf('c', { lane: 'y' })])
      const [first, second] = [await queue.claim('one'), await queue.claim('two')]
      expect([first?.work.key, second?.work.key]).toEqual(['a', 'c'])
      expect(await queue.claim('three')).toBeUndefined()
      await first?.done()
      expect((await queue.claim('three'))?.work.key).toBe('b')
    })

    test('a lane is taken for other processes too', async () => {
      const place = await newPlace()
      const [one, two] = [await open(place), await open(place)]
      await one.queue.add([workOf('a', { lane: 'x' }), workOf('b', { lane: 'x' })])
      const first = await one.queue.claim('one')
      expect(await two.queue.claim('two')).toBeUndefined()
      await first?.done()
      expect((await claimSoon(two.queue)).work.key).toBe('b')
    })

    test('work of a taken lane does not keep others from being done', async () => {
      const { queue } = await open(await newPlace())
      await queue.add(
        Array.from({ length: 20 }, (_, index) => workOf(`${index}`, { lane: 'x', priority: 1 })),
      )
      await queue.add([workOf('other', { priority: 9 })])
      await queue.claim('one')
      expect((await queue.claim('two'))?.work.key).toBe('other')
    })
  })

  describe('deliveries', () => {
    test('one that was taken before adds nothing, here, elsewhere and after a restart', async () => {
      const place = await newPlace()
      const { queue, state } = await openPlace(place)
      expect(await queue.add([workOf('a')], { delivery: 'one' })).toBe(true)
      expect(await queue.add([workOf('b')], { delivery: 'one' })).toBe(false)
      const again = { works: [workOf('c')], delivery: 'one' }
      expect((await inProcess(place, 'add', { argument: again })).said).toBe(false)
      await queue.close()
      await state.close()
      const later = await open(place)
      expect(await later.queue.add([workOf('d')], { delivery: 'one' })).toBe(false)
      expect((await drain(later.queue)).map(({ key }) => key)).toEqual(['a'])
      expect(await later.queue.add([workOf('a')], { delivery: 'one' })).toBe(false)
    })

    test('one that asks for nothing is remembered', async () => {
      const { queue } = await open(await newPlace())
      expect(await queue.add([], { delivery: 'one' })).toBe(true)
      expect(await queue.add([workOf('a')], { delivery: 'one' })).toBe(false)
    })

    test('one hundred at once all get in, each once', async () => {
      const place = await newPlace()
      const [one, two] = [await open(place), await open(place)]
      const keys = Array.from({ length: 100 }, (_, index) => `work-${index}`)
      const add = ({ queue }: OpenedPlace): Promise<boolean>[] =>
        keys.map((key) => queue.add([workOf(key)], { delivery: `of-${key}` }))
      const added = await Promise.all([...add(one), ...add(two)])
      expect(added.filter((isNew) => isNew)).toHaveLength(100)
      expect(await one.queue.depth()).toMatchObject({ waiting: 100, active: 0 })
      expect((await drain(two.queue)).map(({ key }) => key).sort()).toEqual([...keys].sort())
    })
  })

  describe('coalescing', () => {
    test('of work that waits the last one is done, for the deliveries of all', async () => {
      const { queue } = await open(await newPlace())
      for (const number of [1, 2, 3])
        await queue.add([workOf('a', { work: { number } })], { delivery: `delivery-${number}` })
      const claim = await queue.claim('one')
      expect(claim?.work.work).toEqual({ number: 3 })
      expect(claim?.deliveries).toEqual(['delivery-1', 'delivery-2', 'delivery-3'])
      await claim?.done()
      expect(await drain(queue)).toEqual([])
      expect(await queue.depth()).toEqual({ waiting: 0, active: 0, oldestMs: 0 })
    })

    test('work that is asked for again keeps its place', async () => {
      const { queue } = await open(await newPlace())
      for (const key of ['a', 'b', 'a']) await queue.add([workOf(key)])
      expect((await drain(queue)).map(({ key }) => key)).toEqual(['a', 'b'])
    })

    test('work that waits for its time is done at once when it is asked for now', async () => {
      const { queue } = await open(await newPlace())
      await queue.add([workOf('a')], { afterMs: 60_000 })
      await queue.add([workOf('a', { work: 'now' })])
      expect((await queue.claim('one'))?.work.work).toBe('now')
      expect(await queue.claim('one')).toBeUndefined()
    })

    test.each(['done', 'again'] as const)(
      'asked for while it is done, the claim learns it, and after %s the newest is done once',
      async (end) => {
        const place = await newPlace()
        const [one, two] = [await open(place), await open(place)]
        await one.queue.add([workOf('a', { work: 1 })], { delivery: 'first' })
        const claim = await claimSoon(one.queue)
        for (const work of [2, 3]) await two.queue.add([workOf('a', { work })], { delivery: `of-${work}` })
        await vi.waitFor(() => {
          expect(reasonOf(claim)).toBe('superseded')
        })
        expect(await two.queue.claim('two')).toBeUndefined()
        await (end === 'done' ? claim.done() : claim.again(60_000))
        const next = await claimSoon(two.queue)
        expect([next.work.work, next.attempt]).toEqual([3, 1])
        expect(next.deliveries).toEqual(end === 'done' ? ['of-2', 'of-3'] : ['first', 'of-2', 'of-3'])
        await next.done()
        expect(next.signal.aborted).toBe(false)
        expect(await one.queue.depth()).toEqual({ waiting: 0, active: 0, oldestMs: 0 })
      },
    )
  })

  describe('attempts', () => {
    test('work that is not done comes again after a while, as another attempt', async () => {
      const { queue } = await open(await newPlace())
      await queue.add([workOf('a')], { delivery: 'one' })
      await (await claimSoon(queue)).again(60_000)
      expect(await queue.claim('one')).toBeUndefined()
      await queue.add([workOf('b')])
      await (await claimSoon(queue)).again(20)
      const claim = await claimSoon(queue)
      expect([claim.work.key, claim.attempt]).toEqual(['b', 2])
    })

    test('a killed process leaves its claim to another one, as another attempt', async () => {
      const place = await newPlace()
      const { queue } = await open(place)
      await queue.add([workOf('a', { lane: 'x' })], { delivery: 'one' })
      await queue.add([workOf('b', { lane: 'x' })])
      const child = await inProcess(place, 'claim', { leases: { leaseMs: 800, renewMs: 100 } })
      expect(child.said).toBe('a')
      expect(await queue.claim('one')).toBeUndefined()
      await child.kill()
      const claim = await claimSoon(queue)
      expect([claim.work.key, claim.attempt, claim.deliveries]).toEqual(['a', 2, ['one']])
      await claim.done()
      expect((await claimSoon(queue)).work.key).toBe('b')
    })

    test('a killed process leaves the newest when it was asked for meanwhile', async () => {
      const place = await newPlace()
      const { queue } = await open(place)
      await queue.add([workOf('a', { work: 'old' })], { delivery: 'one' })
      const child = await inProcess(place, 'claim', { leases: { leaseMs: 800, renewMs: 100 } })
      await queue.add([workOf('a', { work: 'new' })], { delivery: 'two' })
      await child.kill()
      const claim = await claimSoon(queue)
      expect([claim.work.work, claim.deliveries]).toEqual(['new', ['one', 'two']])
      await claim.done()
      expect(await queue.depth()).toEqual({ waiting: 0, active: 0, oldestMs: 0 })
    })

    test('a process that lives keeps its claim beyond the lease', async () => {
      const place = await newPlace()
      const one = await open(place, { leaseMs: 1500, renewMs: 50 })
      const two = await open(place)
      await one.queue.add([workOf('a')])
      const claim = await claimSoon(one.queue)
      const until = performance.now() + 2500
      await vi.waitFor(
        async () => {
          expect(await two.queue.claim('two')).toBeUndefined()
          expect(performance.now()).toBeGreaterThan(until)
        },
        { timeout: 10_000 },
      )
      expect(claim.signal.aborted).toBe(false)
    })

    test('a claim that is not kept up is lost, and its end changes nothing', async () => {
      const place = await newPlace()
      // It would be renewed long after it has ended.
      const one = await open(place, { leaseMs: 200, renewMs: 60_000 })
      const two = await open(place)
      await one.queue.add([workOf('a')])
      const lost = await claimSoon(one.queue)
      const claim = await claimSoon(two.queue)
      expect([reasonOf(lost), claim.attempt]).toEqual(['lost', 2])
      await lost.done()
      await lost.again(0)
      expect(await two.queue.depth()).toMatchObject({ waiting: 0, active: 1 })
      expect(claim.signal.aborted).toBe(false)
      await claim.done()
      expect(await one.queue.depth()).toEqual({ waiting: 0, active: 0, oldestMs: 0 })
    })
  })

  describe('waiting', () => {
    test('ends when another process adds something, long before its time', async () => {
      const place = await newPlace()
      const { queue } = await open(place)
      const waited = queue.wait(600_000, new AbortController().signal)
      await inProcess(place, 'add', { argument: { works: [workOf('a')] } })
      await waited
      expect((await claimSoon(queue)).work.key).toBe('a')
    })

    test('ends when a lane is free again', async () => {
      const place = await newPlace()
      const [one, two] = [await open(place), await open(place)]
      await one.queue.add([workOf('a', { lane: 'x' }), workOf('b', { lane: 'x' })])
      const claim = await claimSoon(one.queue)
      expect(await two.queue.claim('two')).toBeUndefined()
      const next = claimSoon(two.queue, 'two')
      await claim.done()
      expect((await next).work.key).toBe('b')
    })

    test('ends when its signal is aborted, when the queue is closed, and after its time', async () => {
      const place = await newPlace()
      const { queue } = await open(place)
      const controller = new AbortController()
      const aborted = queue.wait(600_000, controller.signal)
      controller.abort()
      await aborted
      await queue.wait(600_000, controller.signal)
      await queue.wait(10, new AbortController().signal)
      const closed = await openPlace(place)
      const waited = closed.queue.wait(600_000, new AbortController().signal)
      await closed.queue.close()
      await closed.state.close()
      await waited
    })
  })

  test('depth tells what waits, what is done, and since when the oldest is due', async () => {
    const { queue } = await open(await newPlace())
    expect(await queue.depth()).toEqual({ waiting: 0, active: 0, oldestMs: 0 })
    await queue.add([workOf('a'), workOf('b'), workOf('c')])
    await claimSoon(queue)
    await vi.waitFor(async () => {
      const { oldestMs, ...counts } = await queue.depth()
      expect(counts).toEqual({ waiting: 2, active: 1 })
      expect(oldestMs).toBeGreaterThan(20)
    })
  })
}

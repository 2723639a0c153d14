import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import type { Claim, WorkQueue } from '../../src/review/work-queue-port.ts'
import { openPlace, type OpenedPlace, type QueuePlace } from './queue-place.ts'
import { claimSoon, workOf } from './work-queue.ts'

const lanes = { a: 'x', b: 'x', c: 'y' } as const
type Key = keyof typeof lanes

type Step =
  | { readonly do: 'add'; readonly key: Key }
  | { readonly do: 'claim' | 'done' | 'again' | 'crash'; readonly worker: 0 | 1 }

const worker = fc.constantFrom(0 as const, 1 as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('add' as const), key: fc.constantFrom<Key>('a', 'b', 'c') }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('claim' as const), worker }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('done' as const), worker }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), worker }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), worker }) },
)

/** Short, so that crashed claims come back soon; long enough that a busy machine keeps those that live. */
const leases = { leaseMs: 400, renewMs: 60, pollMs: 50 }

interface Run {
  readonly claim: Claim
  readonly key: Key
  readonly startedAt: number
  isOut: boolean
  isCompleted: boolean
}

/** What must hold whatever is done in whatever order. Steps of one group are taken at the same time. */
export function workQueueProperties(newPlace: () => Promise<QueuePlace>): void {
  describe('any order of adds, claims, ends and crashes', () => {
    test('nothing is lost, nothing is done by two at once, and each add is followed by a run', async () => {
      const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 12 })
      await fc.assert(
        fc.asyncProperty(groups, async (taken) => {
          const model = await createModel(await newPlace())
          try {
            for (const group of taken) await Promise.all(group.map((one) => model.take(one)))
            await model.finish()
          } finally {
            await model.close()
          }
        }),
        { numRuns: 25, seed: 20261121, endOnFailure: true },
      )
    }, 120_000)
  })
}

interface Model {
  take(step: Step): Promise<void>
  /** Everything that is left is done, and then it holds what each add was promised. */
  finish(): Promise<void>
  close(): Promise<void>
}

async function createModel(place: QueuePlace): Promise<Model> {
  const workers: [OpenedPlace, OpenedPlace] = [await openPlace(place, leases), await openPlace(place, leases)]
  const heldBy: [Run[], Run[]] = [[], []]
  const runs: Run[] = []
  const adds: { readonly key: Key; readonly at: number; readonly number: number }[] = []
  let time = 0
  let numbers = 0
  const started = (claim: Claim): Run => {
    const key = claim.work.key as Key
    for (const other of runs)
      if (other.isOut && lanes[other.key] === lanes[key] && !isGivenUp(other.claim))
        throw new Error(`${key} is claimed while ${other.key} of its lane is being done`)
    const run = { claim, key, startedAt: ++time, isOut: true, isCompleted: false }
    runs.push(run)
    return run
  }
  const add = async (queue: WorkQueue, key: Key): Promise<void> => {
    numbers += 1
    const number = numbers
    const at = ++time
    try {
      await queue.add([workOf(key, { lane: lanes[key], work: number })], { delivery: `${number}` })
    } catch (error) {
      // The worker crashed meanwhile, and promised nothing.
      if (error instanceof EnvironmentError) return
      throw error
    }
    adds.push({ key, at, number })
  }
  const complete = async (run: Run): Promise<void> => {
    // It counts only if it was not lost before it said so.
    const isLost = isGivenUp(run.claim)
    const isSaid = await end(run, () => run.claim.done())
    run.isCompleted = isSaid && !isLost
  }
  const end = async (run: Run, say: () => Promise<void>): Promise<boolean> => {
    run.isOut = false
    try {
      await say()
      return true
    } catch (error) {
      // It was claimed while its worker crashed: nobody is left who could say so.
      if (error instanceof EnvironmentError && isGivenUp(run.claim)) return false
      throw error
    }
  }
  return {
    async take(one) {
      if (one.do === 'add') return add(workers[0].queue, one.key)
      const held = heldBy[one.worker]
      if (one.do === 'claim') {
        const claim = await workers[one.worker].queue.claim(`${one.worker}`)
        // Of a worker that crashed meanwhile nothing comes any more.
        if (claim && !isGivenUp(claim)) held.push(started(claim))
      } else if (one.do === 'crash') {
        for (const run of held.splice(0)) run.isOut = false
        const { queue, state } = workers[one.worker]
        workers[one.worker] = await openPlace(place, leases)
        await queue.close()
        await state.close()
      } else {
        const run = held.shift()
        if (run && one.do === 'done') await complete(run)
        if (run && one.do === 'again') await end(run, () => run.claim.again(5))
      }
    },
    async finish() {
      for (const held of heldBy) for (const run of held) await complete(run)
      const { queue } = workers[1]
      for (;;) {
        const { waiting, active } = await queue.depth()
        if (waiting + active === 0) break
        await complete(started(await claimSoon(queue)))
      }
      for (const { key, at, number } of adds) {
        const later = runs.filter((run) => run.key === key && run.isCompleted && run.startedAt > at)
        expect(later, `a run of ${key} after add ${number}`).not.toEqual([])
      }
    },
    async close() {
      for (const { queue, state } of workers) {
        await queue.close()
        await state.close()
      }
    },
  }
}

function isGivenUp({ signal }: Claim): boolean {
  return signal.aborted && (signal.reason as { readonly reason?: unknown }).reason !== 'superseded'
}

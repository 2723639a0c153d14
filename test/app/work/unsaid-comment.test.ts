import { expect, test } from 'vitest'
import { reconcileWork } from '../../../src/app/work/reconcile-work.ts'
import { reviewWork } from '../../../src/app/work/review-work.ts'
import type { RequestBudget } from '../../../src/review/budget-port.ts'
import type { ReviewWork, Work } from '../../../src/review/types.ts'
import { changedHello, createWorkRig, openChange, type RigOptions, type WorkRig } from './work-rig.ts'

const timeout = 120_000

const commenting = { method: 'POST', path: /\/issues\/1\/comments$/ }

function reviewOf({ repository }: WorkRig): ReviewWork {
  return { type: 'review', repository, pullRequest: 1 }
}

/** Reviews that are asked for by whoever looks for what was missed. */
async function reconcile(rig: WorkRig): Promise<readonly unknown[]> {
  await rig.run(reconcileWork, { type: 'reconcile', repository: rig.repository })
  return (await rig.queued()).filter((each) => (each as Work).type === 'review')
}

function diffs({ calls }: WorkRig): number {
  return calls.filter(({ command }) => command === 'diff').length
}

function unsaid({ ports, repository }: WorkRig): Promise<string | undefined> {
  return ports.state.get(`${repository.installation}/fleet/demo/unsaid/1`)
}

/** With requests left as somebody says. */
function budgeted(budget: { current: RequestBudget | undefined }): NonNullable<RigOptions['ports']> {
  return ({ github }) => ({
    github: (repository) => ({ ...github(repository), budget: () => budget.current }),
  })
}

test(
  'a comment that the app may not write is tried each time that somebody looks, without another compile, until it may',
  { timeout },
  async () => {
    const rig = await createWorkRig()
    openChange(rig.state)
    rig.double.next({ ...commenting, times: 2 }, { type: 'status', status: 403 })
    await rig.run(reviewWork, reviewOf(rig))
    expect([rig.state.comments.length, rig.state.checkRuns.length, diffs(rig)]).toEqual([0, 1, 1])
    expect(await reconcile(rig)).toEqual([reviewOf(rig)])
    await rig.run(reviewWork, reviewOf(rig))
    // Nothing asks for it before somebody looks again.
    expect([rig.state.comments.length, await rig.queued()]).toEqual([0, []])
    expect(await reconcile(rig)).toEqual([reviewOf(rig)])
    await rig.run(reviewWork, reviewOf(rig))
    expect(rig.state.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('All 2 clusters change hello'),
    ])
    expect([rig.state.checkRuns.length, diffs(rig)]).toEqual([1, 1])
    expect([await unsaid(rig), await reconcile(rig)]).toEqual([undefined, []])
  },
)

test('a check that the app may not write is looked for until it may', { timeout }, async () => {
  const rig = await createWorkRig()
  openChange(rig.state)
  rig.app.permissions = { ...rig.app.permissions, checks: 'read' }
  await rig.run(reviewWork, reviewOf(rig)).catch(() => undefined)
  expect(rig.state.checkRuns).toEqual([])
  rig.app.permissions = { ...rig.app.permissions, checks: 'write' }
  expect(await reconcile(rig)).toEqual([reviewOf(rig)])
  await rig.run(reviewWork, reviewOf(rig))
  expect([rig.state.checkRuns.length, rig.state.comments.length]).toEqual([1, 1])
})

test('a comment that waits for more requests is written without another compile', { timeout }, async () => {
  const budget: { current: RequestBudget | undefined } = { current: undefined }
  const rig = await createWorkRig({ ports: budgeted(budget) })
  openChange(rig.state)
  budget.current = { remaining: 100, limit: 5000, resetsAt: rig.ports.now() + 600_000 }
  await rig.run(reviewWork, reviewOf(rig))
  expect([rig.state.comments.length, diffs(rig)]).toEqual([0, 1])
  expect(await rig.ports.queue.depth()).toMatchObject({ waiting: 1 })
  budget.current = undefined
  await rig.run(reviewWork, reviewOf(rig))
  expect(rig.state.comments).toHaveLength(1)
  expect([diffs(rig), rig.state.checkRuns.length, await unsaid(rig)]).toEqual([1, 1, undefined])
})

test('a comment that waits is not said of another head', { timeout }, async () => {
  const rig = await createWorkRig()
  openChange(rig.state)
  rig.double.next(commenting, { type: 'status', status: 403 })
  await rig.run(reviewWork, reviewOf(rig))
  rig.state.commit('change-1', changedHello('good morning,'))
  await rig.run(reviewWork, reviewOf(rig))
  expect(rig.state.comments.map(({ body }) => body)).toEqual([expect.stringContaining('good morning,')])
  expect([diffs(rig), await unsaid(rig)]).toEqual([2, undefined])
})

test('a comment that waits is forgotten with its pull request', { timeout }, async () => {
  const rig = await createWorkRig()
  const { pull } = openChange(rig.state)
  rig.double.next(commenting, { type: 'status', status: 403 })
  await rig.run(reviewWork, reviewOf(rig))
  expect(await unsaid(rig)).toContain('All 2 clusters change hello')
  pull.state = 'closed'
  await rig.run(reviewWork, reviewOf(rig))
  expect(await unsaid(rig)).toBeUndefined()
})

test('a comment that failed is tried again without another compile', { timeout }, async () => {
  const rig = await createWorkRig()
  openChange(rig.state)
  rig.double.next({ ...commenting, times: 1000 }, { type: 'status', status: 502 })
  await expect(rig.run(reviewWork, reviewOf(rig))).rejects.toMatchObject({ retryable: true })
  expect([rig.state.checkRuns.length, diffs(rig)]).toEqual([1, 1])
  await expect(rig.run(reviewWork, reviewOf(rig))).rejects.toMatchObject({ retryable: true })
  expect([rig.state.checkRuns.length, diffs(rig)]).toEqual([1, 1])
})

test('a draft that is ready gets the comment that it had none of', { timeout }, async () => {
  const rig = await createWorkRig()
  const { pull } = openChange(rig.state, { isDraft: true })
  await rig.run(reviewWork, reviewOf(rig))
  expect([rig.state.comments.length, await reconcile(rig)]).toEqual([0, []])
  pull.draft = false
  await rig.run(reviewWork, reviewOf(rig))
  expect([rig.state.comments.length, diffs(rig)]).toEqual([1, 1])
})

import { describe, expect, test } from 'vitest'
import { reviewWork } from '../../../src/app/work/review-work.ts'
import { createWorkRig, openChange, repository } from './work-rig.ts'

const timeout = 60_000
const review = { type: 'review', repository, pullRequest: 1 } as const

describe('a pull request', { timeout }, () => {
  test('is compiled → its check is queued, then in progress, then done, and there is one comment', async () => {
    const { double, state, run, calls } = await createWorkRig()
    const { head } = openChange(state)
    await run(reviewWork, review)
    const sent = double.requests.filter(
      ({ method, path }) => path.includes('/check-runs') && method !== 'GET',
    )
    const states = sent.map(({ body }) => {
      const { status, conclusion } = body as { status: string; conclusion?: string }
      return conclusion ?? status
    })
    expect([states[0], states[1], states.at(-1)]).toEqual(['queued', 'in_progress', 'success'])
    expect(state.checkRuns).toMatchObject([{ name: 'fleetwright', headSha: head, conclusion: 'success' }])
    expect(state.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('All 2 clusters change hello'),
    ])
    expect(calls.map(({ command }) => command)).toEqual(['show config', 'diff'])
  })
})

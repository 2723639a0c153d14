import { describe, expect, test } from 'vitest'
import { planReconcile, stuckAfterMs, type ReconcileSituation } from '../../src/review/plan-reconcile.ts'
import type { OpenPullRequest, StandingCheck } from '../../src/review/repository-host-port.ts'
import { pullRequest } from './posting.ts'

const repository = { installation: 12, owner: 'acme', name: 'fleet' }
const now = 1_800_000_000_000
const review = { type: 'review', repository, pullRequest: 1 }
const compile = { type: 'compile', repository, branch: 'main' }

function check(state: StandingCheck['state'], run?: number): StandingCheck {
  return { id: 1, name: 'fleetwright', commit: 'x', state, summary: '', ...(run !== undefined && { run }) }
}

function open(number: number, more: Partial<OpenPullRequest> = {}): OpenPullRequest {
  return { ...pullRequest({ commit: `head-${number}` }), number, check: check('completed', 1), ...more }
}

/** Without a check. */
function bare(number: number): OpenPullRequest {
  const { check: _, ...rest } = open(number)
  return rest
}

function plan(more: Partial<ReconcileSituation> = {}) {
  const source = { branch: 'main', head: 'source', check: check('completed', 1) }
  return planReconcile({
    ...{ repository, pullRequests: [], source, rendered: { branch: 'rendered', isMoved: false }, now },
    ...more,
  })
}

describe('what was missed', () => {
  test('is nothing where everything has its check', () => {
    expect(plan({ pullRequests: [open(1), open(2, { isDraft: true })] })).toEqual([])
  })

  test('is a head without a check', () => {
    expect(plan({ pullRequests: [bare(1), open(2)] })).toEqual([review])
  })

  test.each(['queued', 'in_progress'] as const)('is a head whose check is %s for too long', (state) => {
    const since = (run?: number) => plan({ pullRequests: [open(1, { check: check(state, run) })] })
    expect(since(now - stuckAfterMs)).toEqual([])
    expect(since(now - stuckAfterMs - 1)).toEqual([review])
    expect(since()).toEqual([review])
  })

  test('is what clusters said, where they are watched and nobody asks for one head', () => {
    const fleet = { type: 'fleet', repository }
    expect(plan({ isWatched: true })).toEqual([fleet])
    expect(plan({ isWatched: true, pullRequests: [bare(1)] })).toEqual([review, fleet])
    expect(plan({ isWatched: true, again: 'source' })).toEqual([{ ...compile, again: true }])
  })

  test('is a comment that was not written with its check, but for that of a draft', () => {
    const pullRequests = [open(1), open(2), open(3, { isDraft: true })]
    expect(plan({ pullRequests, unsaid: new Set([1, 3, 4]) })).toEqual([review])
  })

  test('is no pull request onto the rendered branch', () => {
    const base = { repository: 'acme/fleet', branch: 'rendered', commit: 'b' }
    expect(plan({ pullRequests: [{ ...bare(1), base }] })).toEqual([])
  })

  test('is a source head that was not compiled, or not to the end', () => {
    expect(plan({ source: { branch: 'main', head: 'source' } })).toEqual([compile])
    const stuck = check('in_progress', now - stuckAfterMs - 1)
    expect(plan({ source: { branch: 'main', head: 'source', check: stuck } })).toEqual([compile])
    const running = check('in_progress', now - 1000)
    expect(plan({ source: { branch: 'main', head: 'source', check: running } })).toEqual([])
  })

  test('is a rendered branch that somebody else moved', () => {
    const rendered = { branch: 'rendered', isMoved: true }
    expect(plan({ rendered, pullRequests: [bare(1)] })).toEqual([compile, review])
  })
})

describe('a head that was asked for', () => {
  test('is reviewed again, although its check stands', () => {
    expect(plan({ pullRequests: [open(1), open(2)], again: 'head-1' })).toEqual([{ ...review, again: true }])
  })

  test('is that of each pull request that has it', () => {
    const same = { ...open(2), head: open(1).head }
    expect(plan({ pullRequests: [open(1), same], again: 'head-1' })).toHaveLength(2)
  })

  test('is compiled again where it is the source', () => {
    expect(plan({ again: 'source' })).toEqual([{ ...compile, again: true }])
  })

  test('that nothing has asks for nothing', () => {
    expect(plan({ pullRequests: [open(1)], again: 'gone' })).toEqual([])
  })
})

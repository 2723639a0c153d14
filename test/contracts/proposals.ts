import { expect, test } from 'vitest'
import type { Proposals } from '../../src/review/proposals-port.ts'

/** Proposals, and what stands behind them. */
export interface ProposalsUnderTest {
  readonly proposals: Proposals
  /** Login that it writes as. */
  readonly login: string
  /** Pushes a commit to a branch, which is made when it is not there. */
  readonly push: (branch: string) => string
  readonly branches: () => readonly string[]
  /** Somebody opens a pull request from a branch: of the repository, or of a fork. */
  readonly openPullRequest: (branch: string, author: string, owner?: string) => number
  readonly pullRequests: () => readonly ShownProposal[]
  readonly comments: (pullRequest: number) => readonly { readonly author: string; readonly body: string }[]
}

export interface ShownProposal {
  readonly number: number
  readonly isOpen: boolean
  readonly title: string
  readonly body: string
}

const prefix = 'fleetwright/fleet/'
const text = { title: 'Compile for Kubernetes 1.34', body: 'prod-eu now serves 1.34.\n' }

export function proposalsContract(create: () => Promise<ProposalsUnderTest>): void {
  const scene = async () => {
    const under = await create()
    under.push('main')
    under.push(`${prefix}prod/eu`)
    const open = () => under.proposals.open({ head: `${prefix}prod/eu`, base: 'main', ...text })
    return { ...under, open }
  }

  test('one is opened from a branch, and is the same one when that is asked for again', async () => {
    const { open, pullRequests } = await scene()
    const opened = await open()
    expect(opened).toMatchObject({ head: `${prefix}prod/eu`, base: 'main', ...text })
    expect(await open()).toEqual(opened)
    expect(pullRequests()).toEqual([{ number: opened.number, isOpen: true, ...text }])
  })

  test('own ones are listed by their branches; those of others and of forks are not', async () => {
    const { proposals, open, push, openPullRequest, login } = await scene()
    const first = await open()
    push(`${prefix}prod/us`)
    const second = await proposals.open({ head: `${prefix}prod/us`, base: 'main', ...text })
    push('fleetwright/source')
    await proposals.open({ head: 'fleetwright/source', base: 'main', ...text })
    push(`${prefix}forged`)
    openPullRequest(`${prefix}forged`, 'stranger')
    openPullRequest(`${prefix}fork`, login, 'stranger')
    const listed = await proposals.list(prefix)
    expect(listed).toEqual([first, second])
  })

  test('one is changed when it says something else', async () => {
    const { proposals, open, pullRequests } = await scene()
    const { number } = await open()
    const next = { title: 'Compile for Kubernetes 1.35', body: 'prod-eu now serves 1.35.\n' }
    await proposals.update(number, next)
    await proposals.update(number, next)
    expect(pullRequests()).toEqual([{ number, isOpen: true, ...next }])
  })

  test('one is closed with one comment that says why', async () => {
    const { proposals, open, pullRequests, comments, login } = await scene()
    const { number } = await open()
    await proposals.close(number, 'prod-eu serves 1.33 again.')
    await proposals.close(number, 'prod-eu serves 1.33 again.')
    expect(pullRequests()).toMatchObject([{ number, isOpen: false }])
    expect(comments(number)).toEqual([{ author: login, body: 'prod-eu serves 1.33 again.' }])
    expect(await proposals.list(prefix)).toEqual([])
  })

  test('one that was closed is opened anew from its branch', async () => {
    const { proposals, open, pullRequests } = await scene()
    const first = await open()
    await proposals.close(first.number, 'The reason is gone.')
    const second = await open()
    expect(second.number).toBeGreaterThan(first.number)
    expect(pullRequests().map(({ isOpen }) => isOpen)).toEqual([false, true])
  })

  test('a branch is deleted as long as it is at that commit', async () => {
    const { proposals, push, branches } = await scene()
    const before = push(`${prefix}prod/eu`)
    const after = push(`${prefix}prod/eu`)
    await proposals.deleteBranch(`${prefix}prod/eu`, before)
    expect(branches()).toContain(`${prefix}prod/eu`)
    await proposals.deleteBranch(`${prefix}prod/eu`, after)
    await proposals.deleteBranch(`${prefix}prod/eu`, after)
    expect(branches()).toEqual(['main'])
  })
}

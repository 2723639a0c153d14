import { expect, test } from 'vitest'
import type { Check, Reviewer } from '../../src/report/reviewer-port.ts'
import type { RepositoryHost } from '../../src/review/repository-host-port.ts'

/** A host, and what stands behind it. */
export interface RepositoryHostUnderTest {
  readonly host: RepositoryHost
  /** Of the same app. */
  readonly reviewer: Reviewer
  readonly push: (branch: string) => string
  readonly openPullRequest: (details?: {
    readonly isOpen?: boolean
    readonly isDraft?: boolean
    /** Absent for a fork that is gone. */
    readonly from?: 'fleet/demo' | 'stranger/demo' | 'gone'
  }) => { readonly number: number; readonly commit: string; readonly branch: string }
  /** Another app writes a check of this name. */
  readonly writeForeignCheck: (commit: string, name: string) => Promise<number>
}

export function repositoryHostContract(create: () => Promise<RepositoryHostUnderTest>): void {
  const check = (commit: string, more: Partial<Check> = {}): Check => ({
    ...{ name: 'fleetwright', commit, run: 1000, state: 'success' as const },
    ...{ title: 'fine', summary: 'All is well.', annotations: [] },
    ...more,
  })

  test('a repository is described', async () => {
    const { host } = await create()
    expect(await host.describe()).toEqual({
      ...{ defaultBranch: 'main', isPrivate: false, isArchived: false },
      url: expect.stringMatching(/fleet\/demo$/) as string,
    })
  })

  test('a branch has a commit, or is not there', async () => {
    const { host, push } = await create()
    push('main')
    const commit = push('fleetwright/fleet/prod/eu')
    expect(await host.readHead('fleetwright/fleet/prod/eu')).toBe(commit)
    expect(await host.readHead('fleetwright/fleet')).toBeUndefined()
    expect(await host.readHead('nothing')).toBeUndefined()
  })

  test('open pull requests come with the check on their heads, by number', async () => {
    const { host, reviewer, openPullRequest, writeForeignCheck } = await create()
    const one = openPullRequest({ isDraft: true })
    openPullRequest({ isOpen: false })
    const two = openPullRequest({ from: 'stranger/demo' })
    const three = openPullRequest({ from: 'gone' })
    await reviewer.writeCheck(check(one.commit, { state: 'failure' }))
    await reviewer.writeCheck(check(one.commit, { run: 2000, state: 'in_progress', summary: 'at work' }))
    await reviewer.writeCheck(check(two.commit, { name: 'another' }))
    await writeForeignCheck(three.commit, 'fleetwright')
    const listed = await host.listOpenPullRequests('fleetwright')
    expect(listed.map(({ number, isOpen }) => [number, isOpen])).toEqual([
      [one.number, true],
      [two.number, true],
      [three.number, true],
    ])
    expect(listed[0]).toMatchObject({
      ...{ isDraft: true, isLocked: false },
      head: { repository: 'fleet/demo', branch: one.branch, commit: one.commit },
      base: { repository: 'fleet/demo', branch: 'main' },
      check: { name: 'fleetwright', commit: one.commit, state: 'in_progress', run: 2000, summary: 'at work' },
    })
    expect(listed[1]).toMatchObject({ isDraft: false, head: { repository: 'stranger/demo' } })
    expect(listed[2]?.head).not.toHaveProperty('repository')
    expect(listed.slice(1).map((pull) => pull.check)).toEqual([undefined, undefined])
  })

  test('none of many open pull requests is left out', async () => {
    const { host, openPullRequest } = await create()
    const numbers = Array.from({ length: 120 }, () => openPullRequest().number)
    expect((await host.listOpenPullRequests('fleetwright')).map(({ number }) => number)).toEqual(numbers)
  })

  test('the newest own check of a name is found, and read by its id', async () => {
    const { host, reviewer, writeForeignCheck } = await create()
    const commit = 'a'.repeat(40)
    expect(await host.findCheck(commit, 'fleetwright')).toBeUndefined()
    await reviewer.writeCheck(check(commit))
    await reviewer.writeCheck(check(commit, { run: 2000, state: 'queued', summary: 'waits' }))
    const foreign = await writeForeignCheck(commit, 'fleetwright')
    const found = await host.findCheck(commit, 'fleetwright')
    expect(found).toMatchObject({ name: 'fleetwright', commit, state: 'queued', run: 2000, summary: 'waits' })
    expect(await host.readCheck(found?.id ?? 0)).toEqual(found)
    expect(await host.readCheck(foreign)).toBeUndefined()
    expect(await host.readCheck(4711)).toBeUndefined()
  })
}

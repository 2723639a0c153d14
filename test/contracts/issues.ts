import { expect, test } from 'vitest'
import type { Issues } from '../../src/review/issues-port.ts'

/** Issues, and what stands behind them. */
export interface IssuesUnderTest {
  readonly issues: Issues
  /** Login that it writes as. */
  readonly login: string
  readonly openIssue: (author: string, title: string, body: string) => number
  readonly openPullRequest: (author: string, body: string) => number
  readonly shown: () => readonly {
    readonly number: number
    readonly isOpen: boolean
    readonly title: string
    readonly body: string
  }[]
  readonly comments: (issue: number) => readonly { readonly author: string; readonly body: string }[]
}

const marker = '<!-- fleetwright:stale prod/eu -->'
const issue = { title: 'prod/eu is not reached', body: `${marker}\nIts facts are two hours old.\n` }

export function issuesContract(create: () => Promise<IssuesUnderTest>): void {
  test('own ones are found by the first line of what they say, and no others', async () => {
    const { issues, login, openIssue, openPullRequest } = await create()
    const opened = await issues.open(issue)
    openIssue('stranger', issue.title, issue.body)
    openIssue(login, 'Quoted', `> ${issue.body}`)
    openPullRequest(login, issue.body)
    expect(await issues.listOwn(marker)).toEqual([opened])
    expect(await issues.listOwn('<!-- fleetwright:stale prod/us -->')).toEqual([])
  })

  test('one is opened once', async () => {
    const { issues, shown } = await create()
    const opened = await issues.open(issue)
    expect(await issues.open({ ...issue, body: `${marker}\nThree hours.\n` })).toEqual(opened)
    expect(shown()).toEqual([{ number: opened.number, isOpen: true, ...issue }])
  })

  test('one is changed, and closed with one comment that says why', async () => {
    const { issues, login, shown, comments } = await create()
    const { number } = await issues.open(issue)
    const next = { title: issue.title, body: `${marker}\nIts facts are three hours old.\n` }
    await issues.update(number, next)
    expect(shown()).toEqual([{ number, isOpen: true, ...next }])
    await issues.close(number, 'prod/eu answers again.')
    await issues.close(number, 'prod/eu answers again.')
    expect(shown()).toEqual([{ number, isOpen: false, ...next }])
    expect(comments(number)).toEqual([{ author: login, body: 'prod/eu answers again.' }])
    expect(await issues.listOwn(marker)).toEqual([])
  })

  test('one that is needed again after it was closed is another', async () => {
    const { issues } = await create()
    const { number } = await issues.open(issue)
    await issues.close(number, 'prod/eu answers again.')
    expect((await issues.open(issue)).number).toBeGreaterThan(number)
  })
}

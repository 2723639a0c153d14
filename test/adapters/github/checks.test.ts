import { describe, expect, test } from 'vitest'
import type { Check } from '../../../src/report/reviewer-port.ts'
import type { GitHubDouble } from '../../github/github-double.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'
import { createTestReviewer } from '../../github/test-reviewer.ts'

const commit = 'a'.repeat(40)

function check(annotations: number, more: Partial<Check> = {}): Check {
  return {
    ...{ name: 'fleetwright', commit, run: 1000, state: 'failure' },
    ...{ title: '120 dangers', summary: 'Many dangers.' },
    annotations: Array.from({ length: annotations }, (_, index) => ({
      ...{ path: 'fleet/app.yaml', startLine: index + 1, endLine: index + 1, startColumn: 3, endColumn: 9 },
      ...{ level: 'failure' as const, title: 'a danger', message: `danger ${index + 1}` },
    })),
    ...more,
  }
}

interface SentCheck {
  readonly status?: string
  readonly conclusion?: string
  readonly output: { readonly annotations: readonly { readonly message: string }[] }
}

function sent(double: GitHubDouble): { method: string; status: string | undefined; annotations: number }[] {
  return double.requests
    .filter(({ method, path }) => method !== 'GET' && path.includes('/check-runs'))
    .map(({ method, body }) => {
      const { status, output } = body as SentCheck
      return { method, status, annotations: output.annotations.length }
    })
}

const writing = { path: /\/check-runs/, method: 'POST' }
const appending = { path: /\/check-runs/, method: 'PATCH' }

describe('a check with 120 annotations', () => {
  test('is sent in three batches, and ends with the last', async () => {
    const double = await useGitHubDouble()
    const { reviewer } = createTestReviewer(double)
    const { status, url } = await reviewer.writeCheck(check(120))
    expect({ status, url }).toEqual({ status: 'written', url: `${double.url}/fleet/demo/runs/1001` })
    expect(sent(double)).toEqual([
      { method: 'POST', status: 'in_progress', annotations: 50 },
      { method: 'PATCH', status: 'in_progress', annotations: 50 },
      { method: 'PATCH', status: 'completed', annotations: 20 },
    ])
    const [run, ...others] = double.repository().checkRuns
    expect(others).toEqual([])
    expect(run).toMatchObject({ status: 'completed', conclusion: 'failure' })
    expect(run?.annotations.map(({ message }) => message)).toEqual(
      Array.from({ length: 120 }, (_, index) => `danger ${index + 1}`),
    )
  })

  test.each([
    ['the first', 1, 0],
    ['the second', 0, 1],
    ['the last', 0, 2],
  ])('has each of them once when the answer to %s batch is lost', async (_, creates, appends) => {
    const double = await useGitHubDouble()
    const { reviewer } = createTestReviewer(double)
    if (creates > 0) double.next(writing, { type: 'lost-answer' })
    if (appends === 2) double.next(appending, { type: 'afterwards', happens: () => undefined })
    if (appends > 0) double.next(appending, { type: 'lost-answer' })
    await reviewer.writeCheck(check(120))
    const runs = double.repository().checkRuns
    expect(runs).toMatchObject([{ status: 'completed' }])
    expect(new Set(runs[0]?.annotations.map(({ message }) => message)).size).toBe(120)
    expect(runs[0]?.annotations).toHaveLength(120)
  })

  test('goes on where GitHub failed in the middle', async () => {
    const double = await useGitHubDouble()
    const { reviewer } = createTestReviewer(double)
    double.next({ ...appending, times: 2 }, { type: 'status', status: 502 })
    await reviewer.writeCheck(check(120))
    expect(double.repository().checkRuns).toMatchObject([{ status: 'completed' }])
    expect(double.repository().checkRuns[0]?.annotations).toHaveLength(120)
  })
})

test('what was concluded is followed by a new check, which takes its place', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double)
  await reviewer.writeCheck(check(60))
  await reviewer.writeCheck(check(1, { run: 2000, state: 'success' }))
  expect(double.repository().checkRuns).toMatchObject([
    { conclusion: 'failure', annotations: { length: 60 } },
    { conclusion: 'success', annotations: { length: 1 } },
  ])
})

test('annotations of a run that broke off and that are no longer true are left behind with its check', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double)
  await reviewer.writeCheck(check(2, { state: 'in_progress' }))
  await reviewer.writeCheck(check(1, { run: 2000 }))
  expect(double.repository().checkRuns).toMatchObject([
    { status: 'in_progress', annotations: { length: 2 } },
    { status: 'completed', annotations: { length: 1 } },
  ])
})

test('two equal annotations are two', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double)
  const [one] = check(1).annotations
  if (one === undefined) throw new Error('one annotation')
  await reviewer.writeCheck(check(0, { state: 'in_progress', annotations: [one] }))
  await reviewer.writeCheck(check(0, { annotations: [one, one] }))
  expect(double.repository().checkRuns).toMatchObject([{ annotations: { length: 2 } }])
})

test('a check of the same name that another app wrote is left alone', async () => {
  const double = await useGitHubDouble()
  const other = createTestReviewer(double, { token: double.createToken('our-app[bot]') })
  await other.reviewer.writeCheck(check(0, { state: 'in_progress' }))
  await createTestReviewer(double).reviewer.writeCheck(check(0))
  expect(double.repository().checkRuns).toMatchObject([
    { app: 'our-app', status: 'in_progress' },
    { app: 'github-actions', status: 'completed' },
  ])
})

test('columns are given for one line only, which is what GitHub takes', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double)
  const place = {
    path: 'a.yaml',
    startColumn: 3,
    endColumn: 9,
    level: 'notice',
    title: 't',
    message: 'm',
  } as const
  await reviewer.writeCheck(
    check(0, {
      annotations: [
        { ...place, startLine: 1, endLine: 1 },
        { ...place, startLine: 1, endLine: 2 },
      ],
    }),
  )
  expect(double.repository().checkRuns[0]?.annotations).toMatchObject([
    { start_column: 3, end_column: 9 },
    { start_column: null, end_column: null },
  ])
})

test('text, address and buttons are given', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double)
  const actions = [
    { label: 'Compile again', description: 'Compiles this commit again', identifier: 'compile' },
  ]
  await reviewer.writeCheck(check(0, { text: '## More', url: 'https://example.com/report', actions }))
  expect(double.repository().checkRuns).toMatchObject([
    { detailsUrl: 'https://example.com/report', output: { text: '## More' } },
  ])
  expect(double.requests.at(-1)?.body).toMatchObject({ actions })
})

test('a text that GitHub would refuse is never sent: it counts bytes', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double)
  await reviewer.writeCheck(check(0, { summary: 'x'.repeat(65_535) }))
  const summary = '⟨'.repeat(21_846)
  await expect(reviewer.writeCheck(check(0, { summary }))).rejects.toThrow('65538 bytes is never sent')
})

import { onTestFinished } from 'vitest'
import { createGitHubReviewer, type GitHubReviewerOptions } from '../../src/adapters/github/github.ts'
import type { Reviewer } from '../../src/report/reviewer-port.ts'
import type { GitHubDouble } from './github-double.ts'

export interface TestReviewer {
  readonly reviewer: Reviewer
  /** The waits that it wanted, in milliseconds: time passes by them alone. */
  readonly sleeps: number[]
}

/** Where the clock of a test reviewer starts. */
export const testStart = Date.UTC(2026, 0, 2, 3, 4, 5)

export type TestReviewerOptions = Partial<Omit<GitHubReviewerOptions, 'token'>> & {
  readonly token?: string | (() => Promise<string>)
}

/** The real adapter against a double, in time that passes only when it waits. */
export function createTestReviewer(
  double: GitHubDouble,
  { token = double.token, ...options }: TestReviewerOptions = {},
): TestReviewer {
  const sleeps: number[] = []
  let now = testStart
  const reviewer = createGitHubReviewer({
    apiUrl: double.apiUrl,
    repository: { owner: 'fleet', name: 'demo' },
    token: typeof token === 'string' ? () => Promise.resolve(token) : token,
    userAgent: 'fleetwright/0.0.0-test',
    environment: {},
    waiting: {
      sleep: (milliseconds) => {
        sleeps.push(milliseconds)
        now += milliseconds
        return Promise.resolve()
      },
      random: () => 0,
      now: () => now,
    },
    ...options,
  })
  onTestFinished(() => reviewer.close())
  return { reviewer, sleeps }
}

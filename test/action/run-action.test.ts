import { rmSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { useGitHubDouble } from '../github/github-double.ts'
import { checkOut, openChange } from './action-runner.ts'
import { buildAction } from './built-action.ts'

let action = ''
beforeAll(async () => {
  action = await buildAction()
  return () => rmSync(action, { recursive: true, force: true })
})

describe('a pull request', () => {
  test('gets one comment and one check, from a checkout of depth 1', async () => {
    const double = await useGitHubDouble()
    const { repository, head, payload } = openChange(double)
    const job = checkOut(action, double, { commit: head })
    const { exitCode, log, outputs, summary } = await job.run({ event: 'pull_request', payload })
    expect(exitCode, log).toBe(0)
    expect(repository.comments.map(({ issue, body }) => ({ issue, body }))).toEqual([
      { issue: 1, body: expect.stringContaining('All 2 clusters change hello') as string },
    ])
    expect(repository.checkRuns).toMatchObject([
      { name: 'fleetwright', headSha: head, status: 'completed', conclusion: 'success' },
    ])
    expect(outputs).toMatchObject({ changed: 'true', clusters: '2', commit: head })
    expect(summary).toContain('All 2 clusters change hello')
  })
})

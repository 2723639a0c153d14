import { rmSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { initFiles } from '../../src/cli/init-files.ts'
import { useGitHubDouble, type GitHubDouble } from '../github/github-double.ts'
import { arrangeFleet, branchOff, checkOut, helloPath, pullRequestPayload } from './action-runner.ts'
import { buildAction } from './built-action.ts'

let action = ''
beforeAll(async () => {
  action = await buildAction()
  return () => rmSync(action, { recursive: true, force: true })
})

/** Two clusters have a chart; the change gives it another value. */
function openChange(double: GitHubDouble, { from = 'fleet/demo' }: { from?: string } = {}) {
  const repository = double.repository()
  const { main } = arrangeFleet(repository)
  const written = initFiles[helloPath] ?? ''
  const changed = written.replace('greeting: hello from', 'greeting: welcome to')
  expect(changed).not.toBe(written)
  const head = branchOff(repository, 'change-1', { [helloPath]: changed })
  const pull = repository.openPullRequest({ headCommit: head, baseCommit: main, headRepository: from })
  return { repository, main, head, pull, payload: pullRequestPayload(1, { head, base: main, fork: from }) }
}

describe('a pull request', () => {
  test('gets one comment and one check, from a checkout of depth 1', async () => {
    const double = await useGitHubDouble()
    const { repository, head, payload } = openChange(double)
    const job = checkOut(action, double, { commit: head })
    const { exitCode, log, outputs, summary } = await job.run({ event: 'pull_request', payload })
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
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

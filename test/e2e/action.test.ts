import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findAct, runWorkflow, type WorkflowRun } from '../action/act.ts'
import { checkOut, openChange, workflowRunPayload } from '../action/action-runner.ts'
import { buildAction } from '../action/built-action.ts'
import { startFleet } from '../cli/live-fleet.ts'
import { reviewPermissions, type GitHubDouble } from '../github/github-double.ts'
import { useGitHubDouble } from '../github/use-github-double.ts'

const act = findAct() ?? ''

describe.skipIf(act === '')('a workflow on a runner', { timeout: 120_000 }, () => {
  let action = ''
  beforeAll(async () => {
    action = await buildAction()
    return () => rmSync(action, { recursive: true, force: true })
  })

  const run = (more: Omit<WorkflowRun, 'act' | 'action'>) => runWorkflow({ act, action, ...more })
  const uses = 'uses: fleetwright/fleetwright@v1'

  function createWriter(double: GitHubDouble): string {
    return double.createToken('github-actions[bot]', { ...reviewPermissions, contents: 'write' })
  }

  test('pull_request → one comment, one check, outputs for later steps', async () => {
    const double = await useGitHubDouble()
    const { repository, head, payload } = openChange(double)
    const job = checkOut(action, double, { commit: head })
    const said = 'changed=${{ steps.fleet.outputs.changed }} clusters=${{ steps.fleet.outputs.clusters }}'
    const steps = `- ${uses}\n  id: fleet\n- run: echo "${said}"`
    const { exitCode, log } = await run({ double, job, event: 'pull_request', payload, steps })
    expect(exitCode, log).toBe(0)
    expect(log).toContain('changed=true clusters=2')
    expect(repository.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('All 2 clusters change hello'),
    ])
    expect(repository.checkRuns).toMatchObject([
      { name: 'fleetwright', headSha: head, conclusion: 'success' },
    ])
  })

  test('push → the rendered branch is written and pushed', async () => {
    const double = await useGitHubDouble()
    const { repository, main } = openChange(double)
    const token = createWriter(double)
    const job = checkOut(action, double, { commit: main, token })
    const steps = `- ${uses}\n  id: fleet\n- run: echo "commit=${'$'}{{ steps.fleet.outputs.commit }}"`
    const { exitCode, log } = await run({ double, job, event: 'push', payload: {}, steps, token })
    expect(exitCode, log).toBe(0)
    const rendered = repository.git().git('rev-parse', 'refs/heads/rendered')
    expect(log).toContain(`commit=${rendered}`)
    expect(repository.git().git('ls-tree', '-r', '--name-only', rendered).split('\n')).toContain(
      'clusters/fleet/staging/helm-hello-hello/configmap-hello-hello.yaml',
    )
    expect(repository.git().git('show', `${rendered}:.fleetwright/build.json`)).toContain(main)
  })

  test('workflow_run → what the run of a fork reported is told anew on its pull request', async () => {
    const double = await useGitHubDouble()
    const { repository, main, head, payload } = openChange(double, { from: 'stranger/demo' })
    const reading = double.createToken('github-actions[bot]', { contents: 'read', metadata: 'read' })
    const first = checkOut(action, double, { commit: head, token: reading })
    expect(await first.run({ event: 'pull_request', payload })).toMatchObject({ exitCode: 0 })
    expect([repository.comments, repository.checkRuns]).toEqual([[], []])
    const job = checkOut(action, double, { commit: main })
    const report = join(first.temporaryFolder, 'fleetwright-report')
    const steps = `- ${uses}\n  with:\n    report-dir: ${report}`
    const { exitCode, log } = await run({
      ...{ double, job, steps, event: 'workflow_run' },
      payload: workflowRunPayload({ head, repository: 'stranger/demo', branch: 'change-1' }),
    })
    expect(exitCode, log).toBe(0)
    expect(repository.comments).toMatchObject([
      { issue: 1, body: expect.stringContaining('Reported by a run of the fork') as string },
    ])
    expect(repository.comments[0]?.body).toContain('All 2 clusters change hello')
    expect(repository.checkRuns).toMatchObject([
      { name: 'fleetwright/fork', headSha: head, conclusion: 'neutral' },
    ])
  })

  test('schedule → facts of the clusters are recorded on the rendered branch', async () => {
    const double = await useGitHubDouble()
    const repository = double.repository()
    const fleet = await startFleet()
    repository.git().git('fetch', '--quiet', fleet.folder, 'main:main')
    const token = createWriter(double)
    const commit = repository.git().git('rev-parse', 'main')
    const job = checkOut(action, double, { commit, token })
    const kubeconfig = join(fleet.folder, '../kubeconfig')
    const steps = `- ${uses}\n  with:\n    kubeconfig: ${kubeconfig}`
    const { exitCode, log } = await run({ double, job, event: 'schedule', payload: {}, steps, token })
    expect(exitCode, log).toBe(0)
    expect(log).toContain('observed: 2 of 2 clusters')
    expect(repository.git().git('ls-tree', '-r', '--name-only', 'rendered').split('\n')).toEqual([
      '.fleetwright/facts/fleet/prod.json',
      '.fleetwright/facts/management.json',
      '.fleetwright/observed.json',
    ])
  })
})

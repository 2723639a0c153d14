import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { GitHubDouble } from '../github/github-double.ts'
import { useGitHubDouble } from '../github/use-github-double.ts'
import { checkOut, openChange, workflowRunPayload } from './action-runner.ts'
import { buildAction } from './built-action.ts'

let action = ''
beforeAll(async () => {
  action = await buildAction()
  return () => rmSync(action, { recursive: true, force: true })
})

const timeout = 120_000

describe('a pull request', { timeout }, () => {
  test('gets one comment, though two runs meet and the answer to the first comment is lost', async () => {
    const double = await useGitHubDouble()
    const { repository, head, payload } = openChange(double)
    const path = /^\/repos\/fleet\/demo\/issues\/1\/comments$/
    double.next({ method: 'POST', path }, { type: 'lost-answer' })
    const jobs = [1, 2].map(() => checkOut(action, double, { commit: head }))
    const results = await Promise.all(jobs.map((job) => job.run({ event: 'pull_request', payload })))
    for (const { exitCode, log } of results) expect(exitCode, log).toBe(0)
    expect(repository.comments.map(({ issue, body }) => ({ issue, body }))).toEqual([
      { issue: 1, body: expect.stringContaining('All 2 clusters change hello') as string },
    ])
    // GitHub keeps a check for good: where two were made in the same moment, both say the same.
    expect(new Set(repository.checkRuns.map((check) => `${check.name} ${check.conclusion}`))).toEqual(
      new Set(['fleetwright success']),
    )
    const [first] = results
    const { outputs = {}, summary } = first ?? {}
    expect(outputs).toMatchObject({ changed: 'true', clusters: '2', dangers: '0', commit: head })
    expect(summary).toContain('All 2 clusters change hello')
    expect(readFileSync(join(outputs['report-path'] ?? '', 'report.html'), 'utf8')).toContain('<html')
  })

  test('of an Enterprise server without permission to write: the summary says it, and the log what is missing', async () => {
    const double = await useGitHubDouble({ product: 'enterprise' })
    const { repository, head, payload } = openChange(double)
    const token = double.createToken('github-actions[bot]', { contents: 'read', metadata: 'read' })
    const job = checkOut(action, double, { commit: head, token })
    const { exitCode, log, summary } = await job.run({ event: 'pull_request', payload })
    expect(exitCode, log).toBe(0)
    expect([repository.comments, repository.checkRuns, repository.statuses]).toEqual([[], [], []])
    for (const permission of ['checks: write', 'statuses: write', 'pull-requests: write'])
      expect(log).toContain(`the token lacks \`${permission}\``)
    expect(summary).toContain('All 2 clusters change hello')
  })

  test('that is what `fail-on` asks for fails the job and the check', async () => {
    const double = await useGitHubDouble()
    const { repository, head, payload } = openChange(double)
    const job = checkOut(action, double, { commit: head })
    const inputs = { 'fail-on': 'changes' }
    const { exitCode, log } = await job.run({ event: 'pull_request', payload, inputs })
    expect(exitCode).toBe(1)
    expect(log).toMatch(/^::error::All 2 clusters change hello: there is what `fail-on` asks for$/m)
    expect(repository.checkRuns).toMatchObject([{ conclusion: 'failure' }])
  })

  test('in a merge queue gets a check and no comment', async () => {
    const double = await useGitHubDouble()
    const { repository, main, head } = openChange(double)
    const job = checkOut(action, double, { commit: head })
    const refs = { base_ref: 'refs/heads/main', head_ref: 'refs/heads/change-1' }
    const payload = { merge_group: { base_sha: main, head_sha: head, ...refs } }
    expect(await job.run({ event: 'merge_group', payload })).toMatchObject({ exitCode: 0 })
    expect(repository.checkRuns).toMatchObject([{ headSha: head, conclusion: 'success' }])
    expect(repository.comments).toEqual([])
  })

  test('whose head is checked out is refused on pull_request_target, before anything is read of it', async () => {
    const double = await useGitHubDouble()
    const { repository, head, payload } = openChange(double, { from: 'stranger/demo' })
    const job = checkOut(action, double, { commit: head })
    const { exitCode, log } = await job.run({ event: 'pull_request_target', payload })
    expect(exitCode).toBe(1)
    expect(log).toContain('on pull_request_target the head of the pull request is checked out')
    expect(log).not.toContain('fleetwright diff')
    expect([repository.comments, repository.checkRuns]).toEqual([[], []])
  })
})

describe('what was merged', { timeout }, () => {
  test('is compiled onto the rendered branch, and verified from a checkout of depth 1', async () => {
    const double = await useGitHubDouble()
    const { repository, main } = openChange(double)
    const token = double.createToken('github-actions[bot]', { contents: 'write', metadata: 'read' })
    const job = checkOut(action, double, { commit: main, token })
    const compiled = await job.run({ event: 'push' })
    expect(compiled.exitCode, compiled.log).toBe(0)
    const commit = repository.git().git('rev-parse', 'refs/heads/rendered')
    expect(compiled.outputs).toEqual({ commit, changed: 'true', clusters: '2' })
    const later = checkOut(action, double, { commit: repository.commit('main', { 'README.md': 'x' }), token })
    const verified = await later.run({ event: 'schedule', inputs: { command: 'verify' } })
    expect(verified.exitCode, verified.log).toBe(0)
    expect(verified.log).toContain(`${commit.slice(0, 12)} is what its source compiles to, byte for byte`)
  })

  test('is not compiled where the token may not push: the step fails and says what is refused', async () => {
    const double = await useGitHubDouble()
    const { repository, main } = openChange(double)
    const job = checkOut(action, double, { commit: main })
    const { exitCode, log } = await job.run({ event: 'push' })
    expect(exitCode).toBe(1)
    expect(log).toContain('fleetwright compile ended with 3')
    expect(repository.git().git('for-each-ref', 'refs/heads/rendered')).toBe('')
  })
})

describe('the report of a fork', { timeout }, () => {
  function arrange(double: GitHubDouble) {
    const opened = openChange(double, { from: 'stranger/demo' })
    const job = checkOut(action, double, { commit: opened.main })
    const folder = join(job.temporaryFolder, 'report')
    mkdirSync(folder)
    const payload = workflowRunPayload({
      ...{ head: opened.head, repository: 'stranger/demo', branch: 'change-1' },
    })
    const post = (report?: string) => {
      if (report !== undefined) writeFileSync(join(folder, 'review.json'), report)
      return job.run({ event: 'workflow_run', payload, inputs: { 'report-dir': folder } })
    }
    return { ...opened, job, folder, post }
  }

  test('is refused when it is a link, no report, or about another commit', async () => {
    const double = await useGitHubDouble()
    const { repository, job, folder, post } = arrange(double)
    symlinkSync(join(job.folder, 'event.json'), join(folder, 'review.json'))
    expect((await post()).log).toContain('there is no file')
    rmSync(join(folder, 'review.json'))
    expect((await post('{}')).log).toContain('the report of the other run is none')
    const totals = {
      clusters: { all: 0, changed: 0 },
      units: { gained: 0, lost: 0, changed: 0, moved: 0, routine: 0 },
      objects: { added: 0, removed: 0, changed: 0, renamed: 0, moved: 0, routine: 0 },
    }
    const report = {
      ...{ baseline: 'pr', base: { name: 'x' }, head: { name: 'x', commit: 'f'.repeat(40) }, totals },
      ...{ verdict: { kind: 'none', sentence: 'x' }, changes: [], dangers: [], upgrades: [], held: [] },
      ...{
        diagnostics: { added: [], standing: 0, resolved: 0 },
        fleet: [],
        reproduce: 'x',
        changedLines: {},
      },
      facts: { asOf: '2026-01-02T00:00:00Z', silent: [], never: 0 },
      schemas: { checked: 0, unchecked: [] },
      versions: { compiler: '1', helm: '1', kustomize: '1' },
    }
    expect((await post(JSON.stringify(report))).log).toContain('the report is not about')
    expect([repository.comments, repository.checkRuns]).toEqual([[], []])
  })
})

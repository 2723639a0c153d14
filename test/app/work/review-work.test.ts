import { describe, expect, test } from 'vitest'
import type { CliResult } from '../../../src/app/types.ts'
import { approveWork } from '../../../src/app/work/approve-work.ts'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { reviewWork } from '../../../src/app/work/review-work.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import { headKey, parseHeadNote } from '../../../src/review/review.ts'
import type { ApprovalWork, CompileWork, ReviewWork } from '../../../src/review/types.ts'
import { ClaimAborted } from '../../../src/review/work-queue-port.ts'
import { changedHello, createWorkRig, openChange, type WorkRig } from './work-rig.ts'

const timeout = 120_000

function reviewOf({ repository }: WorkRig, again?: true): ReviewWork {
  return { type: 'review', repository, pullRequest: 1, ...(again && { again }) }
}

/** States that checks were written to, in their order. */
function writtenStates({ double }: WorkRig): readonly string[] {
  const isWrite = (method: string, path: string): boolean => method !== 'GET' && path.includes('/check-runs')
  const bodies = double.requests.filter(({ method, path }) => isWrite(method, path)).map(({ body }) => body)
  return (bodies as readonly { status?: string; conclusion?: string }[]).map(
    ({ status, conclusion }) => conclusion ?? status ?? '',
  )
}

const ended = (exitCode: number, stderr = ''): CliResult => ({ exitCode, stdout: '', stderr, durationMs: 5 })

describe('a pull request', { timeout }, () => {
  test('is compiled → its check is queued, then in progress, then done, and there is one comment', async () => {
    const rig = await createWorkRig()
    const { state, calls } = rig
    const { head } = openChange(state)
    await rig.run(reviewWork, reviewOf(rig))
    const states = writtenStates(rig)
    expect([states[0], states[1], states.at(-1)]).toEqual(['queued', 'in_progress', 'success'])
    expect(state.checkRuns).toMatchObject([
      {
        ...{ name: 'fleetwright', headSha: head, conclusion: 'success' },
        actions: [{ label: 'Compile again', identifier: 'compile' }],
      },
    ])
    expect(state.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('All 2 clusters change hello'),
    ])
    expect(calls.map(({ command }) => command)).toEqual(['show config', 'diff'])
    expect(calls.map(({ isUntrusted = false }) => isUntrusted)).toEqual([false, false])
  })

  test('with the head that was reviewed → nothing is run and nothing written, unless somebody asks for it', async () => {
    const rig = await createWorkRig()
    const { state, calls, double } = rig
    openChange(state)
    await rig.run(reviewWork, reviewOf(rig))
    const [runs, writes] = [calls.length, writtenStates(rig).length]
    await rig.run(reviewWork, reviewOf(rig))
    expect(calls).toHaveLength(runs)
    expect(writtenStates(rig)).toHaveLength(writes)
    await rig.run(reviewWork, reviewOf(rig, true))
    expect(calls).toHaveLength(runs + 1)
    expect(double.repository().comments).toHaveLength(1)
  })

  test('that gets another commit while it is compiled → the older check is cancelled, and the report is of the newer', async () => {
    const stop = new AbortController()
    let isFirst = true
    const rig = await createWorkRig({
      cli: (real) => async (call) => {
        if (call.command !== 'diff' || !isFirst) return real(call)
        isFirst = false
        const running = real(call)
        rig.state.commit('change-1', changedHello('good morning,'))
        stop.abort(new ClaimAborted('superseded'))
        return running
      },
    })
    const { head } = openChange(rig.state)
    await expect(rig.run(reviewWork, reviewOf(rig), stop.signal)).rejects.toBeInstanceOf(ClaimAborted)
    expect(rig.state.comments).toEqual([])
    await rig.run(reviewWork, reviewOf(rig))
    const newer = rig.state.pullRequests[0]?.headCommit
    expect(rig.state.checkRuns.map(({ headSha, conclusion }) => [headSha, conclusion])).toEqual([
      [head, 'cancelled'],
      [newer, 'success'],
    ])
    expect(rig.state.comments.map(({ body }) => body)).toEqual([expect.stringContaining('good morning,')])
  })

  test('of a fork → it is compiled as a stranger’s, and its check is as any other', async () => {
    const rig = await createWorkRig()
    const { head } = openChange(rig.state, { from: 'stranger/demo' })
    await rig.run(reviewWork, reviewOf(rig))
    const diff = rig.calls.find(({ command }) => command === 'diff')
    expect(diff?.isUntrusted).toBe(true)
    expect(diff?.args).toContain('--untrusted')
    expect(JSON.stringify(diff?.env)).not.toContain('a-key-of-this-test')
    expect(rig.state.checkRuns).toMatchObject([{ headSha: head, conclusion: 'success' }])
  })

  test('of a repository without fleetwright.yaml → nothing is posted and nothing is run', async () => {
    const rig = await createWorkRig()
    const main = rig.state.commit('main', { 'README.md': 'no fleet' })
    rig.state.git().git('update-ref', 'refs/heads/change-1', main)
    const head = rig.state.commit('change-1', { 'README.md': 'still none' })
    rig.state.openPullRequest({ headCommit: head, baseCommit: main })
    await rig.run(reviewWork, reviewOf(rig))
    expect([rig.state.checkRuns, rig.state.comments, rig.calls]).toEqual([[], [], []])
  })

  test('that brings the fleet → is reviewed against nothing', async () => {
    const rig = await createWorkRig()
    const main = rig.state.commit('main', { 'README.md': 'no fleet yet' })
    rig.state.git().git('update-ref', 'refs/heads/change-1', main)
    const head = rig.state.commit('change-1', initFiles)
    rig.state.openPullRequest({ headCommit: head, baseCommit: main })
    await rig.run(reviewWork, reviewOf(rig))
    expect(rig.state.checkRuns).toMatchObject([{ headSha: head, conclusion: 'success' }])
  })

  test('that is closed while its check is open → the check is cancelled', async () => {
    const stop = new AbortController()
    const rig = await createWorkRig({
      cli: (real) => (call) => {
        if (call.command === 'diff') stop.abort(new ClaimAborted('superseded'))
        return real(call)
      },
    })
    const { pull } = openChange(rig.state)
    await expect(rig.run(reviewWork, reviewOf(rig), stop.signal)).rejects.toBeInstanceOf(ClaimAborted)
    pull.state = 'closed'
    await rig.run(reviewWork, reviewOf(rig))
    expect(rig.state.checkRuns).toMatchObject([{ conclusion: 'cancelled' }])
    expect(rig.state.checkRuns[0]?.output.summary).toBe('The pull request was closed.')
    expect(await rig.ports.state.get(headKey(rig.repository, 1))).toBeUndefined()
  })

  test('that is a draft → gets a check and no comment', async () => {
    const rig = await createWorkRig()
    openChange(rig.state, { isDraft: true })
    await rig.run(reviewWork, reviewOf(rig))
    expect(rig.state.checkRuns).toMatchObject([{ conclusion: 'success' }])
    expect(rig.state.comments).toEqual([])
  })

  test('onto the rendered branch → is left alone', async () => {
    const rig = await createWorkRig()
    const { head } = openChange(rig.state)
    const branches = { headBranch: 'fleetwright/fleet/prod', baseBranch: 'rendered' }
    rig.state.openPullRequest({ ...branches, headCommit: head })
    await rig.run(reviewWork, { ...reviewOf(rig), pullRequest: 2 })
    expect([rig.state.checkRuns, rig.calls]).toEqual([[], []])
  })

  test('of somebody whose branch is called as ours are → is reviewed all the same', async () => {
    const rig = await createWorkRig()
    const { head } = openChange(rig.state)
    rig.state.openPullRequest({ headBranch: 'fleetwright/fleet/prod', headCommit: head })
    await rig.run(reviewWork, { ...reviewOf(rig), pullRequest: 2 })
    expect(rig.state.checkRuns).toMatchObject([{ headSha: head, conclusion: 'success' }])
  })

  test('is noted with its head, once, so that commands know for how long it stands', async () => {
    const rig = await createWorkRig()
    const { head } = openChange(rig.state)
    await rig.run(reviewWork, reviewOf(rig))
    const key = headKey(rig.repository, 1)
    const noted = await rig.ports.state.get(key)
    expect(parseHeadNote(noted)?.commit).toBe(head)
    // By the clock of GitHub, which is long past what ours shows.
    expect(Date.parse(parseHeadNote(noted)?.since ?? '')).toBeGreaterThan(rig.ports.now() + 3_600_000)
    await rig.run(reviewWork, reviewOf(rig, true))
    expect(await rig.ports.state.get(key)).toBe(noted)
  })
})

test('a comment that the app may not write is counted, and its check is written', { timeout }, async () => {
  const counted: string[] = []
  const rig = await createWorkRig({
    ports: ({ metrics }) => ({
      metrics: { ...metrics, failure: (work, code) => void counted.push(`${work} ${code}`) },
    }),
  })
  openChange(rig.state)
  rig.double.next({ method: 'POST', path: /\/issues\/1\/comments$/ }, { type: 'status', status: 403 })
  await rig.run(reviewWork, reviewOf(rig))
  expect(counted).toEqual(['review github/forbidden'])
  expect([rig.state.comments, rig.state.checkRuns]).toMatchObject([[], [{ conclusion: 'success' }]])
})

describe('what stands in the way of a review', { timeout }, () => {
  const cases = [
    {
      ...{ result: ended(124), conclusion: 'timed_out', title: 'Not done after 1 minute' },
      says: 'ask the operator for a larger `timeLimit`',
    },
    {
      ...{ result: ended(137), conclusion: 'failure', title: 'Not done within 2 GiB of memory' },
      says: 'Ask the operator for a larger `memoryLimit`',
    },
    {
      result: ended(
        70,
        'Error: a fault\n    at /srv/fleetwright/dist/cli/main.js:3:1\n key a-key-of-this-test-0123456789',
      ),
      ...{ conclusion: 'failure', title: 'fleetwright itself failed', says: 'at ‹path›:3:1\n key ‹secret›' },
    },
  ]
  for (const { result, conclusion, title, says } of cases)
    test(`exit code ${result.exitCode} → the check says what it was, and what to do`, async () => {
      const rig = await createWorkRig({
        cli: (real) => (call) => (call.command === 'diff' ? Promise.resolve(result) : real(call)),
      })
      openChange(rig.state)
      await rig.run(reviewWork, reviewOf(rig))
      expect(rig.state.checkRuns).toMatchObject([
        { conclusion, output: { title }, actions: [{ identifier: 'compile' }] },
      ])
      const summary = rig.state.checkRuns[0]?.output.summary ?? ''
      expect(summary).toContain(says)
      expect(summary).not.toContain('/srv')
      expect(rig.state.comments).toEqual([])
    })

  test('somebody kills the child → it is tried again, and is reviewed then', async () => {
    let kills = 1
    const rig = await createWorkRig({
      cli: (real) => (call) =>
        call.command === 'diff' && (kills -= 1) >= 0
          ? Promise.resolve({ ...ended(137), isKilled: true })
          : real(call),
    })
    openChange(rig.state)
    await expect(rig.run(reviewWork, reviewOf(rig))).rejects.toMatchObject({ retryable: true })
    await rig.run(reviewWork, reviewOf(rig))
    expect(rig.state.checkRuns.at(-1)).toMatchObject({ status: 'completed', conclusion: 'success' })
    expect(rig.state.comments).toHaveLength(1)
  })

  test('something outside fails → it is tried again, and the check says so meanwhile', async () => {
    let failures = 1
    const said = 'environment[charts]: charts.example.com does not answer (/srv/cache/charts)'
    const rig = await createWorkRig({
      cli: (real) => (call) =>
        call.command === 'diff' && (failures -= 1) >= 0 ? Promise.resolve(ended(3, said)) : real(call),
    })
    openChange(rig.state)
    await expect(rig.run(reviewWork, reviewOf(rig))).rejects.toMatchObject({ retryable: true })
    expect(rig.state.checkRuns).toMatchObject([
      { status: 'in_progress', output: { title: 'Something outside failed: trying again' } },
    ])
    const summary = rig.state.checkRuns[0]?.output.summary
    expect(summary).toContain('charts.example.com does not answer (‹path›)')
    await rig.run(reviewWork, reviewOf(rig))
    expect(rig.state.checkRuns).toMatchObject([{ conclusion: 'success' }])
    expect(rig.state.comments).toHaveLength(1)
  })

  test('base and head have nothing in common → the check says what to do', async () => {
    const rig = await createWorkRig()
    rig.state.commit('main', initFiles)
    const head = rig.state.commit('change-1', initFiles)
    const other = rig.state.git().git('commit-tree', `${head}^{tree}`, '-m', 'apart')
    rig.state.openPullRequest({ headCommit: other })
    await rig.run(reviewWork, reviewOf(rig))
    expect(rig.state.checkRuns).toMatchObject([
      { conclusion: 'failure', output: { title: 'There is nothing to compare with' } },
    ])
  })

  test('few requests are left → the check alone is written, and the rest comes when there are more', async () => {
    const rig = await createWorkRig({
      ports: ({ github, now }) => ({
        github: (repository) => ({
          ...github(repository),
          budget: () => ({ remaining: 100, limit: 5000, resetsAt: now() + 60_000 }),
        }),
      }),
    })
    openChange(rig.state)
    await rig.run(reviewWork, reviewOf(rig))
    expect(writtenStates(rig)).toEqual(['success'])
    expect(rig.state.comments).toEqual([])
    expect(await rig.ports.queue.depth()).toMatchObject({ waiting: 1, active: 0 })
    expect(await rig.queued()).toEqual([])
  })
})

test('a fleet that was compiled is compared with what its rendered branch has', { timeout }, async () => {
  const rig = await createWorkRig()
  openChange(rig.state)
  const compile: CompileWork = { type: 'compile', repository: rig.repository, branch: 'main' }
  await rig.run(compileWork, compile)
  await rig.run(reviewWork, reviewOf(rig))
  expect(rig.state.checkRuns.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    ['fleetwright compile', 'success'],
    ['fleetwright', 'success'],
  ])
})

test(
  'deletions that wait fail the review until somebody approves the tree; a stranger’s button does nothing',
  { timeout },
  async () => {
    const rig = await createWorkRig()
    const config = initFiles['fleetwright.yaml'] ?? ''
    const without = config.replace(/    - name: production\n(?: {6}.*\n)+/, '')
    const { head } = openChange(rig.state, { files: { 'fleetwright.yaml': without } })
    await rig.run(compileWork, { type: 'compile', repository: rig.repository, branch: 'main' })
    await rig.run(reviewWork, reviewOf(rig))
    const check = rig.state.checkRuns.at(-1)
    expect(check).toMatchObject({ name: 'fleetwright', headSha: head, conclusion: 'failure' })
    expect(check?.output.title).toContain('deletions wait for approval')
    const button = check?.actions.at(-1)?.identifier ?? ''
    const press = (by: string): ApprovalWork => {
      return { type: 'approve', repository: rig.repository, check: check?.id ?? 0, head, button, by }
    }
    await rig.run(approveWork, press('mallory'))
    expect(await rig.queued()).toEqual([])
    rig.state.collaborators.set('ada', { role: 'write' })
    await rig.run(approveWork, press('ada'))
    expect(await rig.queued()).toEqual([reviewOf(rig, true)])
    await rig.run(reviewWork, reviewOf(rig, true))
    const last = rig.state.checkRuns.at(-1)
    expect(last).toMatchObject({ headSha: head, conclusion: 'neutral', actions: [{ identifier: 'compile' }] })
    expect(last?.output.title).toContain('deletions approved by ada')
    // What is merged renders the tree that was approved.
    rig.state.git().git('update-ref', 'refs/heads/main', head)
    await rig.run(compileWork, { type: 'compile', repository: rig.repository, branch: 'main' })
    expect(rig.state.checkRuns.at(-1)).toMatchObject({ name: 'fleetwright compile', conclusion: 'success' })
    expect(rig.state.git().git('rev-list', '--count', 'rendered')).toBe('2')
  },
)

import { describe, expect, test } from 'vitest'
import { approveWork } from '../../../src/app/work/approve-work.ts'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import { ReviewerError } from '../../../src/report/reviewer-port.ts'
import type { ApprovalWork, CompileWork } from '../../../src/review/types.ts'
import { changedHello, createWorkRig, type WorkRig } from './work-rig.ts'

const timeout = 120_000

function compileOf({ repository }: WorkRig, again?: true): CompileWork {
  return { type: 'compile', repository, branch: 'main', ...(again && { again }) }
}

function revisions({ state }: WorkRig, branch: string): readonly string[] {
  return state.git().git('rev-list', branch).split('\n')
}

const configPath = 'fleetwright.yaml'
const config = initFiles[configPath] ?? ''
const production = /    - name: production\n(?: {6}.*\n)+/

/** The fleet without one of its two clusters. */
const withoutProduction = { [configPath]: config.replace(production, '') }
const proposing = { [configPath]: config.replace('spec:\n', 'spec:\n  app: { onPush: pull-request }\n') }

describe('a push to the source branch', { timeout }, () => {
  test('→ the rendered branch has the commit, and the check says so; the same push again does nothing', async () => {
    const rig = await createWorkRig()
    const { double, state, run, calls } = rig
    const source = state.commit('main', initFiles)
    await run(compileWork, compileOf(rig))
    const rendered = state.git().git('rev-parse', 'refs/heads/rendered')
    expect(revisions(rig, 'rendered')).toEqual([rendered])
    expect(state.git().git('show', `${rendered}:.fleetwright/build.json`)).toContain(source)
    expect(state.checkRuns).toMatchObject([
      {
        ...{ name: 'fleetwright compile', headSha: source, conclusion: 'success' },
        output: { title: 'rendered is written: 2 of 2 clusters rendered anew' },
        actions: [{ label: 'Compile again', identifier: 'compile' }],
      },
    ])
    expect(state.checkRuns[0]?.output.summary).toContain(
      `[\`${rendered.slice(0, 12)}\`](${double.url}/fleet/demo/commit/${rendered})`,
    )
    const written = double.requests.filter(({ method }) => method !== 'GET').length
    await run(compileWork, compileOf(rig))
    expect(calls.map(({ command }) => command)).toEqual(['show config', 'compile'])
    expect(double.requests.filter(({ method }) => method !== 'GET')).toHaveLength(written)
  })

  test('of a repository without fleetwright.yaml, or to another branch → nothing is posted', async () => {
    const rig = await createWorkRig()
    rig.state.commit('main', { 'README.md': 'no fleet' })
    await rig.run(compileWork, compileOf(rig))
    rig.state.commit('topic', initFiles)
    await rig.run(compileWork, { ...compileOf(rig), branch: 'topic' })
    expect([rig.state.checkRuns, rig.calls]).toEqual([[], []])
  })

  test('killed after the branch was pushed and before that was said → done again, there is one commit and the check is right', async () => {
    let isFirst = true
    const rig = await createWorkRig({
      ports: ({ github }) => ({
        github: (repository) => {
          const ports = github(repository)
          return {
            ...ports,
            reviewer: {
              ...ports.reviewer,
              writeCheck: (check) => {
                if (check.state !== 'success' || !isFirst) return ports.reviewer.writeCheck(check)
                isFirst = false
                const details = { operation: 'write', message: 'the process was killed' }
                return Promise.reject(new ReviewerError('unavailable', details))
              },
            },
          }
        },
      }),
    })
    const source = rig.state.commit('main', initFiles)
    await expect(rig.run(compileWork, compileOf(rig))).rejects.toBeInstanceOf(ReviewerError)
    expect(revisions(rig, 'rendered')).toHaveLength(1)
    await rig.run(compileWork, compileOf(rig))
    expect(revisions(rig, 'rendered')).toHaveLength(1)
    expect(rig.state.checkRuns).toMatchObject([
      { headSha: source, conclusion: 'success', output: { title: 'rendered is up to date' } },
    ])
  })

  test('while somebody else writes the rendered branch → it is compiled again, onto what stands', async () => {
    let foreign = ''
    const rig = await createWorkRig({
      cli: (real) => async (call) => {
        const result = await real(call)
        const isFirst = call.command === 'compile' && foreign === '' && rig.state.branches().has('rendered')
        if (!isFirst) return result
        const repository = rig.state.git()
        foreign = repository.git(
          'commit-tree',
          'rendered^{tree}',
          '-p',
          'rendered',
          '-m',
          'somebody was here',
        )
        repository.git('update-ref', 'refs/heads/rendered', foreign)
        return result
      },
    })
    rig.state.commit('main', initFiles)
    await rig.run(compileWork, compileOf(rig))
    const first = rig.state.git().git('rev-parse', 'rendered')
    rig.state.commit('main', changedHello())
    await rig.run(compileWork, compileOf(rig))
    const [tip, ...before] = revisions(rig, 'rendered')
    expect(before).toEqual([foreign, first])
    expect(rig.state.checkRuns.at(-1)).toMatchObject({ conclusion: 'success' })
    expect(rig.state.checkRuns.at(-1)?.output.summary).toContain(tip?.slice(0, 12))
  })

  test('with errors → what they do not hold is written, and the check fails with them beside their lines', async () => {
    const rig = await createWorkRig()
    const quotas = (initFiles['fleet/production.yaml'] ?? '').replace('env: production', 'env: [production]')
    rig.state.commit('main', { ...initFiles, 'fleet/production.yaml': quotas })
    await rig.run(compileWork, compileOf(rig))
    const [check] = rig.state.checkRuns
    expect(check).toMatchObject({ conclusion: 'failure' })
    expect(check?.output.title).toMatch(/^(rendered is written|Nothing is written).*; 1 error$/)
    expect(check?.annotations).toMatchObject([
      { path: 'fleet/production.yaml', annotation_level: 'failure', title: 'intent/wrong-type' },
    ])
  })

  test('that takes too long → the check says so, and the branch is as it was', async () => {
    const rig = await createWorkRig({
      cli: (real) => (call) =>
        call.command === 'compile'
          ? Promise.resolve({ exitCode: 124, stdout: '', stderr: '', durationMs: 60_000 })
          : real(call),
    })
    rig.state.commit('main', initFiles)
    await rig.run(compileWork, compileOf(rig))
    expect(rig.state.checkRuns).toMatchObject([
      { conclusion: 'timed_out', output: { title: 'Not done after 1 minute' } },
    ])
    expect(rig.state.branches().has('rendered')).toBe(false)
  })
})

describe('deletions that nobody approved', { timeout }, () => {
  async function brake() {
    const rig = await createWorkRig()
    rig.state.commit('main', initFiles)
    await rig.run(compileWork, compileOf(rig))
    const head = rig.state.commit('main', withoutProduction)
    await rig.run(compileWork, compileOf(rig))
    const check = rig.state.checkRuns.at(-1)
    const identifier = check?.actions.at(-1)?.identifier ?? ''
    const press = (by: string, button = identifier): ApprovalWork => {
      return { type: 'approve', repository: rig.repository, check: check?.id ?? 0, head, button, by }
    }
    return { rig, head, check, identifier, press }
  }

  test('stop the compile → its check has a button; who may presses it, and the branch is written', async () => {
    const { rig, head, check, identifier, press } = await brake()
    expect(check).toMatchObject({
      ...{ headSha: head, conclusion: 'failure' },
      output: { title: 'Nothing is written: deletions wait for approval; 1 warning' },
      actions: [{ identifier: 'compile' }, { label: 'Approve deletions' }],
    })
    expect(identifier).toMatch(/^ok:[\w-]{17}$/)
    expect(check?.output.summary).toContain('cluster `fleet/production` goes with')
    expect(revisions(rig, 'rendered')).toHaveLength(1)
    rig.state.collaborators.set('ada', { role: 'write' })
    await rig.run(approveWork, press('ada'))
    expect(await rig.queued()).toEqual([compileOf(rig, true)])
    await rig.run(compileWork, compileOf(rig, true))
    expect(revisions(rig, 'rendered')).toHaveLength(2)
    const last = rig.state.checkRuns.at(-1)
    expect(last).toMatchObject({ headSha: head, conclusion: 'success', actions: [{ identifier: 'compile' }] })
    expect(last?.output.summary).toContain('`ada` approved the deletions')
  })

  test('were approved and written → the approval is spent, and the same deletions wait again', async () => {
    const { rig, identifier, press } = await brake()
    rig.state.collaborators.set('ada', { role: 'write' })
    await rig.run(approveWork, press('ada'))
    await rig.run(compileWork, compileOf(rig))
    rig.state.commit('main', initFiles)
    await rig.run(compileWork, compileOf(rig))
    rig.state.commit('main', withoutProduction)
    await rig.run(compileWork, compileOf(rig))
    expect(rig.state.checkRuns.at(-1)).toMatchObject({ conclusion: 'failure' })
    expect(rig.state.checkRuns.at(-1)?.actions.at(-1)?.identifier).toBe(identifier)
    expect(revisions(rig, 'rendered')).toHaveLength(3)
  })

  test('were written before the process was killed → the approval is spent by whoever looks next', async () => {
    const { rig, press } = await brake()
    rig.state.collaborators.set('ada', { role: 'write' })
    await rig.run(approveWork, press('ada'))
    const { ports } = rig
    const killed = (): never => {
      throw new Error('killed')
    }
    const dying = {
      ...ports,
      github: () => ({
        ...ports.github(rig.repository),
        reviewer: { ...ports.github(rig.repository).reviewer, writeCheck: killed },
      }),
    }
    const signal = new AbortController().signal
    await expect(compileWork(dying, compileOf(rig), { log: ports.log, signal, attempt: 1 })).rejects.toThrow(
      'killed',
    )
    expect(revisions(rig, 'rendered')).toHaveLength(2)
    await rig.run(compileWork, compileOf(rig))
    expect(rig.state.checkRuns.at(-1)?.output.summary).toContain('`ada` approved the deletions')
    expect([...(await ports.state.list('')).keys()].filter((key) => key.includes('/approvals/'))).toEqual([])
  })

  test('are not approved by a stranger, who is told why, nor with a button that the check does not have', async () => {
    const { rig, head, press } = await brake()
    await rig.run(approveWork, press('mallory'))
    rig.state.collaborators.set('ada', { role: 'write' })
    await rig.run(approveWork, press('ada', 'ok:ASNFZ4mrze8BI0Vni'))
    expect(await rig.queued()).toEqual([])
    expect(rig.logged.filter((event) => event === 'approval-refused')).toHaveLength(2)
    const told = rig.state.checkRuns.filter(({ name }) => name === 'fleetwright approval')
    expect(told).toMatchObject([{ headSha: head, conclusion: 'neutral' }])
    expect(told[0]?.output.summary).toContain('mallory may not approve deletions')
  })

  test('were approved for one tree → another tree waits again', async () => {
    const { rig, identifier, press } = await brake()
    rig.state.collaborators.set('ada', { role: 'write' })
    await rig.run(approveWork, press('ada'))
    rig.state.commit('main', { ...withoutProduction, ...changedHello() })
    await rig.run(compileWork, compileOf(rig))
    const last = rig.state.checkRuns.at(-1)
    expect(last).toMatchObject({ conclusion: 'failure' })
    const other = last?.actions.at(-1)?.identifier
    expect(other).toMatch(/^ok:[\w-]{17}$/)
    expect(other).not.toBe(identifier)
    expect(revisions(rig, 'rendered')).toHaveLength(1)
  })
})

describe('where pushes are proposed', { timeout }, () => {
  test('→ there is one pull request onto the rendered branch, which follows the source and is closed when it is reverted', async () => {
    const rig = await createWorkRig()
    rig.state.commit('main', initFiles)
    await rig.run(compileWork, compileOf(rig))
    const rendered = revisions(rig, 'rendered')
    rig.state.commit('main', { ...proposing, ...changedHello() })
    await rig.run(compileWork, compileOf(rig))
    expect(rig.state.pullRequests).toMatchObject([
      { headBranch: 'fleetwright/source', baseBranch: 'rendered', state: 'open' },
    ])
    const source = rig.state.commit('main', changedHello('good morning,'))
    await rig.run(compileWork, compileOf(rig))
    expect(rig.state.pullRequests).toHaveLength(1)
    const [proposal] = rig.state.pullRequests
    expect(proposal?.title).toContain('hello')
    expect(proposal?.body).toContain(`as [\`${source.slice(0, 12)}\`](`)
    expect(proposal?.body).toContain('+ "good morning, ⟨name⟩"')
    const file = 'fleetwright/source:clusters/fleet/staging/helm-hello-hello/configmap-hello-hello.yaml'
    expect(rig.state.git().git('show', file)).toContain('good morning, staging')
    expect(rig.state.checkRuns.at(-1)).toMatchObject({ conclusion: 'success' })
    expect(revisions(rig, 'rendered')).toEqual(rendered)
    rig.state.commit('main', initFiles)
    rig.state.commit('main', proposing)
    await rig.run(compileWork, compileOf(rig))
    const states = rig.state.pullRequests.map(({ state }) => state)
    expect([states, rig.state.checkRuns.at(-1)?.conclusion]).toEqual([['closed'], 'success'])
  })
})

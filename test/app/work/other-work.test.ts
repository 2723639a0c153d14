import { describe, expect, test } from 'vitest'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { forgetWork } from '../../../src/app/work/forget-work.ts'
import { tellGivenUp } from '../../../src/app/work/given-up.ts'
import { mergeGroupWork } from '../../../src/app/work/merge-group-work.ts'
import { reconcileWork } from '../../../src/app/work/reconcile-work.ts'
import { reviewWork } from '../../../src/app/work/review-work.ts'
import type { AppPorts } from '../../../src/app/types.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import { EnvironmentError } from '../../../src/diagnostics/errors.ts'
import type { Work } from '../../../src/review/types.ts'
import { changedHello, createWorkRig, openChange, type WorkRig } from './work-rig.ts'

const timeout = 120_000

const never = new AbortController().signal

function failing(): Parameters<typeof createWorkRig>[0] {
  const result = { exitCode: 3, stdout: '', stderr: 'no answer', durationMs: 1 }
  return {
    cli: (real) => (call) => (call.command === 'show config' ? real(call) : Promise.resolve(result)),
  }
}

describe('a merge queue', { timeout }, () => {
  test('gets a check on what it wants to merge, and no comment; once', async () => {
    const rig = await createWorkRig()
    const { main, head } = openChange(rig.state)
    const work = { type: 'merge-group', repository: rig.repository, head, base: main } as const
    await rig.run(mergeGroupWork, work)
    await rig.run(mergeGroupWork, work)
    expect(rig.state.checkRuns).toMatchObject([{ name: 'fleetwright', headSha: head, conclusion: 'success' }])
    expect(rig.state.comments).toEqual([])
    expect(rig.calls.map(({ command }) => command)).toEqual(['show config', 'diff'])
  })

  test('whose check somebody asks for again gets it again, for a week', async () => {
    let passed = 0
    const rig = await createWorkRig({ ports: ({ now }) => ({ now: () => now() + passed }) })
    const { repository } = rig
    const { main, head } = openChange(rig.state)
    const work = { type: 'merge-group', repository, head, base: main } as const
    await rig.run(mergeGroupWork, work)
    const other = { ...work, head: '0123456789012345678901234567890123456789' }
    for (const { head: asked } of [work, other])
      await rig.run(reconcileWork, { type: 'reconcile', repository, again: asked })
    const queued = (await rig.queued()).filter((each) => (each as Work).type === 'merge-group')
    expect(queued).toEqual([{ ...work, again: true }])
    await rig.run(mergeGroupWork, { ...work, again: true })
    expect(rig.calls.filter(({ command }) => command === 'diff')).toHaveLength(2)
    expect(rig.state.checkRuns.at(-1)).toMatchObject({ headSha: head, conclusion: 'success' })
    passed = 8 * 24 * 3_600_000
    await rig.run(reconcileWork, { type: 'reconcile', repository, again: head })
    expect((await rig.queued()).filter((each) => (each as Work).type === 'merge-group')).toEqual([])
    expect((await rig.ports.state.list(`${repository.installation}/fleet/demo/groups/`)).size).toBe(0)
  })
})

describe('reconciling', { timeout }, () => {
  const reconcileOf = ({ repository }: WorkRig) => ({ type: 'reconcile', repository }) as const

  test('adds what no webhook told of, and nothing once it is done', async () => {
    const rig = await createWorkRig()
    const { repository } = rig
    openChange(rig.state)
    await rig.run(reconcileWork, reconcileOf(rig))
    const works = [
      { type: 'compile', repository, branch: 'main' },
      { type: 'review', repository, pullRequest: 1 },
    ] as const
    expect(await rig.queued()).toEqual(works)
    await rig.run(compileWork, works[0])
    await rig.run(reviewWork, works[1])
    await rig.run(reconcileWork, reconcileOf(rig))
    expect(await rig.queued()).toEqual([])
    // Somebody turns the rendered branch back.
    rig.state.commit('main', changedHello())
    await rig.run(compileWork, works[0])
    rig.state.git().git('update-ref', 'refs/heads/rendered', 'rendered~1')
    await rig.run(reconcileWork, reconcileOf(rig))
    expect(await rig.queued()).toEqual([works[0]])
  })

  test('forgets what is kept of closed pull requests, and of no other ones', async () => {
    // GitHub's list does not have what was opened last.
    const behind = ({ github }: AppPorts): Partial<AppPorts> => ({
      github: (repository) => {
        const ports = github(repository)
        const listOpenPullRequests: typeof ports.host.listOpenPullRequests = async (name) =>
          (await ports.host.listOpenPullRequests(name)).slice(0, 1)
        return { ...ports, host: { ...ports.host, listOpenPullRequests } }
      },
    })
    const rig = await createWorkRig({ ports: behind })
    const { state } = rig.ports
    const ada = rig.state.as('ada')
    const numbers = [1, 2, 3, 4].map(() => rig.state.openPullRequest().number)
    ada.close(numbers[1] ?? 0)
    ada.close(numbers[2] ?? 0, { merged: true })
    const prefix = `${rig.repository.installation}/fleet/demo/`
    await state.put(
      new Map(
        numbers.flatMap((number) => ['heads', 'reviewed'].map((key) => [`${prefix}${key}/${number}`, 'x'])),
      ),
    )
    await rig.run(reconcileWork, reconcileOf(rig))
    expect([...(await state.list(prefix)).keys()]).toEqual(
      ['heads/1', 'heads/4', 'reviewed/1', 'reviewed/4'].map((key) => `${prefix}${key}`),
    )
    const [closed] = await rig.ports.github(rig.repository).reviewer.findPullRequests({ number: 2 })
    expect(closed?.closedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+Z$/)
  })

  test('a repository that is no fleet’s adds nothing', async () => {
    const rig = await createWorkRig()
    rig.state.commit('main', { 'README.md': 'no fleet' })
    await rig.run(reconcileWork, reconcileOf(rig))
    expect(await rig.queued()).toEqual([])
  })
})

test(
  'a repository that is forgotten leaves nothing in the state, and others keep theirs',
  { timeout },
  async () => {
    const rig = await createWorkRig()
    const { state } = rig.ports
    rig.state.commit('main', initFiles)
    await rig.run(compileWork, { type: 'compile', repository: rig.repository, branch: 'main' })
    const own = `${rig.repository.installation}/fleet/demo/`
    expect((await state.list(own)).size).toBeGreaterThan(0)
    await state.put(new Map([[`${rig.repository.installation}/fleet/demo-two/heads/1`, 'theirs']]))
    await rig.run(forgetWork, { type: 'forget', repository: rig.repository })
    expect([...(await state.list(`${rig.repository.installation}/`)).keys()]).toEqual([
      `${rig.repository.installation}/fleet/demo-two/heads/1`,
    ])
  },
)

describe('work that is given up', { timeout }, () => {
  test('ends its check, which says why and has the button to try again', async () => {
    const rig = await createWorkRig(failing())
    openChange(rig.state)
    const work = { type: 'review', repository: rig.repository, pullRequest: 1 } as const
    const run = { log: rig.ports.log, signal: never, attempt: 16 }
    const error = await rig.run(reviewWork, work).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(EnvironmentError)
    await tellGivenUp(rig.ports, work, error, run)
    expect(rig.state.checkRuns).toMatchObject([
      {
        conclusion: 'failure',
        output: { title: 'Something outside failed, again and again' },
        actions: [{ identifier: 'compile' }],
      },
    ])
    expect(rig.state.checkRuns[0]?.output.summary).toContain('failed 16 times in a row')
  })

  test('and never began a check → posts nothing', async () => {
    const rig = await createWorkRig()
    rig.state.commit('main', initFiles)
    const work = { type: 'compile', repository: rig.repository, branch: 'main' } as const
    await tellGivenUp(rig.ports, work, undefined, { log: rig.ports.log, signal: never, attempt: 20 })
    expect(rig.state.checkRuns).toEqual([])
  })
})

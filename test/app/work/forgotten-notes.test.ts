import { describe, expect, test } from 'vitest'
import { commandWork } from '../../../src/app/work/command-work.ts'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { mergeGroupWork } from '../../../src/app/work/merge-group-work.ts'
import { reconcileWork } from '../../../src/app/work/reconcile-work.ts'
import { reviewWork } from '../../../src/app/work/review-work.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import { declinedKey, formatNote, readProposalMarker } from '../../../src/review/review.ts'
import type { CompileWork } from '../../../src/review/types.ts'
import { ClaimAborted } from '../../../src/review/work-queue-port.ts'
import { createQuickRig, explain } from '../commands/quick-rig.ts'
import { changedHello, createWorkRig, openChange, type WorkRig } from './work-rig.ts'

const timeout = 120_000

/** Keys of the repository that start so, without what all of them start with. */
async function keys({ ports, repository }: WorkRig, start: string): Promise<readonly string[]> {
  const prefix = `${repository.installation}/fleet/demo/`
  return [...(await ports.state.list(`${prefix}${start}`)).keys()].map((key) => key.slice(prefix.length))
}

describe('that somebody declined what a push renders', { timeout }, () => {
  const config = initFiles['fleetwright.yaml'] ?? ''
  const proposing = {
    'fleetwright.yaml': config.replace('spec:\n', 'spec:\n  app: { onPush: pull-request }\n'),
  }

  /** A proposal that somebody closed. */
  async function decline() {
    const rig = await createWorkRig()
    const work: CompileWork = { type: 'compile', repository: rig.repository, branch: 'main' }
    const push = async (files: Readonly<Record<string, string>>): Promise<void> => {
      rig.state.commit('main', files)
      await rig.run(compileWork, work)
    }
    await push(initFiles)
    await push({ ...proposing, ...changedHello() })
    const [proposal] = rig.state.pullRequests
    rig.state.as('ada').close(proposal?.number ?? 0)
    const digest = readProposalMarker(proposal?.body ?? '') ?? ''
    const key = declinedKey(rig.repository, 'fleetwright/source')
    await rig.ports.state.put(new Map([[key, formatNote({ digest, since: '2026-01-02T03:04:05Z' })]]))
    return { rig, push }
  }

  const open = ({ state }: WorkRig) => state.pullRequests.filter((pull) => pull.state === 'open')
  const title = ({ state }: WorkRig) => state.checkRuns.at(-1)?.output.title

  test('counts as long as it would be proposed, and is forgotten when there is nothing to propose', async () => {
    const { rig, push } = await decline()
    await push({ 'README.md': 'nothing that is rendered' })
    expect([open(rig), title(rig)]).toEqual([[], 'Nothing is proposed: the same was declined'])
    expect(await keys(rig, 'declined/')).toEqual(['declined/fleetwright/source'])
    await push({ ...initFiles, ...proposing })
    expect([title(rig), await keys(rig, 'declined/')]).toEqual(['rendered is up to date', []])
    await push(changedHello())
    expect(open(rig)).toMatchObject([{ headBranch: 'fleetwright/source' }])
  })

  test('is forgotten where pushes are written directly again', async () => {
    const { rig, push } = await decline()
    await push({ 'fleetwright.yaml': config })
    expect(await keys(rig, 'declined/')).toEqual([])
    const written = 'rendered:clusters/fleet/staging/helm-hello-hello/configmap-hello-hello.yaml'
    expect(rig.state.git().git('show', written)).toContain('welcome to')
  })
})

describe('that somebody may not give commands', { timeout }, () => {
  test('is forgotten with the pull request that he said it below', async () => {
    const rig = await createQuickRig()
    await rig.run(commandWork, rig.comment(explain, 'mallory'))
    expect(await keys(rig, 'refused/')).toEqual(['refused/1'])
    rig.state.as('ada').close(1)
    await rig.run(reviewWork, { type: 'review', repository: rig.repository, pullRequest: 1 })
    expect(await keys(rig, 'refused/')).toEqual([])
  })

  test('is forgotten by whoever looks for what was missed, also of pull requests that are not reviewed', async () => {
    const rig = await createQuickRig()
    const { number } = rig.state.openPullRequest({ baseBranch: 'rendered' })
    const said = rig.state.comment(number, 'mallory', explain)
    const command = { type: 'command', repository: rig.repository, pullRequest: number } as const
    await rig.run(commandWork, { ...command, comment: said.id })
    await rig.run(commandWork, rig.comment(explain, 'trudy'))
    expect(await keys(rig, 'refused/')).toEqual(['refused/1', `refused/${number}`])
    rig.state.as('ada').close(number)
    await rig.run(reconcileWork, { type: 'reconcile', repository: rig.repository })
    expect(await keys(rig, 'refused/')).toEqual(['refused/1'])
  })
})

test(
  'who may give commands is forgotten of branches that nothing goes to any more',
  { timeout },
  async () => {
    const rig = await createQuickRig()
    rig.state.git().git('update-ref', 'refs/heads/topic', 'refs/heads/main')
    const { number } = rig.state.openPullRequest({ baseBranch: 'topic' })
    for (const below of [1, number]) {
      const said = rig.state.comment(below, 'mallory', explain)
      const command = { type: 'command', repository: rig.repository, pullRequest: below } as const
      await rig.run(commandWork, { ...command, comment: said.id })
    }
    const reconcile = () => rig.run(reconcileWork, { type: 'reconcile', repository: rig.repository })
    await reconcile()
    expect(await keys(rig, 'who-may/')).toEqual(['who-may/main', 'who-may/topic'])
    rig.state.as('ada').close(number)
    await reconcile()
    expect(await keys(rig, 'who-may/')).toEqual(['who-may/main'])
  },
)

describe('that the check of a merge group is open', { timeout }, () => {
  async function cutOff() {
    const stop = new AbortController()
    const rig = await createWorkRig({
      cli: (real) => (call) => {
        if (call.command === 'diff') stop.abort(new ClaimAborted('shutdown'))
        return real(call)
      },
    })
    const { main, head } = openChange(rig.state)
    const work = { type: 'merge-group', repository: rig.repository, head, base: main } as const
    await expect(rig.run(mergeGroupWork, work, stop.signal)).rejects.toBeInstanceOf(ClaimAborted)
    expect(await keys(rig, 'open/')).toEqual([`open/merge-group/${head}`])
    return { rig, work }
  }

  test('is forgotten when the queue gave it up meanwhile, and the check is cancelled', async () => {
    const { rig, work } = await cutOff()
    const gone = { ...work, base: '0123456789012345678901234567890123456789' }
    await rig.run(mergeGroupWork, gone)
    expect(await keys(rig, 'open/')).toEqual([])
    expect(rig.state.checkRuns).toMatchObject([{ headSha: work.head, conclusion: 'cancelled' }])
  })

  test('is forgotten when it was ended before the process was', async () => {
    const { rig, work } = await cutOff()
    for (const check of rig.state.checkRuns)
      Object.assign(check, { status: 'completed', conclusion: 'success' })
    await rig.run(mergeGroupWork, work)
    expect(await keys(rig, 'open/')).toEqual([])
    expect(rig.state.checkRuns).toMatchObject([{ conclusion: 'success' }])
  })
})

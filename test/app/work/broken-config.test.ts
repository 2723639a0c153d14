import { describe, expect, test } from 'vitest'
import { approveWork } from '../../../src/app/work/approve-work.ts'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { reconcileWork } from '../../../src/app/work/reconcile-work.ts'
import { reviewWork } from '../../../src/app/work/review-work.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import { renderedBranchKey } from '../../../src/review/review.ts'
import { createCommandRig } from '../commands/command-rig.ts'
import { explain } from '../commands/quick-rig.ts'
import { changedHello, createWorkRig, type WorkRig } from './work-rig.ts'

const path = 'fleetwright.yaml'
const strict = 'review: { commands: { allow: [admin] } }\n  app: { onPush: pull-request }'
const good = (initFiles[path] ?? '')
  .replace('branch: rendered', 'branch: out')
  .replace('spec:\n', `spec:\n  ${strict}\n`)
const fleet = { ...initFiles, [path]: good }
const production = /    - name: production\n(?: {6}.*\n)+/
/** A second spec takes the place of the first. */
const broken = { [path]: `${good}spec: {}\n` }

const compileOf = ({ repository }: WorkRig) => ({ type: 'compile', repository, branch: 'main' }) as const

/** A compiled fleet, of which somebody breaks the configuration, and more besides. */
async function breakFleet(rig: WorkRig): Promise<string> {
  rig.state.commit('main', fleet)
  await rig.run(compileWork, compileOf(rig))
  return rig.state.commit('main', { ...broken, ...changedHello() })
}

function tips({ state }: WorkRig): string {
  return state.git().git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads')
}

/** A pull request onto what stands on main. */
function propose({ state }: WorkRig, files: Readonly<Record<string, string>>): string {
  const main = state.git().git('rev-parse', 'main')
  state.git().git('update-ref', 'refs/heads/change-1', main)
  const head = state.commit('change-1', files)
  state.openPullRequest({ headCommit: head, baseCommit: main })
  return head
}

describe('while the configuration of the source branch is broken', { timeout: 120_000 }, () => {
  test('a push writes nothing and proposes nothing, and its check has both places', async () => {
    const rig = await createWorkRig()
    const source = await breakFleet(rig)
    const before = tips(rig)
    await rig.run(compileWork, compileOf(rig))
    await rig.run(reconcileWork, { type: 'reconcile', repository: rig.repository })
    expect(tips(rig)).toBe(before)
    expect(before).not.toContain('refs/heads/rendered ')
    expect(rig.state.pullRequests).toEqual([])
    const check = rig.state.checkRuns.at(-1)
    expect(check).toMatchObject({ headSha: source, conclusion: 'failure' })
    expect(check?.output.title).toMatch(/^Nothing is written/)
    const line = good.split('\n').length
    expect(check?.annotations.filter((each) => each.path === path)).toMatchObject([
      { path, start_line: line, annotation_level: 'failure', title: 'source/duplicate-key' },
    ])
    // The name of the branch is the last good one's.
    expect(await rig.ports.state.get(renderedBranchKey(rig.repository))).toBe('out')
    expect(rig.logged).toContain('configuration-broken')
    const mended = rig.state.commit('main', { [path]: good })
    await rig.run(compileWork, compileOf(rig))
    expect(rig.state.checkRuns.at(-1)).toMatchObject({ headSha: mended, conclusion: 'success' })
    expect(rig.state.pullRequests).toMatchObject([{ baseBranch: 'out', state: 'open' }])
  })

  test('a pull request that mends it gets a report on all that was held', async () => {
    const rig = await createWorkRig()
    await breakFleet(rig)
    const head = propose(rig, { [path]: good })
    await rig.run(reviewWork, { type: 'review', repository: rig.repository, pullRequest: 1 })
    expect(rig.state.checkRuns.at(-1)).toMatchObject({ headSha: head, conclusion: 'success' })
    const [comment] = rig.state.comments
    expect(comment?.body).toContain('welcome to')
    expect(comment?.body).toContain('the configuration of the base is broken')
  })

  test('whoever could not give commands before cannot now', async () => {
    const rig = await createCommandRig()
    rig.state.commit('main', fleet)
    rig.state.commit('main', broken)
    await rig.noteHead(propose(rig, { 'fleet/readme.txt': 'x' }))
    expect(await rig.say(explain)).toContain('needs the permission `admin`')
  })

  test('whoever could not approve deletions before cannot now, and whoever could can', async () => {
    const rig = await createWorkRig()
    rig.state.commit('main', fleet)
    await rig.run(compileWork, compileOf(rig))
    const head = rig.state.commit('main', { [path]: good.replace(production, '') })
    await rig.run(compileWork, compileOf(rig))
    const { id = 0, actions = [] } = rig.state.checkRuns.at(-1) ?? {}
    rig.state.commit('main', broken)
    const press = async (by: string): Promise<readonly string[]> => {
      const pressed = { check: id, head, button: actions.at(-1)?.identifier ?? '', by }
      await rig.run(approveWork, { type: 'approve', repository: rig.repository, ...pressed })
      return [...(await rig.ports.state.list('')).keys()].filter((key) => key.includes('/approvals/'))
    }
    rig.state.collaborators.set('ada', { role: 'write' })
    rig.state.collaborators.set('olga', { role: 'admin' })
    expect(await press('ada')).toEqual([])
    expect(rig.logged).toContain('approval-refused')
    expect(await press('olga')).toHaveLength(1)
  })

  test('and never could be read, nobody may give commands, and that is said', async () => {
    const rig = await createCommandRig()
    rig.state.commit('main', { ...fleet, ...broken })
    rig.state.collaborators.set('olga', { role: 'admin' })
    await rig.noteHead(propose(rig, { 'fleet/readme.txt': 'x' }))
    expect(await rig.say(explain, 'olga')).toContain(
      'nobody may (`review.commands.allow` of `fleetwright.yaml` on `main` names nobody, or the file cannot be read)',
    )
  })
})

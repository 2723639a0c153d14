import { describe, expect, test } from 'vitest'
import type { RunCli } from '../../../src/app/types.ts'
import { commandWork } from '../../../src/app/work/command-work.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import type { CommandWork } from '../../../src/review/types.ts'
import type { RigOptions } from '../work/work-rig.ts'
import { createCommandRig } from './command-rig.ts'
import { configOf, createQuickRig, explain, quick } from './quick-rig.ts'

/** Notes what is asked of the remote. */
function watchFetches(fetched: string[]): NonNullable<RigOptions['ports']> {
  return ({ repositories }) => ({
    repositories: {
      ...repositories,
      async open(...asked) {
        const working = await repositories.open(...asked)
        return {
          ...working,
          fetch(wanted) {
            fetched.push(...wanted)
            return working.fetch(wanted)
          },
        }
      },
    },
  })
}

describe('a command is refused', { timeout: 60_000 }, () => {
  test('of strangers: before anything is fetched that they wrote, and then before anything is fetched', async () => {
    const fetched: string[] = []
    const { run, comment, reactionsTo, calls } = await createQuickRig(quick, watchFetches(fetched))
    const [first, second] = [comment(explain, 'mallory'), comment(explain, 'trudy')]
    await run(commandWork, first)
    expect([fetched.splice(0), reactionsTo(first)]).toEqual([['refs/heads/main'], ['-1']])
    await run(commandWork, second)
    expect([fetched, reactionsTo(second)]).toEqual([[], ['-1']])
    expect(calls.map(({ command }) => command)).toEqual(['show config'])
  })

  test('of a stranger who is named: not, and by nothing but what the base says now', async () => {
    const fetched: string[] = []
    const cli: RunCli = (call) =>
      call.command === 'show config'
        ? Promise.resolve({ exitCode: 0, stdout: configOf('mallory'), stderr: '', durationMs: 1 })
        : quick(call)
    const { say, state, head } = await createQuickRig(cli, watchFetches(fetched))
    expect(await say(explain, 'trudy')).toBeUndefined()
    expect(await say(explain, 'mallory')).toContain('the causes')
    expect(fetched).toContain(head)
    fetched.length = 0
    state.commit('main', { 'README.md': 'moved' })
    expect(await say(explain, 'oscar')).toBeUndefined()
    expect(fetched).toEqual(['refs/heads/main'])
  })

  test('of a stranger in a repository that is no fleet: without any sign', async () => {
    const { state, run, comment, reactionsTo, calls } = await createCommandRig({ cli: () => quick })
    const main = state.commit('main', { 'README.md': 'x' })
    state.git().git('update-ref', 'refs/heads/change-1', main)
    const head = state.commit('change-1', initFiles)
    state.openPullRequest({ headCommit: head, baseCommit: main })
    const work = comment(explain, 'mallory')
    await run(commandWork, work)
    expect([state.comments.length, reactionsTo(work), calls]).toEqual([1, [], []])
  })

  test('again and again of the same one: with one sign, and then as if nothing was said, for ten minutes', async () => {
    let now = Date.UTC(2026, 0, 3)
    const rig = await createQuickRig(quick, () => ({ now: () => now }))
    rig.state.collaborators.set('lisa', { role: 'triage' })
    const works = ['mallory', 'mallory', 'lisa', 'lisa'].map((by) => rig.comment(explain, by))
    const [stranger, again, colleague, insisting] = works as [
      CommandWork,
      CommandWork,
      CommandWork,
      CommandWork,
    ]
    for (const work of [stranger, colleague]) await rig.run(commandWork, work)
    expect(rig.answerTo(colleague)).toContain('You may not give `/fleet explain` here')
    const asked = rig.double.requests.length
    for (const work of [again, insisting]) await rig.run(commandWork, work)
    // The comments, and the pull requests that they are below.
    expect(rig.double.requests).toHaveLength(asked + 4)
    expect([again, insisting].map((work) => rig.answerTo(work))).toEqual([undefined, undefined])
    expect(works.map(rig.reactionsTo)).toEqual([['-1'], [], ['-1'], []])
    // Who belongs to the repository may ask what there is.
    expect(await rig.say('/fleet help', 'lisa')).toContain('| `/fleet rollback CLUSTER` |')
    now += 10 * 60_000
    const late = rig.comment(explain, 'mallory')
    await rig.run(commandWork, late)
    expect(rig.reactionsTo(late)).toEqual(['-1'])
  })
})

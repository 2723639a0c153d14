import { describe, expect, test } from 'vitest'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { fleetWork } from '../../../src/app/work/fleet-work.ts'
import type { CompileWork } from '../../../src/review/types.ts'
import { createToldRig, versions, type ToldRig } from '../fleet/fleet-rig.ts'

const chartPath = 'clusters/fleet/blue/helm-policy-policy-agent/configmap-policy-policy-agent.yaml'

interface Fought {
  readonly rig: ToldRig
  readonly compile: CompileWork
  /** Somebody brings back the tree of before; the work that the webhook asks for is done. Gives his commit. */
  readonly takeBack: () => Promise<string>
  readonly fleet: () => Promise<void>
}

/** A change of a cluster was committed that somebody does not want. */
async function createFought(more = '  app: { onFleetChange: commit }\n'): Promise<Fought> {
  const rig = await createToldRig({ more })
  const compile: CompileWork = { type: 'compile', repository: rig.repository, branch: 'main' }
  const repository = rig.state.git()
  const before = repository.git('rev-parse', 'rendered^{tree}')
  await rig.observe({ ...versions, blue: 'v1.25.16' })
  const fleet = async (): Promise<void> => {
    await rig.run(fleetWork, { type: 'fleet', repository: rig.repository })
    await rig.work()
  }
  await fleet()
  return {
    ...{ rig, compile, fleet },
    async takeBack() {
      const commit = repository.git('commit-tree', before, '-p', 'rendered', '-m', 'not wanted')
      repository.git('update-ref', 'refs/heads/rendered', commit)
      await rig.run(compileWork, compile)
      await rig.work()
      return commit
    },
  }
}

function tip({ state }: ToldRig): string | undefined {
  return state.branches().get('rendered')
}

function issues({ state }: ToldRig) {
  return state.issues.map((issue) => [issue.title, issue.state])
}

const title = 'rendered is left as it is: somebody else rewrites it'

describe('what a cluster changed and somebody takes back', { timeout: 240_000 }, () => {
  test('again and again → is left after three times, which one issue says, until a cluster says something else', async () => {
    const { rig, takeBack, fleet } = await createFought()
    for (const _ of [1, 2, 3]) {
      const theirs = await takeBack()
      expect(tip(rig)).not.toBe(theirs)
      expect(rig.file('rendered', chartPath)).toContain('chart: 3.10.0')
    }
    expect(rig.state.issues).toEqual([])
    const fourth = await takeBack()
    expect(tip(rig)).toBe(fourth)
    expect(issues(rig)).toEqual([[title, 'open']])
    const body = rig.state.issues[0]?.body
    expect(body).toContain(`\`${fourth.slice(0, 12)}\` by \`Test\``)
    expect(body).toContain('let a ruleset allow this app alone to push to `rendered`')
    const fifth = await takeBack()
    await fleet()
    expect([tip(rig), issues(rig)]).toEqual([fifth, [[title, 'open']]])

    await rig.observe({ ...versions, blue: 'v1.26.15' })
    await fleet()
    expect(rig.file('rendered', chartPath)).toContain('chart: 3.11.0')
    expect(issues(rig)).toEqual([[title, 'closed']])
  })

  test('and was left → is written again for whoever asks for it', async () => {
    const { rig, compile, takeBack } = await createFought()
    for (const _ of [1, 2, 3, 4]) await takeBack()
    expect(issues(rig)).toEqual([[title, 'open']])
    await rig.run(compileWork, { ...compile, again: true })
    await rig.work()
    expect(rig.file('rendered', chartPath)).toContain('chart: 3.10.0')
    expect(issues(rig)).toEqual([[title, 'closed']])
  })

  test('is not overwritten where the compile has left the branch to whoever rewrites it', async () => {
    const { rig, compile, fleet } = await createFought()
    const meddle = async (count: number): Promise<string> => {
      const commit = rig.state.commit('rendered', { [chartPath]: `kind: Meddling # ${count}\n` }, 'meddler')
      await rig.run(compileWork, compile)
      return commit
    }
    // The first is not yet one of those that bring back the same: it writes what a change of a cluster came to.
    for (const count of [0, 1, 2, 3]) await meddle(count)
    await rig.work()
    const last = await meddle(4)
    expect(rig.state.checkRuns.at(-1)?.output.title).toBe(title)
    await rig.observe({ ...versions, blue: 'v1.26.15' })
    await fleet()
    expect(tip(rig)).toBe(last)
  })
})

test(
  'a commit for a change of a cluster is the app’s own: no compile takes it for somebody else’s',
  { timeout: 240_000 },
  async () => {
    const { rig, compile } = await createFought()
    const own = tip(rig)
    expect(await rig.ports.state.get(`${rig.repository.installation}/fleet/demo/compiled/main`)).toContain(
      own,
    )
    await rig.run(compileWork, compile)
    expect(tip(rig)).toBe(own)
  },
)

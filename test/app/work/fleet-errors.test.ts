import { describe, expect, test } from 'vitest'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { fleetWork } from '../../../src/app/work/fleet-work.ts'
import { createToldRig, versions, type ToldRig } from '../fleet/fleet-rig.ts'

const timeout = 240_000

const managementPath = '.fleetwright/facts/management.json'
const chart = 'charts/policy-agent-3.11.0/templates/config.yaml'
const failing = { [chart]: '{{ fail "3.11 wants a license" }}\n' }
/** Something that shows at once, so that the rendered branch is of this commit. */
const shown = {
  'charts/policy-agent-3.9.0/templates/more.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more, namespace: policy }\n',
}

/** Compiled from a chart that version 1.26 of Kubernetes gets and that cannot be rendered. */
async function createFailing(onFleetChange: string): Promise<ToldRig> {
  const rig = await createToldRig({ more: `  app: { onFleetChange: ${onFleetChange} }\n` })
  rig.state.commit('main', { ...failing, ...shown })
  await rig.run(compileWork, { type: 'compile', repository: rig.repository, branch: 'main' })
  await rig.work()
  return rig
}

async function fleet(rig: ToldRig): Promise<void> {
  await rig.run(fleetWork, { type: 'fleet', repository: rig.repository })
  await rig.work()
}

function folderOf({ state }: ToldRig, cluster: string): string {
  return state.git().git('rev-parse', `rendered:clusters/fleet/${cluster}`)
}

function check({ state }: ToldRig) {
  return state.checkRuns.at(-1)
}

describe('a change of a cluster that brings an error', { timeout }, () => {
  test.each(['pull-request', 'commit'])(
    '(%s) → its folder stays as it was, the check of the source says why, once, and ends when it is gone',
    async (mode) => {
      const rig = await createFailing(mode)
      const before = folderOf(rig, 'blue')
      const checks = rig.state.checkRuns.length
      await rig.observe({ ...versions, blue: 'v1.26.15' })
      await fleet(rig)
      await fleet(rig)
      expect([folderOf(rig, 'blue'), rig.open()]).toEqual([before, []])
      expect(rig.state.checkRuns).toHaveLength(checks + 1)
      expect(check(rig)).toMatchObject({ name: 'fleetwright compile', conclusion: 'failure' })
      expect(check(rig)?.output.summary).toContain('`render/template-error`')
      expect(check(rig)?.output.summary).toContain('wants a license')
      expect(check(rig)?.output.summary).toContain('On `fleet/blue`.')

      await rig.observe({ ...versions, blue: 'v1.26.15', green: 'v1.26.15' })
      await fleet(rig)
      expect(check(rig)?.output.summary).toContain('On `fleet/blue` and `fleet/green`.')

      await rig.observe(versions)
      await fleet(rig)
      expect(check(rig)).toMatchObject({ conclusion: 'success' })
      expect(folderOf(rig, 'blue')).toBe(before)
    },
  )

  test('beside a change of another cluster → the pull request is of the other one, and the check says what is wrong', async () => {
    const rig = await createFailing('pull-request')
    const before = folderOf(rig, 'blue')
    await rig.observe({ blue: 'v1.26.15', green: 'v1.24.17' })
    await fleet(rig)
    expect(rig.open()).toMatchObject([{ headBranch: 'fleetwright/fleet/fleet/green' }])
    expect(check(rig)?.output.summary).toContain('On `fleet/blue`.')
    expect(folderOf(rig, 'blue')).toBe(before)
  })
})

describe('what is observed and cannot be compiled at all', { timeout }, () => {
  const observeManagement = ({ observe }: ToldRig, text: string) =>
    observe(versions, { files: { [managementPath]: text } })

  test('→ nothing is written, and one issue says why, which follows it and is closed when it is gone', async () => {
    const rig = await createToldRig()
    const before = rig.state.branches().get('rendered')
    await observeManagement(rig, '{"nonsense')
    await fleet(rig)
    await fleet(rig)
    expect(rig.state.branches().get('rendered')).toBe(before)
    expect(rig.state.issues.map(({ title, state }) => [title, state])).toEqual([
      ['What the management cluster says cannot be compiled', 'open'],
    ])
    const first = rig.state.issues[0]?.body
    expect(first).toContain('`observe/bad-facts`')
    expect(first).toContain('management.json')
    await observeManagement(rig, '{"objects": 5}')
    await fleet(rig)
    expect(rig.state.issues).toHaveLength(1)
    expect(rig.state.issues[0]?.body).not.toBe(first)
    await rig.observe(versions)
    await fleet(rig)
    expect(rig.state.issues.map(({ state }) => state)).toEqual(['closed'])
    expect(rig.state.comments.at(-1)?.body).toContain('This is over')
  })

  test('and whose issue somebody closed → is told of again when it says something else', async () => {
    const rig = await createToldRig()
    await observeManagement(rig, '{"nonsense')
    await fleet(rig)
    for (const issue of rig.state.issues) issue.state = 'closed'
    await fleet(rig)
    expect(rig.state.issues.map(({ state }) => state)).toEqual(['closed'])
    await observeManagement(rig, '{"objects": 5}')
    await fleet(rig)
    expect(rig.state.issues.map(({ state }) => state)).toEqual(['closed', 'open'])
  })
})

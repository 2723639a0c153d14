import { expect, test } from 'vitest'
import { compileWork } from '../../../src/app/work/compile-work.ts'
import { fleetWork } from '../../../src/app/work/fleet-work.ts'
import type { FleetWork } from '../../../src/review/types.ts'
import { createToldRig, versions } from '../fleet/fleet-rig.ts'

const path = 'clusters/fleet/blue/helm-policy-policy-agent/configmap-policy-policy-agent.yaml'
const chart = 'charts/policy-agent-3.11.0/templates/config.yaml'

/** What version 1.26 gets, which no cluster serves yet: nothing that is rendered changes. */
function prepared(text: string): Readonly<Record<string, string>> {
  const lines = ['apiVersion: v1', 'kind: ConfigMap', 'metadata: { name: policy-agent, namespace: policy }']
  return { [chart]: [...lines, `data: { prepared: ${text} }`, ''].join('\n') }
}

test(
  'what was prepared in the source and changed nothing so far → is what a cluster gets that comes to need it',
  { timeout: 240_000 },
  async () => {
    const rig = await createToldRig()
    const work: FleetWork = { type: 'fleet', repository: rig.repository }
    const compile = async (text: string): Promise<void> => {
      rig.state.commit('main', prepared(text))
      await rig.run(compileWork, { type: 'compile', repository: rig.repository, branch: 'main' })
      await rig.work()
    }
    const rendered = rig.state.branches().get('rendered')
    await compile('early')
    expect(rig.state.branches().get('rendered')).toBe(rendered)
    await rig.observe({ ...versions, blue: 'v1.26.15' })
    await rig.run(fleetWork, work)
    expect(rig.file('fleetwright/fleet/fleet/blue', path)).toContain('prepared: early')
    // Also where it is prepared while it is proposed.
    await compile('late')
    expect(rig.file('fleetwright/fleet/fleet/blue', path)).toContain('prepared: late')
    expect(rig.open()).toHaveLength(1)
  },
)

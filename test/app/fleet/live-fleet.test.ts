import { expect, test } from 'vitest'
import { createLiveRig } from './fleet-rig.ts'

const timeout = 400_000
const chart = 'clusters/fleet/blue/helm-policy-policy-agent/configmap-policy-policy-agent.yaml'
const branch = 'fleetwright/fleet/fleet/blue'

test(
  'a cluster is upgraded → a pull request says why; again → the same one; back again → it is closed',
  { timeout },
  async () => {
    const rig = await createLiveRig()
    const { state, until, open, calls } = rig
    rig.watch()
    await until(() => expect(open()).toMatchObject([{ baseBranch: 'rendered' }]))
    const [joined] = open()
    await rig.merge(joined)
    await until(() => expect(state.branches().has(joined?.headBranch ?? '')).toBe(false))
    expect(open()).toEqual([])

    await rig.upgrade('blue', 'v1.25.16')
    await until(() => expect(open()).toHaveLength(1))
    const [pull] = open()
    expect(pull).toMatchObject({ headBranch: branch, baseBranch: 'rendered' })
    expect(pull?.title).toBe('blue serves 1.25: policy-agent 3.9.0 → 3.10.0')
    expect(pull?.body).toContain(
      '- `fleet/blue`: the cluster serves Kubernetes `v1.25.16`, it served `v1.24.17` → label `kubernetes` of the cluster is `v1-25`',
    )
    expect(pull?.body).toContain('→ `policy-agent` `3.9.0 → 3.10.0`')
    expect(rig.file(branch, chart)).toContain('chart: 3.10.0')
    expect(rig.file('rendered', chart)).toContain('chart: 3.9.0')

    await rig.upgrade('blue', 'v1.26.15')
    await until(() => expect(open()[0]?.title).toBe('blue serves 1.26: policy-agent 3.9.0 → 3.11.0'))
    expect(open()).toMatchObject([{ number: pull?.number }])
    expect(rig.file(branch, chart)).toContain('chart: 3.11.0')

    await rig.upgrade('blue', 'v1.24.17')
    await until(() => expect(open()).toEqual([]))
    expect(state.branches().has(branch)).toBe(false)
    expect(state.pullRequests).toHaveLength(2)
    expect(state.pullRequests.at(-1)).toMatchObject({ number: pull?.number, merged: false })

    const envOf = (command: string) => calls.filter((call) => call.command === command).map(({ env }) => env)
    expect(envOf('observe').length).toBeGreaterThan(0)
    for (const env of envOf('observe')) expect(env['KUBECONFIG']).toBe(rig.kubeconfig)
    for (const env of [...envOf('compile'), ...envOf('diff')]) expect(env).not.toHaveProperty('KUBECONFIG')
    for (const { env } of calls) expect(JSON.stringify(env)).not.toMatch(/gh[a-z]_|GITHUB_TOKEN/)
  },
)

test(
  'a cluster stops answering → an issue when its facts are too old; it is back → the issue is closed',
  { timeout },
  async () => {
    const rig = await createLiveRig({ more: '  facts: { maxAge: 20s }\n' })
    const { state, until } = rig
    rig.watch()
    await until(() => expect(rig.open()).toHaveLength(1))
    await rig.stopCluster('blue')
    await until(() => expect(state.issues).toMatchObject([{ state: 'open' }]))
    expect(state.issues[0]?.title).toBe('Cluster fleet/blue does not answer')
    await rig.upgrade('blue', 'v1.24.17')
    await until(() => expect(state.issues).toMatchObject([{ state: 'closed' }]))
    expect(state.comments.at(-1)?.body).toContain('It answers again.')
  },
)

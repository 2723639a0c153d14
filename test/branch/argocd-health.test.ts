import { describe, expect, test } from 'vitest'
import type { ValidateHealth } from '../../src/intent/types.ts'
import { defaultLimits, evaluate } from '../../src/lua/lua.ts'
import type { LuaJson } from '../../src/lua/types.ts'
import { deliveredBranch, deployment, messagesOf, replicas, withArgocd, argocd } from './delivered-branch.ts'
import { check, config, helm, object, profile, profileWith } from './fleet-double.ts'

const own = deliveredBranch()
const { deliver } = own

describe('validateHealths under Argo CD', () => {
  const script = `function evaluate()
  local hs = { healthy = false, message = "not issued" }
  if obj.status.ready == "True" then hs.healthy = true end
  return hs
end`
  const certificates = { group: 'cert-manager.io', kind: 'Certificate', script }
  const path = 'delivery/argocd-cm/health.yaml'

  function patch(): Readonly<Record<string, string>> | undefined {
    const text = own.branch.filesOf('rendered').get(path)
    return text === undefined ? undefined : (JSON.parse(text) as { data: Record<string, string> }).data
  }

  function health(lua: string, obj: LuaJson): unknown {
    const inside = { text: `function evaluate()\n${lua}\nend`, libraries: false }
    const budget = { ...defaultLimits, elapsedMs: () => 0, clockMs: 0, seed: 0 }
    const outcome = evaluate(inside, { globals: { obj } }, budget)
    return outcome.ok ? outcome.value : outcome.fault
  }

  test('a script becomes the health of its kind, in a patch of Argo CD’s settings that nobody applies', async () => {
    const owner = profileWith('app', { validateHealths: [check(certificates)] })
    const { diagnostics } = await deliver(
      [helm('web/app', [object('cert-manager.io/v1 Certificate web/tls')], { owner })],
      { config: withArgocd },
    )
    expect(diagnostics).toEqual([])
    const data = patch() ?? {}
    expect(Object.keys(data)).toEqual([
      'resource.customizations.health.cert-manager.io_Certificate',
      'resource.customizations.useOpenLibs.cert-manager.io_Certificate',
    ])
    const lua = data['resource.customizations.health.cert-manager.io_Certificate'] ?? ''
    expect(health(lua, { status: { ready: 'True' } })).toEqual({ status: 'Healthy', message: '' })
    expect(health(lua, { status: { ready: 'False' } })).toEqual({
      status: 'Progressing',
      message: 'not issued',
    })
    expect(health(lua, {})).toMatchObject({
      status: 'Progressing',
      message: expect.stringContaining('index') as string,
    })
  })

  test('all scripts of a profile must hold', async () => {
    const second = 'function evaluate() return { healthy = obj.spec.b == 1, message = "b" } end'
    const owner = profileWith('app', {
      validateHealths: [check(certificates), check({ ...certificates, name: 'second', script: second })],
    })
    await deliver([helm('web/app', [object('ConfigMap web/app')], { owner })], { config: withArgocd })
    const lua = patch()?.['resource.customizations.health.cert-manager.io_Certificate'] ?? ''
    expect(health(lua, { status: { ready: 'True' }, spec: { b: 1 } })).toMatchObject({ status: 'Healthy' })
    expect(health(lua, { status: { ready: 'True' }, spec: { b: 2 } })).toEqual({
      status: 'Progressing',
      message: 'b',
    })
  })

  test('profiles that want one kind judged differently are told, and neither has its way', async () => {
    const other = check({ ...certificates, script: 'function evaluate() return { healthy = true } end' })
    const { diagnostics } = await deliver(
      [
        helm('web/a', [object('ConfigMap web/a')], {
          owner: profileWith('a', { validateHealths: [check(certificates)] }),
        }),
        helm('web/b', [object('ConfigMap web/b')], { owner: profileWith('b', { validateHealths: [other] }) }),
      ],
      { config: withArgocd },
    )
    expect(messagesOf(diagnostics)).toEqual([
      'the check `ready` in validateHealths of ClusterProfile/a is not made by Argo CD, since ClusterProfile/b wants every Certificate judged in another way',
      'the check `ready` in validateHealths of ClusterProfile/b is not made by Argo CD, since ClusterProfile/a wants every Certificate judged in another way',
    ])
    expect(patch()).toBeUndefined()
  })

  test('the patch goes with the last check that needs it', async () => {
    const manifests = [object('ConfigMap web/app')]
    await deliver(
      [helm('web/app', manifests, { owner: profileWith('app', { validateHealths: [check(certificates)] }) })],
      { config: withArgocd },
    )
    expect(patch()).toBeDefined()
    await deliver([helm('web/app', manifests, { owner: profile('app') })], { config: withArgocd })
    expect(patch()).toBeUndefined()
  })

  test.each<[string, Partial<ValidateHealth> & { rules?: readonly string[] }, string]>([
    ['CEL', { rules: [replicas] }, 'it is CEL'],
    ['kinds of Kubernetes', { script }, 'its script would judge every Deployment that Argo CD knows of'],
    [
      'one namespace',
      { ...certificates, namespace: 'web' },
      'it is for one namespace, and Argo CD judges every Certificate alike',
    ],
    [
      'libraries of Sveltos',
      { ...certificates, script: 'local json = require("json")' },
      'its script uses libraries of Sveltos',
    ],
    [
      'what is no Lua',
      { ...certificates, script: 'function evaluate( return end' },
      'its script is no Lua: ',
    ],
  ])('%s cannot be expressed', async (_what, overrides, reason) => {
    const owner = profileWith('app', { validateHealths: [check(overrides)] })
    const { diagnostics } = await deliver([helm('web/app', [deployment('web/app')], { owner })], {
      config: withArgocd,
    })
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]?.message).toContain(`is not made by Argo CD, since ${reason}`)
    expect(patch()).toBeUndefined()
  })

  test('beside Flux each engine is told what it can be told', async () => {
    const owner = profileWith('app', { validateHealths: [check(certificates)] })
    const both = config({ delivery: ['flux', 'argocd'], argocd })
    const { diagnostics } = await deliver([helm('web/app', [object('ConfigMap web/app')], { owner })], {
      config: both,
    })
    expect(messagesOf(diagnostics)).toEqual([
      'the check `ready` in validateHealths of ClusterProfile/app is not made by Flux, since it is a Lua script',
    ])
    expect(patch()).toBeDefined()
  })
})

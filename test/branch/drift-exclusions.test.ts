import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import type { FleetConfig } from '../../src/config/types.ts'
import type { DriftExclusion } from '../../src/intent/types.ts'
import { cluster, config, fleet, object, policy, profileWith, run, type UnitDouble } from './fleet-double.ts'

let branch: MemoryBranch
beforeEach(() => {
  branch = createMemoryBranch()
})

const argocd = { repoURL: 'https://git.example/fleet.git', namespace: 'argocd', project: 'default' }
const withArgocd = config({ delivery: ['argocd'], argocd })
const deployment = (name: string) => object(`apps/v1 Deployment ${name}`)

function deliver(units: readonly UnitDouble[], configuration?: FleetConfig) {
  const clusters = fleet({ cluster: cluster('fleet/prod'), units })
  return run(branch, clusters, configuration ? { config: configuration } : {})
}

interface Spec {
  readonly ignore?: readonly object[]
  readonly ignoreDifferences?: readonly object[]
  readonly syncPolicy?: { readonly syncOptions: readonly string[] }
}

function specOf(path: string): Spec {
  const text = branch.filesOf('rendered').get(`delivery/${path}`)
  if (text === undefined) throw new Error(`no delivery/${path}`)
  return (JSON.parse(text) as { spec: Spec }).spec
}

const specOfUnit = (unit: string): Spec => specOf(`flux/fleet/prod/${unit}.yaml`)

function reasons(diagnostics: readonly { readonly message: string }[]): readonly string[] {
  return diagnostics.map(({ message }) => message)
}

describe('driftExclusions', () => {
  const drifting = (...driftExclusions: DriftExclusion[]) => profileWith('app', { driftExclusions })
  const replicasOf: DriftExclusion = { paths: ['/spec/replicas'], target: { kind: 'Deployment' } }

  test('are fields that Flux ignores', async () => {
    const exclusion = {
      paths: ['/spec/replicas', '/metadata/labels/a~1b'],
      target: { group: 'apps', kind: 'Deploy.*', labelSelector: 'app!=web' },
    }
    const { diagnostics } = await deliver([
      policy('app', [deployment('web/app')], { owner: drifting(exclusion) }),
    ])
    expect(diagnostics).toEqual([])
    expect(specOfUnit('policy-app').ignore).toEqual([exclusion])
  })

  test('are differences that Argo CD ignores and keeps', async () => {
    const named = {
      paths: ['/spec/replicas'],
      target: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'web', name: 'app' },
    }
    await deliver(
      [policy('app', [deployment('web/app')], { owner: drifting(replicasOf, named) })],
      withArgocd,
    )
    const { ignoreDifferences, syncPolicy } = specOf('argocd/fleet/prod/policy-app.yaml')
    expect(ignoreDifferences).toEqual([
      { group: '*', kind: 'Deployment', jsonPointers: ['/spec/replicas'] },
      { group: 'apps', kind: 'Deployment', namespace: 'web', name: 'app', jsonPointers: ['/spec/replicas'] },
    ])
    expect(syncPolicy?.syncOptions).toContain('RespectIgnoreDifferences=true')
  })

  test('that Argo CD cannot express are told to its users alone', async () => {
    const byLabel = { paths: ['/spec/replicas'], target: { labelSelector: 'app=web' } }
    const pattern = { paths: ['/spec/replicas'], target: { kind: 'Deployment|StatefulSet' } }
    const unit = policy('app', [deployment('web/app')], { owner: drifting(byLabel, pattern) })
    const { diagnostics } = await deliver([unit], withArgocd)
    expect(diagnostics.map(({ code }) => code)).toEqual(Array(2).fill('branch/drift-exclusion-not-delivered'))
    expect(reasons(diagnostics)[0]).toBe(
      'driftExclusions[0] of ClusterProfile/app is not honoured by Argo CD, since it knows objects by group, kind, namespace and name, not by labels or patterns',
    )
    expect(specOf('argocd/fleet/prod/policy-app.yaml').ignoreDifferences).toBeUndefined()
    branch = createMemoryBranch()
    expect((await deliver([unit])).diagnostics).toEqual([])
  })

  test.each<[DriftExclusion, string]>([
    [{ paths: ['/spec/replicas'] }, 'it has no `target`'],
    [{ ...replicasOf, paths: ['spec/replicas'] }, 'the path `spec/replicas` does not begin with `/`'],
    [{ ...replicasOf, paths: ['/metadata'] }, 'the path `/metadata` covers what makes the object'],
    [{ paths: ['/a'], target: { name: '(' } }, '`(` is no regular expression'],
    [{ paths: ['/a'], target: { labelSelector: 'a in b' } }, '`a in b` is no selector'],
  ])('%j is told and not delivered', async (exclusion, reason) => {
    const { diagnostics } = await deliver([
      policy('app', [deployment('web/app')], { owner: drifting(exclusion) }),
    ])
    expect(reasons(diagnostics)).toEqual([
      `driftExclusions[0] of ClusterProfile/app is not honoured, since ${reason}`,
    ])
    expect(specOfUnit('policy-app').ignore).toBeUndefined()
  })
})

import { describe, expect, test } from 'vitest'
import { skewDangers } from '../../../src/compare/compare.ts'
import { findDangers } from '../../../src/compare/dangers/dangers.ts'
import type { Side } from '../../../src/compare/types.ts'
import type { ClusterPlan, Plan } from '../../../src/resolve/types.ts'

interface Written {
  readonly wanted: string
  readonly running?: string
  readonly workers?: readonly string[]
}

function plan({ wanted, running = 'v1.33.8', workers = [] }: Written): ClusterPlan {
  const machines = {
    controlPlane: { kind: 'KubeadmControlPlane', name: 'prod', version: wanted, versionNow: running },
    workers: workers.map((version, index) => ({ kind: 'MachineDeployment', name: `prod-${index}`, version })),
  }
  return {
    cluster: { id: 'fleet/prod', value: {} },
    ...{ kubeVersion: running, wantedVersion: wanted, machines, units: [] },
  } as unknown as ClusterPlan
}

function messages(before: Written, after: Written): readonly string[] {
  return skewDangers(plan(before), plan(after)).map(({ severity, message }) => `${severity} ${message}`)
}

describe('version-skew', () => {
  test('a control plane that leaves out a minor version', () => {
    expect(messages({ wanted: 'v1.33.8' }, { wanted: 'v1.35.2' })).toEqual([
      'high KubeadmControlPlane prod goes from v1.33.8 to v1.35.2: a control plane goes up by one minor version at a time, v1.34 comes next',
    ])
  })

  test('a control plane that goes back, by a patch too', () => {
    expect(messages({ wanted: 'v1.33.8' }, { wanted: 'v1.33.4' })).toEqual([
      'high KubeadmControlPlane prod goes back from v1.33.8 to v1.33.4, and Kubernetes supports no downgrade',
    ])
  })

  test('workers that are newer than their control plane, or too old for it', () => {
    expect(
      messages({ wanted: 'v1.33.8', workers: ['v1.33.8'] }, { wanted: 'v1.33.8', workers: ['v1.34.1'] }),
    ).toEqual([
      'high MachineDeployment prod-0 runs v1.34.1 under a control plane of v1.33.8: a kubelet must not be newer than the API server',
    ])
    expect(
      messages({ wanted: 'v1.33.8', workers: ['v1.30.2'] }, { wanted: 'v1.34.0', workers: ['v1.30.2'] }),
    ).toEqual([
      'high MachineDeployment prod-0 runs v1.30.2 under a control plane of v1.34.0: a kubelet may be up to 3 minor versions older than the API server',
    ])
    expect(
      messages(
        { wanted: 'v1.26.1', running: 'v1.26.1', workers: ['v1.24.9'] },
        { wanted: 'v1.27.1', running: 'v1.26.1', workers: ['v1.24.9'] },
      ),
    ).toEqual([
      'high MachineDeployment prod-0 runs v1.24.9 under a control plane of v1.27.1: a kubelet may be up to 2 minor versions older than the API server',
    ])
  })

  test.each([
    ['a patch', { wanted: 'v1.33.8' }, { wanted: 'v1.33.9' }],
    ['the next minor', { wanted: 'v1.33.8' }, { wanted: 'v1.34.1' }],
    [
      'workers with it',
      { wanted: 'v1.33.8', workers: ['v1.33.8'] },
      { wanted: 'v1.34.1', workers: ['v1.34.1'] },
    ],
    [
      'workers later',
      { wanted: 'v1.33.8', workers: ['v1.33.8'] },
      { wanted: 'v1.34.1', workers: ['v1.33.8'] },
    ],
    [
      'workers that were too new before',
      { wanted: 'v1.33.8', workers: ['v1.34.1'] },
      { wanted: 'v1.33.8', workers: ['v1.34.1'] },
    ],
    ['a jump that the base wrote', { wanted: 'v1.35.2' }, { wanted: 'v1.35.2' }],
  ])('%s is no danger', (_, before, after) => {
    expect(messages(before, after)).toEqual([])
  })

  test('a control plane that is put back to what runs is no danger', () => {
    expect(messages({ wanted: 'v1.35.2' }, { wanted: 'v1.33.8' })).toEqual([])
  })

  test('workers of a cluster whose own version stays are found beside the changes', () => {
    const side = (workers: readonly string[]): Side => ({
      clusters: new Map(),
      plan: { clusters: [plan({ wanted: 'v1.33.8', workers })] } as unknown as Plan,
    })
    const [before, after] = [side(['v1.33.8']), side(['v1.34.1'])]
    const dangers = findDangers([], { before, after, placeOfUnit: () => undefined })
    expect(dangers.map(({ rule, clusters }) => [rule, clusters])).toEqual([['version-skew', ['fleet/prod']]])
  })

  test('the place is the version of the topology, where the cluster has one', () => {
    const text = 'spec:\n  topology:\n    version: v1.35.2\n'
    const document = { file: { path: 'prod.yaml', text }, start: 0, end: text.length }
    const after = plan({ wanted: 'v1.35.2' })
    const value = { spec: { topology: { version: 'v1.35.2' } } }
    const placed = { ...after, cluster: { ...after.cluster, document, value } } as unknown as ClusterPlan
    const [danger] = skewDangers(plan({ wanted: 'v1.33.8' }), placed)
    expect(danger?.span && text.slice(danger.span.start, danger.span.end)).toBe('v1.35.2')
  })
})

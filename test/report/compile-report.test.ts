import { expect, test } from 'vitest'
import type { ClusterRecord } from '../../src/branch/types.ts'
import { diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { outputs, toCompileOutput, toCompileReport } from '../../src/report/report.ts'
import type { RenderedCluster } from '../../src/render/types.ts'
import type { PlannedUnit } from '../../src/resolve/types.ts'
import { clusterPlan, webUnit } from './plan-double.ts'

const unit = (name: string, details: object = {}): PlannedUnit => ({ ...webUnit, name, ...details })
const chart = { name: 'web', version: '1.2.0', appVersion: '9' }

const units = [
  unit('helm-a-new'),
  unit('helm-b-same'),
  unit('helm-c-broken'),
  unit('helm-d-shown', { syncMode: 'DryRun' }),
]
const rendered = [
  {
    id: 'fleet/prod',
    digest: '',
    units: [
      {
        unit: units[0],
        inputs: 'a1',
        result: { status: 'rendered', manifests: [{}, {}], record: { chart } },
      },
      { unit: units[1], inputs: 'b1', result: { status: 'unchanged' } },
      {
        unit: units[2],
        inputs: 'c1',
        result: { status: 'held', hold: { reason: 'error', message: 'it cannot be rendered' } },
      },
      { unit: units[3], inputs: 'd1', result: { status: 'rendered', manifests: [{}], record: {} } },
    ],
  },
] as unknown as readonly RenderedCluster[]

const recorded = (details: object): object => ({
  kind: 'helm',
  parts: [{ objects: 3 }],
  ownNamespaces: {},
  inputs: 'old',
  ...details,
})
const records = new Map([
  [
    'fleet/prod',
    {
      units: {
        'helm-b-same': recorded({ profile: 'ClusterProfile/web', chart }),
        'helm-c-broken': recorded({ profile: 'ClusterProfile/web', chart }),
        'helm-e-paused': recorded({ profile: 'ClusterProfile/paused' }),
        namespaces: recorded({ kind: 'namespaces', profile: '' }),
      },
    } as unknown as ClusterRecord,
  ],
])

const plan = {
  clusters: [
    clusterPlan({
      units,
      heldProfiles: [
        {
          profile: 'ClusterProfile/paused',
          hold: { reason: 'profile-paused', message: 'ClusterProfile/paused is paused' },
        },
      ],
    }),
  ],
  references: [],
  sets: [],
  needs: [],
  labelConflicts: [],
  events: [],
  health: { objects: [], conditions: [] },
}

const report = toCompileReport({
  plan,
  rendered,
  records,
  diagnostics: [diagnostic('branch/tampered', { message: 'somebody changed files' })],
  branch: { name: 'rendered', commit: 'abc', changed: true },
})

test('each unit says what became of it, what was not read again from the records of the branch', () => {
  const summary = report.clusters[0]?.units.map(({ name, status, objects, version, digest, reason }) => ({
    name,
    status,
    objects,
    version,
    digest,
    reason,
  }))
  expect(summary).toEqual([
    { name: 'helm-a-new', status: 'rendered', objects: 2, version: '1.2.0', digest: 'a1', reason: undefined },
    {
      name: 'helm-b-same',
      status: 'unchanged',
      objects: 3,
      version: '1.2.0',
      digest: 'b1',
      reason: undefined,
    },
    {
      name: 'helm-c-broken',
      status: 'held',
      objects: 3,
      version: '1.2.0',
      digest: 'c1',
      reason: 'it cannot be rendered',
    },
    {
      name: 'helm-d-shown',
      status: 'dry-run',
      objects: 1,
      version: undefined,
      digest: 'd1',
      reason: undefined,
    },
    {
      name: 'helm-e-paused',
      status: 'held',
      objects: 3,
      version: undefined,
      digest: 'old',
      reason: 'ClusterProfile/paused is paused',
    },
  ])
})

test('the output is what its published schema says, nothing more', () => {
  const output: unknown = JSON.parse(JSON.stringify(toCompileOutput(report)))
  expect(outputs.compile.strict().parse(output)).toEqual(output)
})

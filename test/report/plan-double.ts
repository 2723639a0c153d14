import type { Cluster, Profile } from '../../src/intent/types.ts'
import type { ClassifierReason, ClusterPlan, PlannedUnit } from '../../src/resolve/types.ts'
import type { SourceDocument } from '../../src/source/types.ts'

/** A document with places but no meaning. */
export function documentOf(path: string, text: string): SourceDocument {
  return { file: { path, text }, start: 0, end: text.length, value: {}, json: '{}' }
}

const profileText = `spec:
  clusterSelector:
    matchLabels:
      env: production
  helmCharts:
  - chartName: web
`

/** A profile that selects production and asks for one chart. */
export const webProfile = {
  kind: 'ClusterProfile',
  name: 'web',
  id: 'ClusterProfile/web',
  document: documentOf('fleet/web.yaml', profileText),
  spec: { clusterSelector: { matchLabels: { env: 'production' }, matchExpressions: [] } },
} as unknown as Profile

export const webUnit = {
  kind: 'helm',
  name: 'helm-web-web',
  claim: {
    profile: webProfile,
    tier: 100,
    referenceTier: 100,
    because: { kind: 'selector' },
    path: ['spec', 'helmCharts', 0],
  },
  syncMode: 'Continuous',
  dependsOn: [],
} as unknown as PlannedUnit

const clusterText = `metadata:
  labels:
    env: production
`

const gpuClassifier = documentOf(
  'fleet/gpu.yaml',
  `metadata: { name: gpu }
spec:
  kubernetesVersionConstraints: [{ comparison: GreaterThan, version: 1.30.0 }]
  deployedResourceConstraint:
    resourceSelectors:
    - { group: "", version: v1, kind: Node }
`,
)

const because: readonly ClassifierReason[] = [
  { kind: 'version', constraint: '> 1.30.0', version: '1.34.2' },
  {
    ...{ kind: 'objects', path: ['spec', 'deployedResourceConstraint', 'resourceSelectors', 0] },
    ...{ count: 7, objects: ['Node a', 'Node b', 'Node c', 'Node d', 'Node e'] },
  },
]

export function clusterPlan(details: Partial<ClusterPlan> = {}): ClusterPlan {
  const cluster = {
    id: 'fleet/prod',
    namespace: 'fleet',
    name: 'prod',
    document: documentOf('clusters/prod.yaml', clusterText),
  } as unknown as Cluster
  return {
    cluster,
    labels: [
      { key: 'env', value: 'production', origin: 'written' },
      {
        key: 'gpu',
        value: 'yes',
        origin: { classifier: 'Classifier/gpu', document: gpuClassifier, because },
      },
    ],
    kubeVersion: 'v1.34.2',
    apiVersions: [],
    scopes: {},
    heldProfiles: [],
    units: [webUnit],
    conflicts: [],
    ...details,
  }
}

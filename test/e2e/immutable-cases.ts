import { labels, named, claimSpec, type ChangeCase } from './immutable-case.ts'
import { storageCases } from './immutable-storage-cases.ts'

const container = { name: 'app', image: 'registry.example.com/app:1' }
const template = { metadata: { labels }, spec: { containers: [container] } }
const workload = { selector: { matchLabels: labels }, template }
const jobTemplate = { spec: { restartPolicy: 'Never', containers: [container] } }

const workloads: readonly ChangeCase[] = [
  ...['Deployment', 'DaemonSet', 'ReplicaSet'].map((kind) => ({
    object: named('apps/v1', kind, { spec: workload }),
    refused: [
      {
        'spec.selector': { matchLabels: { app: 'web', track: 'a' } },
        'spec.template.metadata.labels': { app: 'web', track: 'a' },
      },
    ],
    accepted: [
      { 'spec.template.metadata.labels.track': 'a' },
      { 'spec.template.spec.containers.0.image': 'registry.example.com/app:2' },
      { 'spec.minReadySeconds': 5 },
    ],
  })),
  {
    object: named('apps/v1', 'StatefulSet', {
      spec: {
        ...workload,
        serviceName: 'web',
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec }],
      },
    }),
    refused: [
      {
        'spec.selector.matchLabels': { app: 'web', track: 'a' },
        'spec.template.metadata.labels': { app: 'web', track: 'a' },
      },
      { 'spec.serviceName': 'other' },
      { 'spec.podManagementPolicy': 'Parallel' },
      { 'spec.volumeClaimTemplates.0.spec.resources.requests.storage': '9Gi' },
      { 'spec.volumeClaimTemplates.0.metadata.labels': { chart: 'web-2' } },
      { 'spec.volumeClaimTemplates': undefined },
    ],
    accepted: [
      { 'spec.replicas': 3 },
      { 'spec.template.spec.containers.0.image': 'registry.example.com/app:2' },
      { 'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
      { 'spec.minReadySeconds': 5 },
      { 'spec.ordinals': { start: 2 } },
      { 'spec.revisionHistoryLimit': 3 },
      { 'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'Delete', whenScaled: 'Retain' } },
      // What the server would have filled in.
      { 'spec.podManagementPolicy': 'OrderedReady' },
      { 'spec.volumeClaimTemplates.0.spec.volumeMode': 'Filesystem' },
      { 'spec.volumeClaimTemplates.0.metadata.labels': {} },
    ],
  },
  {
    object: named('apps/v1', 'ControllerRevision', { revision: 1, data: { spec: 1 } }),
    refused: [{ 'data.spec': 2 }],
    accepted: [{ revision: 2 }],
  },
  {
    object: named('batch/v1', 'Job', { spec: { template: jobTemplate, completions: 2 } }),
    refused: [
      { 'spec.template.spec.containers.0.image': 'registry.example.com/app:2' },
      { 'spec.template.metadata': { labels } },
      { 'spec.completions': 3 },
      { 'spec.completions': undefined },
      { 'spec.selector': { matchLabels: labels } },
      {
        'spec.podFailurePolicy': {
          rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [3] } }],
        },
      },
    ],
    accepted: [
      { 'spec.parallelism': 4 },
      { 'spec.suspend': true },
      { 'spec.ttlSecondsAfterFinished': 60 },
      { 'spec.backoffLimit': 2 },
      { 'spec.completionMode': 'NonIndexed' },
    ],
  },
  {
    object: {
      ...named('batch/v1', 'Job', { spec: { template: jobTemplate, suspend: true } }),
      metadata: { name: 'job-2' },
    },
    refused: [
      { 'spec.template.spec.containers.0.image': 'registry.example.com/app:2' },
      { 'spec.template.spec.containers.0.resources': { requests: { cpu: '1' } } },
      { 'spec.managedBy': 'example.com/queue' },
    ],
    accepted: [
      { 'spec.template.metadata': { labels } },
      { 'spec.template.spec.nodeSelector': { zone: 'a' } },
      { 'spec.template.spec.tolerations': [{ key: 'zone', operator: 'Exists' }] },
      { 'spec.suspend': false },
    ],
  },
  {
    object: {
      ...named('batch/v1', 'Job', {
        spec: { template: jobTemplate, completionMode: 'Indexed', completions: 2, parallelism: 2 },
      }),
      metadata: { name: 'job-3' },
    },
    refused: [
      { 'spec.completionMode': 'NonIndexed' },
      { 'spec.backoffLimitPerIndex': 1 },
      { 'spec.successPolicy': { rules: [{ succeededCount: 1 }] } },
    ],
    accepted: [{ 'spec.completions': 3, 'spec.parallelism': 3 }],
  },
  {
    object: named('v1', 'Pod', { spec: { containers: [container] } }),
    refused: [
      { 'spec.containers.0.command': ['sleep'] },
      { 'spec.serviceAccountName': 'other' },
      { 'spec.containers.0.env': [{ name: 'A', value: 'b' }] },
    ],
    accepted: [
      { 'spec.containers.0.image': 'registry.example.com/app:2' },
      { 'spec.tolerations': [{ key: 'zone', operator: 'Exists' }] },
      { 'spec.activeDeadlineSeconds': 60 },
      { 'metadata.labels': labels },
    ],
  },
  {
    object: named('scheduling.k8s.io/v1', 'PriorityClass', { value: 10 }),
    refused: [{ value: 11 }, { preemptionPolicy: 'Never' }],
    accepted: [{ description: 'other' }, { preemptionPolicy: 'PreemptLowerPriority' }],
  },
  {
    object: named('node.k8s.io/v1', 'RuntimeClass', { handler: 'one' }),
    refused: [{ handler: 'two' }],
    accepted: [{ scheduling: { nodeSelector: { zone: 'a' } } }],
  },
  {
    object: named('policy/v1', 'PodDisruptionBudget', {
      spec: { selector: { matchLabels: labels }, minAvailable: 1 },
    }),
    refused: [],
    accepted: [{ 'spec.selector.matchLabels': { app: 'api' } }, { 'spec.minAvailable': 2 }],
  },
]

const port = { ports: [{ port: 80 }] }
const networking: readonly ChangeCase[] = [
  {
    object: named('v1', 'Service', { spec: { ...port, clusterIP: '10.0.0.40', ipFamilies: ['IPv4'] } }),
    refused: [
      { 'spec.clusterIP': '10.0.0.41' },
      { 'spec.clusterIP': 'None' },
      { 'spec.clusterIP': undefined, 'spec.clusterIPs': ['10.0.0.41'] },
      { 'spec.ipFamilies': ['IPv6'] },
    ],
    accepted: [
      { 'spec.clusterIP': undefined },
      { 'spec.clusterIPs': ['10.0.0.40'] },
      {
        'spec.clusterIP': undefined,
        'spec.type': 'ExternalName',
        'spec.externalName': 'example.com',
        'spec.ipFamilies': undefined,
      },
      { 'spec.selector': labels },
      { 'spec.type': 'NodePort' },
      { 'spec.ports': [{ port: 81 }] },
    ],
  },
  {
    object: {
      ...named('v1', 'Service', { spec: { ...port, selector: labels, clusterIP: 'None' } }),
      metadata: { name: 'service-2' },
    },
    refused: [{ 'spec.clusterIP': '10.0.0.42' }],
    accepted: [{ 'spec.ipFamilies': ['IPv4'] }, { 'spec.publishNotReadyAddresses': true }],
  },
  {
    object: {
      ...named('v1', 'Service', {
        spec: {
          ...port,
          type: 'LoadBalancer',
          externalTrafficPolicy: 'Local',
          healthCheckNodePort: 30_100,
          loadBalancerClass: 'example.com/one',
        },
      }),
      metadata: { name: 'service-3' },
    },
    refused: [{ 'spec.healthCheckNodePort': 30_101 }, { 'spec.loadBalancerClass': 'example.com/two' }],
    accepted: [
      { 'spec.loadBalancerSourceRanges': ['10.0.0.0/8'] },
      {
        'spec.type': 'ClusterIP',
        'spec.loadBalancerClass': undefined,
        'spec.healthCheckNodePort': undefined,
        'spec.externalTrafficPolicy': undefined,
      },
    ],
  },
  {
    object: named('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'example.com/one' } }),
    refused: [{ 'spec.controller': 'example.com/two' }],
    accepted: [{ 'spec.parameters': { kind: 'Parameters', name: 'a' } }],
  },
  {
    object: {
      ...named('networking.k8s.io/v1', 'IPAddress', {
        spec: { parentRef: { resource: 'services', name: 'a', namespace: 'default' } },
      }),
      metadata: { name: '192.0.2.1' },
    },
    refused: [{ 'spec.parentRef.name': 'b' }],
    accepted: [{ 'metadata.labels': labels }],
  },
  {
    object: named('networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs: ['192.0.2.0/24'] } }),
    refused: [{ 'spec.cidrs': ['198.51.100.0/24'] }],
    accepted: [{ 'spec.cidrs': ['192.0.2.0/24', '2001:db8::/112'] }],
  },
  {
    object: named('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [] }),
    refused: [{ addressType: 'FQDN' }],
    accepted: [{ endpoints: [{ addresses: ['192.0.2.7'] }] }],
  },
]

const definition = {
  group: 'example.com',
  scope: 'Namespaced',
  names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
  versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
}
const configuration: readonly ChangeCase[] = [
  {
    object: named('v1', 'Secret', { data: { a: 'YQ==' } }),
    refused: [{ type: 'example.com/other' }],
    accepted: [{ type: 'Opaque' }, { 'data.a': 'Yg==' }, { immutable: true }],
  },
  {
    object: {
      ...named('v1', 'Secret', { immutable: true, data: { a: 'YQ==' } }),
      metadata: { name: 'frozen' },
    },
    refused: [{ 'data.a': 'Yg==' }, { immutable: undefined }, { stringData: { b: 'c' } }],
    accepted: [{ 'metadata.labels': labels }],
  },
  {
    object: named('v1', 'ConfigMap', { immutable: true, data: { a: 'b' } }),
    refused: [{ 'data.a': 'c' }, { 'data.b': 'c' }, { binaryData: { c: 'YQ==' } }, { immutable: false }],
    accepted: [{ 'metadata.labels': labels }],
  },
  {
    object: { ...named('v1', 'ConfigMap', { data: { a: 'b' } }), metadata: { name: 'open' } },
    refused: [],
    accepted: [{ 'data.a': 'c' }, { immutable: true }],
  },
  {
    object: named('v1', 'ResourceQuota', {
      spec: { hard: { pods: '3' }, scopes: ['Terminating', 'BestEffort'] },
    }),
    refused: [{ 'spec.scopes': ['NotTerminating'] }],
    accepted: [{ 'spec.scopes': ['BestEffort', 'Terminating'] }, { 'spec.hard.pods': '4' }],
  },
  ...['RoleBinding', 'ClusterRoleBinding'].map((kind) => ({
    object: named('rbac.authorization.k8s.io/v1', kind, {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'User', name: 'a', apiGroup: 'rbac.authorization.k8s.io' }],
    }),
    refused: [{ 'roleRef.name': 'edit' }],
    accepted: [{ 'subjects.0.name': 'b' }],
  })),
  {
    object: {
      ...named('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec: definition }),
      metadata: { name: 'things.example.com' },
    },
    refused: [
      { 'spec.scope': 'Cluster' },
      { 'spec.names.kind': 'Other' },
      { 'spec.names.plural': 'others' },
      { 'spec.group': 'example.org' },
    ],
    accepted: [
      { 'spec.names.shortNames': ['th'] },
      { 'spec.versions.0.schema.openAPIV3Schema.description': 'other' },
    ],
  },
]

export const changeCases: readonly ChangeCase[] = [
  ...workloads,
  ...networking,
  ...storageCases,
  ...configuration,
]

import { claimSpec, labels, named, type ChangeCase } from './immutable-case.ts'

const onNode = (name: string) => ({
  required: {
    nodeSelectorTerms: [
      { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] },
    ],
  },
})

const volume = { capacity: { storage: '8Gi' }, accessModes: ['ReadWriteOnce'] }
/** A volume source that is valid, and another one. */
const sources: readonly (readonly [source: string, value: object, other: object])[] = [
  ['awsElasticBlockStore', { volumeID: 'a' }, { volumeID: 'b' }],
  [
    'azureDisk',
    { diskName: 'a', diskURI: 'https://example.com/a' },
    { diskName: 'b', diskURI: 'https://example.com/a' },
  ],
  [
    'azureFile',
    { secretName: 'a', shareName: 'a', secretNamespace: 'a' },
    { secretName: 'b', shareName: 'a', secretNamespace: 'a' },
  ],
  ['cephfs', { monitors: ['a'] }, { monitors: ['b'] }],
  ['cinder', { volumeID: 'a' }, { volumeID: 'b' }],
  ['fc', { wwids: ['a'] }, { wwids: ['b'] }],
  ['flexVolume', { driver: 'example.com/a' }, { driver: 'example.com/b' }],
  ['flocker', { datasetName: 'a' }, { datasetName: 'b' }],
  ['gcePersistentDisk', { pdName: 'a' }, { pdName: 'b' }],
  ['glusterfs', { endpoints: 'a', path: 'a' }, { endpoints: 'b', path: 'a' }],
  ['hostPath', { path: '/a' }, { path: '/b' }],
  [
    'iscsi',
    { targetPortal: 'a', iqn: 'iqn.2001-04.com.example:a', lun: 1 },
    { targetPortal: 'b', iqn: 'iqn.2001-04.com.example:a', lun: 1 },
  ],
  ['nfs', { server: 'a', path: '/a' }, { server: 'b', path: '/a' }],
  ['photonPersistentDisk', { pdID: 'a' }, { pdID: 'b' }],
  ['portworxVolume', { volumeID: 'a' }, { volumeID: 'b' }],
  ['quobyte', { registry: 'a:1', volume: 'a' }, { registry: 'b:1', volume: 'a' }],
  ['rbd', { monitors: ['a'], image: 'a' }, { monitors: ['b'], image: 'a' }],
  [
    'scaleIO',
    {
      gateway: 'https://example.com',
      system: 'a',
      volumeName: 'a',
      secretRef: { name: 'a', namespace: 'a' },
    },
    {
      gateway: 'https://example.com',
      system: 'b',
      volumeName: 'a',
      secretRef: { name: 'a', namespace: 'a' },
    },
  ],
  ['storageos', { volumeName: 'a', volumeNamespace: 'a' }, { volumeName: 'b', volumeNamespace: 'a' }],
  ['vsphereVolume', { volumePath: 'a' }, { volumePath: 'b' }],
]

export const storageCases: readonly ChangeCase[] = [
  ...sources.map(([source, value, other]) => ({
    object: {
      ...named('v1', 'PersistentVolume', { spec: { ...volume, [source]: value } }),
      metadata: { name: source.toLowerCase() },
    },
    refused: [{ [`spec.${source}`]: other }],
    accepted: [{ 'spec.capacity.storage': '9Gi' }],
  })),
  {
    object: named('v1', 'PersistentVolume', {
      spec: { ...volume, local: { path: '/a' }, nodeAffinity: onNode('a') },
    }),
    refused: [
      { 'spec.local.path': '/b' },
      { 'spec.nodeAffinity': onNode('b') },
      { 'spec.volumeMode': 'Block' },
    ],
    accepted: [
      { 'spec.volumeMode': 'Filesystem' },
      { 'spec.persistentVolumeReclaimPolicy': 'Delete' },
      { 'spec.storageClassName': 'other' },
    ],
  },
  {
    object: {
      ...named('v1', 'PersistentVolume', {
        spec: { ...volume, csi: { driver: 'csi.example.com', volumeHandle: 'a' } },
      }),
      metadata: { name: 'csi-1' },
    },
    refused: [{ 'spec.csi.volumeHandle': 'b' }],
    accepted: [
      { 'spec.csi.controllerExpandSecretRef': { name: 'a', namespace: 'default' } },
      { 'spec.nodeAffinity': onNode('a') },
    ],
  },
  {
    object: {
      ...named('v1', 'PersistentVolume', {
        spec: {
          ...volume,
          csi: {
            driver: 'csi.example.com',
            volumeHandle: 'a',
            controllerExpandSecretRef: { name: 'a', namespace: 'default' },
          },
        },
      }),
      metadata: { name: 'csi-2' },
    },
    refused: [{ 'spec.csi.controllerExpandSecretRef.name': 'b' }],
    accepted: [],
  },
  {
    object: named('storage.k8s.io/v1', 'StorageClass', {
      provisioner: 'csi.example.com',
      allowVolumeExpansion: true,
      parameters: { type: 'fast' },
    }),
    refused: [
      { provisioner: 'other.example.com' },
      { 'parameters.type': 'slow' },
      { parameters: undefined },
      { reclaimPolicy: 'Retain' },
      { volumeBindingMode: 'WaitForFirstConsumer' },
    ],
    accepted: [
      { reclaimPolicy: 'Delete' },
      { volumeBindingMode: 'Immediate' },
      { mountOptions: ['ro'] },
      { allowVolumeExpansion: false },
    ],
  },
  {
    object: named('v1', 'PersistentVolumeClaim', {
      spec: { ...claimSpec, storageClassName: 'storageclass-1', volumeName: 'local-1' },
    }),
    status: { phase: 'Bound', capacity: { storage: '8Gi' } },
    refused: [
      { 'spec.storageClassName': 'other' },
      { 'spec.accessModes': ['ReadWriteMany'] },
      { 'spec.volumeName': 'other' },
      { 'spec.volumeMode': 'Block' },
      { 'spec.resources.requests.storage': '7Gi' },
      { 'spec.selector': { matchLabels: labels } },
    ],
    accepted: [{ 'spec.resources.requests.storage': '9Gi' }, { 'spec.volumeMode': 'Filesystem' }],
  },
  {
    object: named('storage.k8s.io/v1', 'VolumeAttributesClass', {
      driverName: 'csi.example.com',
      parameters: { iops: '1' },
    }),
    refused: [{ driverName: 'other.example.com' }, { 'parameters.iops': '2' }],
    accepted: [{ 'metadata.labels': labels }],
  },
  {
    object: named('storage.k8s.io/v1', 'VolumeAttachment', {
      spec: { attacher: 'csi.example.com', nodeName: 'a', source: { persistentVolumeName: 'a' } },
    }),
    refused: [{ 'spec.nodeName': 'b' }],
    accepted: [{ 'metadata.labels': labels }],
  },
  {
    object: named('storage.k8s.io/v1', 'CSIStorageCapacity', {
      storageClassName: 'a',
      nodeTopology: { matchLabels: { zone: 'a' } },
      capacity: '1Gi',
    }),
    refused: [{ storageClassName: 'b' }, { 'nodeTopology.matchLabels.zone': 'b' }],
    accepted: [{ capacity: '2Gi' }],
  },
  {
    object: named('storage.k8s.io/v1', 'CSIDriver', { spec: { podInfoOnMount: false } }),
    refused: [{ 'spec.attachRequired': false }, { 'spec.volumeLifecycleModes': ['Ephemeral'] }],
    accepted: [
      { 'spec.attachRequired': true },
      { 'spec.volumeLifecycleModes': ['Persistent'] },
      { 'spec.podInfoOnMount': true },
      { 'spec.fsGroupPolicy': 'File' },
    ],
  },
  ...['ResourceClaim', 'ResourceClaimTemplate'].map((kind) => {
    const claim = { devices: { requests: [{ name: 'one', exactly: { deviceClassName: 'a' } }] } }
    const prefix = kind === 'ResourceClaim' ? 'spec' : 'spec.spec'
    return {
      object: named('resource.k8s.io/v1', kind, {
        spec: kind === 'ResourceClaim' ? claim : { spec: claim },
      }),
      refused: [{ [`${prefix}.devices.requests.0.exactly.deviceClassName`]: 'b' }],
      accepted: [{ 'metadata.labels': labels }],
    }
  }),
]

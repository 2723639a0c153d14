import { isSameValue, valueAt, type ObjectValue } from './object-value.ts'
import { isSmallerQuantity } from './quantity.ts'

/** Part of an object that the API server refuses to change once the object is there. */
export interface ImmutableField {
  /** `<group>/<Kind>`; the core group is empty: `/Pod`. */
  readonly kinds: readonly string[]
  /** Names of fields from the object down, with dots. */
  readonly path: string
  /** Below it, what may change all the same; `*` is any item or name. */
  readonly except?: readonly string[]
  /** What the server takes where nothing is written, by path below it; the empty path is the field itself. */
  readonly fallbacks?: Readonly<Record<string, unknown>>
  /** Minors between which it holds; without, all. */
  readonly from?: number
  readonly to?: number
  /** Which changes of the value are refused; without, all. Absent values are undefined. */
  readonly refuses?: (before: unknown, after: unknown) => boolean
  /** Between which objects it holds; without, all. */
  readonly when?: (before: ObjectValue, after: ObjectValue) => boolean
  /** Why it stays, as the end of a sentence. */
  readonly reason: string
}

/** The server fills it in, and gives it back to whoever leaves it out again. */
const whenWritten = (before: unknown, after: unknown): boolean =>
  after !== undefined && after !== null && after !== '' && !isSameValue(before, after)

const whenBothWritten = (before: unknown, after: unknown): boolean =>
  before !== undefined && before !== null && whenWritten(before, after)

const ofFirstItem = (before: unknown, after: unknown): boolean =>
  Array.isArray(before) && Array.isArray(after) && whenBothWritten(before[0], after[0])

const isSuspended = (before: ObjectValue): boolean => valueAt(before, ['spec', 'suspend']) === true

const isFrozen = (before: ObjectValue): boolean => before['immutable'] === true

/** An ExternalName Service has no addresses: they come and go with the type. */
const keepsAddresses = (...sides: readonly ObjectValue[]): boolean =>
  sides.every((side) => valueAt(side, ['spec', 'type']) !== 'ExternalName')

const hasAddresses = (...sides: readonly ObjectValue[]): boolean =>
  keepsAddresses(...sides) && sides.every((side) => valueAt(side, ['spec', 'clusterIP']) !== 'None')

function addressOf(side: ObjectValue): unknown {
  const addresses = valueAt(side, ['spec', 'clusterIPs'])
  return (Array.isArray(addresses) && addresses[0]) || valueAt(side, ['spec', 'clusterIP'])
}

const isLoadBalancer = (...sides: readonly ObjectValue[]): boolean =>
  sides.every((side) => valueAt(side, ['spec', 'type']) === 'LoadBalancer')

const selects = 'it says which pods are its own'
const address = 'a Service keeps its address for life'
const volume = 'it is where the data are'
const made = 'volumes were made with it'
const attached = 'volumes are attached by it'
const statefulSet = 'of a StatefulSet only replicas, the template and the way of updating may change'
const waiting = 'of the pods of a Job that waits only what decides where they run may change'
const frozen = 'the object says that it is immutable'
const role = 'a binding keeps its role for life'

const placement = [
  ...['metadata.labels', 'metadata.annotations', 'spec.nodeSelector', 'spec.tolerations'],
  ...['spec.schedulingGates', 'spec.affinity.nodeAffinity'],
]

const workloads: readonly ImmutableField[] = [
  { kinds: ['apps/Deployment', 'apps/DaemonSet', 'apps/ReplicaSet'], path: 'spec.selector', reason: selects },
  {
    kinds: ['apps/StatefulSet'],
    path: 'spec',
    except: [
      ...['replicas', 'template', 'updateStrategy', 'minReadySeconds', 'ordinals', 'revisionHistoryLimit'],
      'persistentVolumeClaimRetentionPolicy',
    ],
    fallbacks: {
      podManagementPolicy: 'OrderedReady',
      'volumeClaimTemplates.*.apiVersion': 'v1',
      'volumeClaimTemplates.*.kind': 'PersistentVolumeClaim',
      'volumeClaimTemplates.*.spec.volumeMode': 'Filesystem',
    },
    reason: statefulSet,
  },
  {
    kinds: ['apps/StatefulSet'],
    path: 'spec.revisionHistoryLimit',
    fallbacks: { '': 10 },
    to: 32,
    reason: statefulSet,
  },
  { kinds: ['apps/ControllerRevision'], path: 'data', reason: 'it records a state of the past' },
  {
    kinds: ['batch/Job'],
    path: 'spec.template',
    when: (before) => !isSuspended(before),
    reason: 'the pods of a Job that has begun stay as they are',
  },
  {
    kinds: ['batch/Job'],
    path: 'spec.template',
    except: placement,
    to: 35,
    when: isSuspended,
    reason: waiting,
  },
  {
    kinds: ['batch/Job'],
    path: 'spec.template',
    except: [...placement, 'spec.containers.*.resources', 'spec.initContainers.*.resources'],
    from: 36,
    when: isSuspended,
    reason: waiting,
  },
  { kinds: ['batch/Job'], path: 'spec.selector', refuses: whenWritten, reason: selects },
  {
    kinds: ['batch/Job'],
    path: 'spec.completions',
    when: (_, after) => valueAt(after, ['spec', 'completionMode']) !== 'Indexed',
    reason: 'only an Indexed Job can be given more or fewer tasks',
  },
  {
    kinds: ['batch/Job'],
    path: 'spec.completionMode',
    fallbacks: { '': 'NonIndexed' },
    reason: 'it says how the tasks are told apart',
  },
  ...['podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'].map((field) => ({
    kinds: ['batch/Job'],
    path: `spec.${field}`,
    reason: 'it says when a Job that has begun is over',
  })),
  {
    kinds: ['/Pod'],
    path: 'spec',
    except: [
      ...['containers.*.image', 'initContainers.*.image', 'activeDeadlineSeconds', 'tolerations'],
      'schedulingGates',
    ],
    reason: 'of a Pod only images, tolerations and the deadline may change',
  },
  {
    kinds: ['scheduling.k8s.io/PriorityClass'],
    path: 'value',
    reason: 'pods were given it',
  },
  {
    kinds: ['scheduling.k8s.io/PriorityClass'],
    path: 'preemptionPolicy',
    fallbacks: { '': 'PreemptLowerPriority' },
    reason: 'pods were given it',
  },
  { kinds: ['node.k8s.io/RuntimeClass'], path: 'handler', reason: 'pods run in it' },
]

const networking: readonly ImmutableField[] = [
  {
    kinds: ['/Service'],
    path: 'spec.clusterIP',
    refuses: whenWritten,
    when: keepsAddresses,
    reason: address,
  },
  {
    kinds: ['/Service'],
    path: 'spec.clusterIPs',
    refuses: whenWritten,
    when: (...sides) => keepsAddresses(...sides) && whenWritten(addressOf(sides[0]), addressOf(sides[1])),
    reason: address,
  },
  { kinds: ['/Service'], path: 'spec.ipFamilies', refuses: ofFirstItem, when: hasAddresses, reason: address },
  {
    kinds: ['/Service'],
    path: 'spec.healthCheckNodePort',
    refuses: whenBothWritten,
    when: isLoadBalancer,
    reason: 'load balancers ask there',
  },
  {
    kinds: ['/Service'],
    path: 'spec.loadBalancerClass',
    when: isLoadBalancer,
    reason: 'its load balancer belongs to another controller',
  },
  {
    kinds: ['networking.k8s.io/IngressClass'],
    path: 'spec.controller',
    reason: 'Ingresses of the class are its own',
  },
  {
    kinds: ['networking.k8s.io/IPAddress'],
    path: 'spec.parentRef',
    reason: 'it says whose address it is',
  },
  {
    kinds: ['networking.k8s.io/ServiceCIDR'],
    path: 'spec.cidrs',
    refuses: (before, after) =>
      !isSameValue(before, after) &&
      !(isPair(after) && Array.isArray(before) && isSameValue(before, [after[0]])),
    reason: 'Services have addresses of it; only that of the other family may be added',
  },
  {
    kinds: ['discovery.k8s.io/EndpointSlice'],
    path: 'addressType',
    reason: 'its addresses are of that type',
  },
]

function isPair(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length === 2
}

const storage: readonly ImmutableField[] = [
  {
    kinds: ['/PersistentVolumeClaim'],
    path: 'spec',
    except: ['volumeName', 'volumeAttributesClassName', 'resources.requests.storage'],
    fallbacks: { volumeMode: 'Filesystem' },
    reason: 'of a claim only the size may grow',
  },
  {
    kinds: ['/PersistentVolumeClaim'],
    path: 'spec.volumeName',
    refuses: whenBothWritten,
    reason: 'the claim has its volume',
  },
  {
    kinds: ['/PersistentVolumeClaim'],
    path: 'spec.resources.requests.storage',
    refuses: (before, after) => isSmallerQuantity(after, before),
    reason: 'volumes do not shrink',
  },
  ...[
    ...['awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'fc', 'flexVolume', 'flocker'],
    ...['gcePersistentDisk', 'glusterfs', 'hostPath', 'iscsi', 'local', 'nfs', 'photonPersistentDisk'],
    ...['portworxVolume', 'quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume'],
  ].map((source) => ({ kinds: ['/PersistentVolume'], path: `spec.${source}`, reason: volume })),
  {
    kinds: ['/PersistentVolume'],
    path: 'spec.csi',
    except: ['controllerExpandSecretRef'],
    reason: volume,
  },
  {
    kinds: ['/PersistentVolume'],
    path: 'spec.csi.controllerExpandSecretRef',
    when: (before) => valueAt(before, ['spec', 'csi', 'controllerExpandSecretRef']) !== undefined,
    reason: volume,
  },
  {
    kinds: ['/PersistentVolume'],
    path: 'spec.volumeMode',
    fallbacks: { '': 'Filesystem' },
    reason: volume,
  },
  {
    kinds: ['/PersistentVolume'],
    path: 'spec.nodeAffinity',
    when: (before) => valueAt(before, ['spec', 'nodeAffinity']) !== undefined,
    reason: volume,
  },
  { kinds: ['storage.k8s.io/StorageClass'], path: 'provisioner', reason: made },
  { kinds: ['storage.k8s.io/StorageClass'], path: 'parameters', reason: made },
  {
    kinds: ['storage.k8s.io/StorageClass'],
    path: 'reclaimPolicy',
    fallbacks: { '': 'Delete' },
    reason: made,
  },
  {
    kinds: ['storage.k8s.io/StorageClass'],
    path: 'volumeBindingMode',
    fallbacks: { '': 'Immediate' },
    reason: made,
  },
  { kinds: ['storage.k8s.io/VolumeAttributesClass'], path: 'driverName', reason: made },
  { kinds: ['storage.k8s.io/VolumeAttributesClass'], path: 'parameters', reason: made },
  { kinds: ['storage.k8s.io/VolumeAttachment'], path: 'spec', reason: 'it says what is attached where' },
  { kinds: ['storage.k8s.io/CSIStorageCapacity'], path: 'nodeTopology', reason: 'it was measured there' },
  {
    kinds: ['storage.k8s.io/CSIStorageCapacity'],
    path: 'storageClassName',
    reason: 'it was measured for it',
  },
  {
    kinds: ['storage.k8s.io/CSIDriver'],
    path: 'spec.attachRequired',
    fallbacks: { '': true },
    reason: attached,
  },
  {
    kinds: ['storage.k8s.io/CSIDriver'],
    path: 'spec.volumeLifecycleModes',
    fallbacks: { '': ['Persistent'] },
    reason: attached,
  },
  {
    kinds: ['storage.k8s.io/CSIDriver'],
    path: 'spec.podInfoOnMount',
    fallbacks: { '': false },
    to: 29,
    reason: attached,
  },
  {
    kinds: ['storage.k8s.io/CSIDriver'],
    path: 'spec.fsGroupPolicy',
    fallbacks: { '': 'ReadWriteOnceWithFSType' },
    to: 29,
    reason: attached,
  },
  {
    kinds: ['resource.k8s.io/ResourceClaim', 'resource.k8s.io/ResourceClaimTemplate'],
    path: 'spec',
    reason: 'a claim is allotted as it is',
  },
]

const configuration: readonly ImmutableField[] = [
  { kinds: ['/Secret'], path: 'type', fallbacks: { '': 'Opaque' }, reason: 'its readers rely on it' },
  { kinds: ['/Secret', '/ConfigMap'], path: 'immutable', when: isFrozen, reason: frozen },
  { kinds: ['/Secret', '/ConfigMap'], path: 'data', when: isFrozen, reason: frozen },
  { kinds: ['/Secret'], path: 'stringData', when: isFrozen, reason: frozen },
  { kinds: ['/ConfigMap'], path: 'binaryData', when: isFrozen, reason: frozen },
  {
    kinds: ['/ResourceQuota'],
    path: 'spec.scopes',
    refuses: (before, after) => !isSameValue(inOrder(before), inOrder(after)),
    reason: 'what is used was counted for them',
  },
  ...['RoleBinding', 'ClusterRoleBinding'].map((kind) => ({
    kinds: [`rbac.authorization.k8s.io/${kind}`],
    path: 'roleRef',
    fallbacks: { apiGroup: 'rbac.authorization.k8s.io' },
    reason: role,
  })),
  ...['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'].map((path) => ({
    kinds: ['apiextensions.k8s.io/CustomResourceDefinition'],
    path,
    reason: 'objects of the kind are stored under it',
  })),
]

function inOrder(value: unknown): unknown {
  return Array.isArray(value) ? value.map(String).sort() : value
}

/** From the validation of updates in the API server, minor by minor; of kinds that it serves by default. */
export const immutableFields: readonly ImmutableField[] = [
  ...workloads,
  ...networking,
  ...storage,
  ...configuration,
]

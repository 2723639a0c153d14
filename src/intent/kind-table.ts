/** What a document is to fleetwright. */
export type Role =
  | 'cluster-profile'
  | 'cluster-set'
  | 'classifier'
  | 'management-cluster-classifier'
  | 'event-source'
  | 'event-trigger'
  | 'health-check'
  | 'cluster-health-check'
  | 'role-request'
  | 'cluster-promotion'
  | 'sveltos-cluster'

interface KindRow {
  readonly role: Role
  readonly group: 'config' | 'lib'
  /** Kinds that came after v1alpha1 never had it. */
  readonly isYoung?: true
}

/** The kinds of Sveltos that are intent. */
const intentKinds: Readonly<Record<string, KindRow>> = {
  ClusterProfile: { role: 'cluster-profile', group: 'config' },
  Profile: { role: 'cluster-profile', group: 'config' },
  ClusterPromotion: { role: 'cluster-promotion', group: 'config', isYoung: true },
  ClusterSet: { role: 'cluster-set', group: 'lib' },
  Set: { role: 'cluster-set', group: 'lib' },
  Classifier: { role: 'classifier', group: 'lib' },
  ManagementClusterClassifier: { role: 'management-cluster-classifier', group: 'lib', isYoung: true },
  EventSource: { role: 'event-source', group: 'lib' },
  EventTrigger: { role: 'event-trigger', group: 'lib' },
  EventBasedAddOn: { role: 'event-trigger', group: 'lib' },
  HealthCheck: { role: 'health-check', group: 'lib' },
  ClusterHealthCheck: { role: 'cluster-health-check', group: 'lib' },
  RoleRequest: { role: 'role-request', group: 'lib' },
  SveltosCluster: { role: 'sveltos-cluster', group: 'lib' },
}

/** Kinds that controllers write, or that are no more; nobody's intent. */
const removedKinds: Readonly<Record<string, string>> = {
  AddonConstraint: 'it was removed from Sveltos in v0.12',
  AddonCompliance: 'it was removed from Sveltos in v0.22',
  Snapshot: 'it was removed from Sveltos in v1.0; Git keeps the history here',
  SubstitutionRule: 'it was removed from Sveltos in v0.2',
  ClusterSummary: 'controllers of Sveltos write it',
  ClusterConfiguration: 'controllers of Sveltos write it',
  ClusterReport: 'controllers of Sveltos write it',
  ClassifierReport: 'controllers of Sveltos write it',
  ManagementClusterClassifierReport: 'controllers of Sveltos write it',
  EventReport: 'controllers of Sveltos write it',
  HealthCheckReport: 'controllers of Sveltos write it',
  ReloaderReport: 'controllers of Sveltos write it',
  ResourceSummary: 'controllers of Sveltos write it',
  ConfigurationGroup: 'controllers of Sveltos write it',
  ConfigurationBundle: 'controllers of Sveltos write it',
}

/** Kinds of Sveltos that are objects like any other here. */
const otherKinds = [
  'AccessRequest',
  'DebuggingConfiguration',
  'JsonnetSource',
  'Reloader',
  'SveltosLicense',
  'Techsupport',
  'YttSource',
]

export type Classified =
  | { readonly type: 'intent'; readonly role: Role; readonly kind: string }
  | { readonly type: 'capi-cluster' }
  | { readonly type: 'removed'; readonly reason: string }
  | { readonly type: 'unknown-kind'; readonly known: readonly string[] }
  | { readonly type: 'unknown-version'; readonly known: readonly string[] }
  | { readonly type: 'object' }

/** What an apiVersion and kind mean. The group may be any of Sveltos' when kind and group do not fit: that is a mistake to name. */
export function classify(apiVersion: string, kind: string): Classified {
  const [group = '', version = ''] = apiVersion.split('/')
  if (group === 'cluster.x-k8s.io' && kind === 'Cluster') return { type: 'capi-cluster' }
  if (!/(?:^|\.)projectsveltos\.io$/.test(group)) return { type: 'object' }
  const row = intentKinds[kind]
  if (row === undefined) {
    const reason = removedKinds[kind]
    if (reason !== undefined) return { type: 'removed', reason }
    if (otherKinds.includes(kind)) return { type: 'object' }
    return { type: 'unknown-kind', known: [...Object.keys(intentKinds), ...otherKinds].sort() }
  }
  const known = [
    `${row.group}.projectsveltos.io/v1beta1`,
    ...(row.isYoung === true ? [] : [`${row.group}.projectsveltos.io/v1alpha1`]),
  ]
  if (!known.includes(`${group}/${version}`)) return { type: 'unknown-version', known }
  return { type: 'intent', role: row.role, kind: kind === 'EventBasedAddOn' ? 'EventTrigger' : kind }
}

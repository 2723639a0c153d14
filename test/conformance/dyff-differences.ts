import type { IntendedDifference } from './differences.ts'

/** Which fields of charts' objects differ between two sets of values, against dyff 1.12. Cases are `chart: object`. */
export const dyffDifferences: readonly IntendedDifference[] = [
  {
    reason:
      'a key that stands twice in a map counts once, with its last value, as Kubernetes reads it; dyff counts each, and goes on with the first',
    cases: [
      'kubeflow-katib: v1/ConfigMap/kubeflow/trial-templates',
      'kubeflow-kserve-models-web-application: rbac.authorization.k8s.io/v1/ClusterRole/rel-kserve-models-web-application-cluster-role',
      'kubeflow-kserve-models-web-application: rbac.authorization.k8s.io/v1/ClusterRoleBinding/rel-kserve-models-web-application-binding',
    ],
  },
]

/** A small fleet of its own for each repository: two clusters, and a quota for both. */
export function fleetFiles(name: string): Readonly<Record<string, string>> {
  return {
    'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  clusters:
    - { name: one, namespace: ${name}, labels: { fleet: ${name} }, version: v1.34.0 }
    - { name: two, namespace: ${name}, labels: { fleet: ${name} }, version: v1.34.0 }
  rendered: { branch: rendered, delivery: [flux] }
`,
    ...quotaFiles(name, 'base', 10),
  }
}

/** A profile with one quota, in a file of its own: changes of several pull requests do not meet. */
export function quotaFiles(name: string, topic: string, pods: number): Readonly<Record<string, string>> {
  return {
    [`fleet/${topic}.yaml`]: `apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: { name: ${topic} }
spec:
  clusterSelector: { matchLabels: { fleet: ${name} } }
  policyRefs: [{ kind: ConfigMap, namespace: ${name}, name: ${topic} }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${topic}, namespace: ${name} }
data:
  quota.yaml: |
    apiVersion: v1
    kind: ResourceQuota
    metadata: { name: ${topic}, namespace: default }
    spec: { hard: { pods: "${pods}" } }
`,
  }
}

const quotas = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

const config = `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  clusters: [{ name: production, namespace: fleet, labels: { env: production }, version: v1.34.0 }]
  rendered: { branch: rendered, delivery: [flux] }
`

/** One cluster with ten quotas: without more than five of them, a brake stops the compile. */
export const brakedFiles: Readonly<Record<string, string>> = {
  'fleetwright.yaml': config,
  ...withoutQuotas(),
}

export function withoutQuotas(...gone: readonly string[]): Readonly<Record<string, string>> {
  const left = quotas.filter((name) => !gone.includes(name))
  return {
    'fleet/quotas.yaml': `apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: { name: quotas }
spec:
  clusterSelector: { matchLabels: { env: production } }
  policyRefs: [{ kind: ConfigMap, namespace: fleet, name: quotas }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: quotas, namespace: fleet }
data:
${left.map(quota).join('')}`,
  }
}

function quota(name: string): string {
  return `  ${name}.yaml: |
    apiVersion: v1
    kind: ResourceQuota
    metadata: { name: ${name}, namespace: default }
    spec: { hard: { pods: "10" } }
`
}

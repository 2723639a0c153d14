/** The fleet that `fleetwright init` writes: text by path. */
export const initFiles: Readonly<Record<string, string>> = {
  'fleetwright.yaml': `# Configuration of fleetwright; every field is optional. Reference: docs/reference/configuration.md
apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  # For clusters that no Cluster API or SveltosCluster object of this repository describes.
  clusters:
    - name: staging
      namespace: fleet
      labels: { env: staging }
      version: v1.34.0
    - name: production
      namespace: fleet
      labels: { env: production }
      version: v1.34.0
  rendered:
    branch: rendered
    delivery: [flux]
`,
  'fleet/hello.yaml': `# Every cluster with an env label gets the chart of this repository, with values of its own.
apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata:
  name: hello
spec:
  clusterSelector:
    matchExpressions:
      - { key: env, operator: Exists }
  helmCharts:
    - repositoryURL: ./charts/hello
      chartName: hello
      chartVersion: 0.1.0
      releaseName: hello
      releaseNamespace: hello
      values: |
        greeting: hello from {{ .Cluster.metadata.name }}
`,
  'fleet/production.yaml': `# Raw manifests, for production only.
apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata:
  name: quotas
spec:
  clusterSelector:
    matchLabels:
      env: production
  dependsOn:
    - hello
  policyRefs:
    - kind: ConfigMap
      namespace: fleet
      name: quotas
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: quotas
  namespace: fleet
data:
  quota.yaml: |
    apiVersion: v1
    kind: ResourceQuota
    metadata:
      name: hello
      namespace: hello
    spec:
      hard:
        pods: "20"
`,
  'charts/hello/Chart.yaml': `apiVersion: v2
name: hello
description: Serves a greeting
type: application
version: 0.1.0
appVersion: "1.0"
`,
  'charts/hello/values.yaml': `greeting: hello
replicas: 1
`,
  'charts/hello/templates/configmap.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  greeting: {{ .Values.greeting | quote }}
`,
  'charts/hello/templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app: {{ .Release.Name }}
  template:
    metadata:
      labels:
        app: {{ .Release.Name }}
    spec:
      containers:
        - name: hello
          image: registry.k8s.io/pause:3.10
          env:
            - name: GREETING
              valueFrom:
                configMapKeyRef:
                  name: {{ .Release.Name }}
                  key: greeting
`,
}

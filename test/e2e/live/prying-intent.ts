/** Intent that tries to get at what Secrets hold, in every way in which intent sees objects of clusters. */
export const pryingIntent: Readonly<Record<string, string>> = {
  'events.yaml': `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: secrets }
spec:
  collectResources: true
  resourceSelectors:
  - group: ""
    version: v1
    kind: Secret
    evaluate: |
      function evaluate()
        local said = ""
        for key, value in pairs(obj.data or {}) do said = said .. key .. "=" .. value .. " " end
        print(said)
        return { matching = obj.metadata.labels ~= nil and obj.metadata.labels.known == "yes", message = said }
      end
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: secrets }
spec:
  sourceClusterSelector: { matchLabels: { env: production } }
  eventSourceName: secrets
  oneForEvent: true
  policyRefs:
  - { kind: ConfigMap, namespace: default, name: of-event }
  - { kind: ConfigMap, namespace: default, name: "of-{{ range $k, $v := .Resource.data }}{{ $v | b64dec }}{{ end }}", optional: true }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: of-event, namespace: default, annotations: { projectsveltos.io/instantiate: ok } }
data:
  a.yaml: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: "of-{{ .Resource.metadata.name }}", namespace: told }
    data: { all: {{ .Resource | toJson | quote }} }
`,
  'classifiers.yaml': `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: telling }
spec:
  classifierLabels: [{ key: telling, value: "yes" }]
  deployedResourceConstraint:
    resourceSelectors: [{ group: "", version: v1, kind: Secret }]
    aggregatedClassification: |
      function evaluate()
        local said = ""
        for _, resource in ipairs(resources) do
          for _, value in pairs(resource.data or {}) do said = said .. value end
        end
        return { matching = true, message = said }
      end
`,
  'health.yaml': `apiVersion: lib.projectsveltos.io/v1beta1
kind: HealthCheck
metadata: { name: secrets }
spec:
  collectResources: true
  resourceSelectors: [{ group: "", version: v1, kind: Secret }]
  evaluateHealth: |
    function evaluate()
      local statuses = {}
      for _, resource in ipairs(resources) do
        local said = ""
        for _, value in pairs(resource.data or {}) do said = said .. value end
        table.insert(statuses, { resource = resource, status = "Degraded", message = said })
      end
      return { resources = statuses }
    end
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: ClusterHealthCheck
metadata: { name: secrets }
spec:
  clusterSelector: { matchLabels: { env: production } }
  livenessChecks:
  - type: HealthCheck
    name: secrets
    livenessSourceRef: { kind: HealthCheck, apiVersion: lib.projectsveltos.io/v1beta1, name: secrets }
  notifications: [{ name: event, type: KubernetesEvent }]
`,
  'profiles.yaml': `apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: { name: prying }
spec:
  clusterSelector: { matchLabels: { env: production } }
  templateResourceRefs:
  - { identifier: one, resource: { apiVersion: v1, kind: Secret, namespace: fleet, name: known-01 } }
  - { identifier: other, resource: { apiVersion: v1, kind: Secret, namespace: fleet, name: known-03 } }
  policyRefs:
  - { kind: ConfigMap, namespace: default, name: plain }
  - { kind: ConfigMap, namespace: default, name: decoded }
  - { kind: ConfigMap, namespace: default, name: broken }
  - { kind: ConfigMap, namespace: default, name: scripted }
  - { kind: Secret, namespace: fleet, name: known-02 }
  helmCharts:
  - { repositoryURL: ./chart, repositoryName: x, chartName: app, releaseName: app, releaseNamespace: apps }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: plain, namespace: default, annotations: { projectsveltos.io/template: ok } }
data:
  a.yaml: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: plain, namespace: told }
    data: { all: {{ getResource "one" | toJson | quote }}, password: "{{ (getResource "one").data.password }}" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: decoded, namespace: default, annotations: { projectsveltos.io/template: ok } }
data:
  a.yaml: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: decoded, namespace: told }
    data: { key: {{ index (getResource "other").data "tls.key" | b64dec | upper | quote }} }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: broken, namespace: default, annotations: { projectsveltos.io/template: ok } }
data:
  a.yaml: |
    {{ fail (printf "it holds %s" ((getResource "one").data.password | b64dec)) }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: scripted, namespace: default, annotations: { projectsveltos.io/lua: ok } }
data:
  a.lua: |
    function evaluate()
      local secret = resources["one"]
      error("it holds " .. secret.data.password)
    end
`,
  'chart/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'chart/templates/a.yaml': `{{- $secret := lookup "v1" "Secret" "default" "known-04" }}
{{- $all := lookup "v1" "Secret" "default" "" }}
apiVersion: v1
kind: ConfigMap
metadata: { name: app }
data:
  password: {{ dig "data" "password" "" $secret | b64dec | quote }}
  all: {{ $all | toJson | quote }}
`,
}

/** A classifier whose script fails with what it saw, which holds the cluster. */
export const failingIntent: Readonly<Record<string, string>> = {
  'failing.yaml': `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: failing }
spec:
  classifierLabels: [{ key: failing, value: "yes" }]
  deployedResourceConstraint:
    resourceSelectors:
    - group: ""
      version: v1
      kind: Secret
      evaluate: |
        function evaluate()
          for _, value in pairs(obj.data) do error("it holds " .. value) end
        end
`,
}

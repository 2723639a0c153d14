/** Where fleetwright differs from an upstream tool on purpose. A case that no longer differs fails its test. */
export interface IntendedDifference {
  readonly reason: string
  /** Cases that show it, as their test names them. */
  readonly cases: readonly string[]
}

/** The engine's templates, values, patches and splitting against the real code of Sveltos. */
export const engineOracleDifferences: readonly IntendedDifference[] = [
  {
    reason:
      'no function changes an object that another template, or a later expression, sees: getResource, copy, setField and the rest work on copies, and so does sprig’s `set` between templates (sveltos.md 2.1)',
    cases: [
      'template-core-38117276',
      'template-core-be0e8645',
      'template-seq-35050e02',
      'template-seq-72b8c533',
      'template-seq-a4748f1a',
      'template-seq-b50ea517',
    ],
  },
  {
    reason: 'getHostByName gives "" without asking a name server (decision 22)',
    cases: ['template-sprig-01072ff7'],
  },
  {
    reason: 'names of references are no HTML: nothing in them is escaped or quoted (sveltos.md 13.10)',
    cases: [
      'refname-own-0ec0a2ad',
      'refname-own-2594e9aa',
      'refname-own-321cbc37',
      'refname-own-453894cc',
      'refname-own-4c0bda98',
      'refname-own-5bcfe3a0',
      'refname-own-74ca67d1',
      'refname-own-b99b02fe',
      'refname-own-bbca624e',
      'refname-own-c80b001c',
      'refname-own-d83726e7',
      'refname-own-dcc77b69',
      'refname-own-e63b3a5b',
    ],
  },
  {
    reason:
      'a field of a chart is one template and its result stays as it is; Sveltos executes the YAML of the field and parses that again, which dedents or cuts results of several lines and doubles quotes (sveltos.md 13.7)',
    cases: [
      'values-chart-1c8a63e3',
      'values-chart-5f7d4f9c',
      'values-chart-c67ce660',
      'values-chart-capi-a-ca34d81f',
      'values-chart-capi-a-e6f57ea1',
      'values-chart-capi-a-ea70baeb',
      'values-chart-capi-b-0b948f45',
      'values-chart-capi-b-95d421a8',
      'values-chart-capi-b-a40511f7',
      'values-chart-edcab88f',
      'values-chart-fa6f7266',
      'values-chart-sveltos-a-0d0d79fa',
      'values-chart-sveltos-a-3b3e9ab0',
      'values-chart-sveltos-a-a6574d98',
    ],
  },
  {
    reason:
      'a second document after the values, after `...` or behind a JSON object is a fault; Sveltos drops it without a word',
    cases: ['values-v-6228d34d', 'split-s-080d9317', 'split-s-bee91699'],
  },
  {
    reason:
      'an object without apiVersion, kind or metadata.name is refused when it is read; the real code fails later, when it is applied, or loses it behind a lone `#`',
    cases: [
      'split-bucket-yaml-4fe0b727',
      'split-s-1315c734',
      'split-s-142ad906',
      'split-s-15c35e02',
      'split-s-51e50811',
      'split-s-71986bae',
      'split-s-7a77e66e',
      'split-s-da8a85ea',
      'split-s-fe32bcd7',
      'split-values-8db8d70e',
    ],
  },
  {
    reason:
      'a text that is null, or nothing but comments (also of two `#`), holds no object; the real code makes an empty one of it',
    cases: ['split-s-44d0eba6', 'split-s-6f72c6de', 'split-s-b584b4d6'],
  },
  {
    reason:
      'a List is the objects that it lists, as kubectl reads it; Sveltos would try to apply an object of kind List',
    cases: ['split-s-f4a97aac'],
  },
]

/** Roots of kustomizations, as `repository folder`, whose outcome is not the one of the corpus. */
export const kustomizeDifferences: readonly IntendedDifference[] = [
  {
    reason:
      'the corpus sorted the reason wrongly: upstream’s text says that a folder is missing, and then tries it as an address',
    cases: [
      'aws-samples-multi-cluster-gitops repos/apps-manifests/product-catalog-api-manifests/v2-staging/kubernetes/overlays/staging',
    ],
  },
  {
    reason: 'the corpus calls it a plugin’s fault; what is missing is the file of the plugin’s configuration',
    cases: ['GoogleContainerTools-kpt-config-sync pkg/kmetrics/testdata/component/components'],
  },
  {
    reason:
      'the trimmed tree lacks a Python file that upstream read before it failed on the network: refused either way',
    cases: [
      'kubeflow-manifests applications/pipeline/overlays',
      'kubeflow-manifests applications/pipeline/upstream/env/cert-manager/platform-agnostic-multi-user',
      'kubeflow-manifests applications/pipeline/upstream/env/cert-manager/platform-agnostic-multi-user-k8s-native',
      'kubeflow-manifests applications/pipeline/upstream/env/platform-agnostic-multi-user',
      'kubeflow-manifests applications/pipeline/upstream/env/platform-agnostic-multi-user-emissary',
      'kubeflow-manifests applications/pipeline/upstream/env/platform-agnostic-multi-user-legacy',
      'kubeflow-manifests example',
    ],
  },
  {
    reason: 'a resource without apiVersion is no Kubernetes object and is refused; upstream prints it',
    cases: ['fluxcd-kustomize-controller internal/controller/testdata/invalid/overlay'],
  },
]

/** Cases of charts, as `chart case`, whose outcome is not the one of the corpus. */
export const chartDifferences: readonly IntendedDifference[] = [
  {
    reason:
      'the corpus trimmed the chart by a subchart: helm, too, refuses it for that now; the recorded reason is of a later step',
    cases: ['grafana-loki-stack default', 'spiffe-spiffe-step-ssh default'],
  },
  {
    reason:
      'the corpus trimmed the chart by files that its templates print (scripts of Keycloak and Percona, tests of Grafana): of what is there, helm renders the same as the engine',
    cases: [
      'VictoriaMetrics-victoria-metrics-distributed default',
      'VictoriaMetrics-victoria-metrics-k8s-stack default',
      'codecentric-keycloak ci/postgres-ha-values.yaml',
      'codecentric-keycloak default',
      'helm-keycloak ci/h2-values.yaml',
      'helm-keycloak ci/postgres-ha-values.yaml',
      'helm-keycloak default',
      'helm-percona-xtradb-cluster default',
    ],
  },
]

/** What templates see of an object of which fields are watched. */
export const watchedFieldDifferences: readonly IntendedDifference[] = [
  {
    reason:
      'no watched fields are all fields, as the controller has it, which does not call the code that was run then',
    cases: ['watch-w-ec4d3ba8'],
  },
]

/** Areas of the oracle that nothing of fleetwright can be held to. */
export const areasNotCompared: readonly { readonly area: string; readonly reason: string }[] = [
  {
    area: 'hash',
    reason:
      'the annotation projectsveltos.io/hash is bookkeeping of Sveltos, and none of that is written (decision 14): Git tree ids say what changed',
  },
]

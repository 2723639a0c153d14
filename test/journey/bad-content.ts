import { configMap } from '../compile-files.ts'
import type { Answer, Row } from './bad-row.ts'
import { chartProfile, manifest, policyProfile, zoneProfile, type Files } from './small-fleet.ts'

const content = 'fleet/ill-content.yaml'
const profile = 'fleet/ill.yaml'

/** A chart of the repository with one template. */
function localChart(files: Files = {}): Files {
  return {
    [profile]: chartProfile('ill', 'ill', { url: './charts/app' }),
    'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
    'charts/app/values.yaml': 'value: before\n',
    'charts/app/templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\ndata:\n  value: {{ .Values.value | quote }}\n',
    ...files,
  }
}

function localKustomization(files: Files = {}): Files {
  return {
    [profile]: zoneProfile('ill', 'ill', 'kustomizationRefs:\n- { path: kustomize/app }\n'),
    'kustomize/app/kustomization.yaml': 'resources: [a.yaml]\n',
    'kustomize/app/a.yaml': manifest('a', 'before'),
    ...files,
  }
}

/** A server that nobody may ask. */
const unasked: Answer = (_, response) => {
  response.writeHead(500).end()
}

const template = { 'projectsveltos.io/template': 'yes' }

const references: readonly Row[] = [
  {
    what: 'a profile refers to a ConfigMap that does not exist',
    bad: { [content]: undefined },
    says: ['resolve/reference-not-found fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'a profile takes values from a ConfigMap that does not exist',
    good: localChart(),
    bad: {
      [profile]: chartProfile('ill', 'ill', {
        url: './charts/app',
        more: '  valuesFrom:\n  - { kind: ConfigMap, namespace: default, name: nowhere }\n',
      }),
    },
    says: ['resolve/reference-not-found fleet/ill.yaml:13:7'],
    then: 'ill stays',
  },
  {
    what: 'a chart folder does not exist',
    good: localChart(),
    bad: { [profile]: chartProfile('ill', 'ill', { url: './charts/ap' }) },
    says: ['render/source-unavailable fleet/ill.yaml:7:5', 'sources/not-found fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'a kustomization names a file that does not exist',
    good: localKustomization(),
    bad: { 'kustomize/app/kustomization.yaml': 'resources:\n- a.yaml\n- b.yaml\n' },
    says: ['render/missing-file fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'a kustomization names a remote base and there is no network',
    good: localKustomization(),
    bad: {
      'kustomize/app/kustomization.yaml':
        'resources:\n- a.yaml\n- https://git.example.com/base.git?ref=0123456789012345678901234567890123456789\n',
    },
    options: { fetch: { offline: true } },
    remote: { good: unasked, bad: unasked },
    says: [
      'sources/not-cached fleet/ill.yaml:7:5',
      'render/needs-network kustomize/app/kustomization.yaml:1:1',
    ],
    then: 'ill stays',
  },
  {
    what: 'a symbolic link leads out of the repository',
    bad: { 'fleet/secret.yaml': { link: '../../etc/shadow' } },
    warns: ['source/symlink-outside fleet/secret.yaml:1:1'],
    then: 'all goes on',
  },
  {
    what: 'a file of a chart is a link out of the repository',
    good: localChart(),
    bad: { 'charts/app/templates/b.yaml': { link: '/etc/passwd' } },
    says: ['render/source-unavailable fleet/ill.yaml:7:5', 'sources/escaping-link fleet/ill.yaml:7:5'],
    warns: ['source/symlink-outside charts/app/templates/b.yaml:1:1'],
    then: 'ill stays',
  },
]

const templates: readonly Row[] = [
  {
    what: 'a template of a profile does not parse',
    bad: {
      [profile]: zoneProfile(
        'ill',
        'ill',
        'policyRefs:\n- { kind: ConfigMap, namespace: default, name: "{{ .Cluster" }',
      ),
    },
    says: ['resolve/template-failed fleet/ill.yaml:7:50'],
    then: 'ill stays',
  },
  {
    what: 'one key of a ConfigMap has a bad template beside good ones',
    bad: {
      [content]: configMap(
        'ill',
        { 'a.yaml': manifest('a', 'after'), 'b.yaml': manifest('b', '{{ nope }}') },
        template,
      ),
    },
    says: ['render/template-error fleet/ill-content.yaml:1:342'],
    then: 'ill stays',
  },
  {
    what: 'a Lua script does not parse',
    bad: {
      [content]: configMap(
        'ill',
        { 'a.lua': 'function evaluate( return' },
        { 'projectsveltos.io/lua': 'yes' },
      ),
    },
    says: ['render/lua-failed fleet/ill-content.yaml:1:150'],
    then: 'ill stays',
  },
  {
    what: 'an endless Lua script',
    bad: {
      [content]: configMap(
        'ill',
        { 'a.lua': 'function evaluate()\n  while true do end\nend' },
        { 'projectsveltos.io/lua': 'yes' },
      ),
    },
    says: ['render/limit-exceeded fleet/ill-content.yaml:1:150'],
    then: 'ill stays',
  },
  {
    what: 'a template of a chart does not parse',
    good: localChart(),
    bad: { 'charts/app/templates/a.yaml': 'kind: ConfigMap\n{{ if }}\n' },
    says: ['render/template-error charts/app/templates/a.yaml:2:1'],
    then: 'ill stays',
  },
  {
    what: 'a chart calls itself without end',
    good: localChart(),
    bad: {
      'charts/app/templates/_a.tpl': '{{ define "a" }}{{ include "a" . }}{{ end }}',
      'charts/app/templates/a.yaml': '{{ include "a" . }}',
    },
    says: ['render/template-error charts/app/templates/_a.tpl:1:20'],
    then: 'ill stays',
  },
  {
    what: 'an endless template',
    good: localChart(),
    bad: {
      'charts/app/templates/a.yaml':
        '{{ range $i := until 100000 }}{{ range $j := until 100000 }}{{ end }}{{ end }}',
    },
    impatient: true,
    says: ['render/limit-exceeded fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'a template that eats all memory',
    good: localChart(),
    bad: {
      'charts/app/templates/a.yaml':
        '{{ $s := "x" }}{{ range until 60 }}{{ $s = printf "%s%s" $s $s }}{{ end }}{{ $s }}',
    },
    says: ['render/limit-exceeded fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'a chart renders something that is no YAML',
    good: localChart(),
    bad: { 'charts/app/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x\n' },
    says: ['render/bad-manifest charts/app/templates/a.yaml:1:1'],
    then: 'ill stays',
  },
  {
    what: 'a policy holds an object without a name',
    bad: { [content]: configMap('ill', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\n' }) },
    says: ['render/bad-manifest fleet/ill-content.yaml:1:122'],
    then: 'ill stays',
  },
  {
    what: 'a policy holds a broken document beside good ones',
    bad: { [content]: configMap('ill', { 'a.yaml': `${manifest('a', 'x')}---\nkind: [\n` }) },
    says: ['render/bad-manifest fleet/ill-content.yaml:1:233'],
    then: 'ill stays',
  },
  {
    what: 'a policy holds a Secret with values',
    bad: {
      [content]: configMap('ill', {
        'a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: hunter2 }\n',
      }),
    },
    says: ['branch/secret-values fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'a policy holds one object twice',
    bad: { [content]: configMap('ill', { 'a.yaml': manifest('a', 'x'), 'b.yaml': manifest('a', 'y') }) },
    says: ['branch/duplicate-object fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'an object has a name that would leave its folder',
    bad: { [content]: configMap('ill', { 'a.yaml': manifest('../../../../escaped', 'moved') }) },
    then: 'all goes on',
    shows: 'moved',
  },
  {
    what: 'a patch does not parse',
    bad: {
      [profile]: policyProfile(
        'ill',
        'ill',
        'patches:\n- { patch: "- op: nope", target: { kind: ConfigMap } }',
      ),
    },
    says: ['render/patch-failed fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
]

const charts: readonly Row[] = [
  {
    what: 'values are a list',
    good: localChart(),
    bad: { [profile]: chartProfile('ill', 'ill', { url: './charts/app', more: '  values: |\n    - a\n' }) },
    says: ['render/bad-values fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'values are no YAML',
    good: localChart(),
    bad: { [profile]: chartProfile('ill', 'ill', { url: './charts/app', more: '  values: |\n    a: [\n' }) },
    says: ['render/bad-values fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'values break the schema of the chart',
    good: localChart({
      'charts/app/values.schema.json': '{"type":"object","properties":{"value":{"type":"string"}}}',
    }),
    bad: {
      [profile]: chartProfile('ill', 'ill', { url: './charts/app', more: '  values: |\n    value: 7\n' }),
    },
    says: ['render/values-schema fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'a chart wants a newer Kubernetes than the cluster has',
    good: localChart(),
    bad: { 'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\nkubeVersion: ">=1.99.0"\n' },
    says: ['render/kube-version fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'the schema of a chart wants the network',
    good: localChart(),
    bad: { 'charts/app/values.schema.json': '{"$ref":"https://schemas.example.com/app.json"}' },
    says: ['render/needs-network charts/app/values.schema.json:1:1'],
    then: 'ill stays',
  },
  {
    what: 'a chart lacks a dependency',
    good: localChart(),
    bad: {
      'charts/app/Chart.yaml':
        'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- { name: redis, version: 1.0.0, repository: "https://charts.example.com" }\n',
    },
    says: ['render/bad-chart fleet/ill.yaml:7:5'],
    then: 'ill stays',
  },
  {
    what: 'a chart has no Chart.yaml any more',
    good: localChart(),
    bad: { 'charts/app/Chart.yaml': undefined, 'charts/app/README.md': 'moved' },
    says: ['render/bad-chart fleet/ill.yaml:7:5'],
    warns: ['source/skipped-yaml charts/app/templates/a.yaml:6:10'],
    then: 'ill stays',
  },
  {
    what: 'a chart of 2,000 files is no fault',
    good: localChart(),
    bad: {
      ...Object.fromEntries(
        Array.from({ length: 2_000 }, (_, index) => [`charts/app/files/${index}.txt`, `file ${index}`]),
      ),
      'charts/app/values.yaml': 'value: many\n',
    },
    then: 'all goes on',
    shows: 'many',
  },
  {
    what: 'a values file of 50 MB is no fault',
    good: localChart(),
    bad: { 'charts/app/values.yaml': `value: large\n${`# ${'x'.repeat(1022)}\n`.repeat(50 << 10)}` },
    then: 'all goes on',
    shows: 'large',
  },
]

/** Faults of what intent refers to: other objects, templates, scripts, charts, kustomizations. */
export const badContent: readonly Row[] = [...references, ...templates, ...charts]

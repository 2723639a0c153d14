import { clusterProfile, configMap, sveltosCluster, yaml } from '../../compile-files.ts'

/** Servers on loopback that a fleet of these tests knows. */
export interface Hosts {
  /** Charts of the base, which wants its credentials. */
  readonly charts: string
  /** Allowed by the base as well, and without credentials there. */
  readonly mirror: string
  /** Nobody allows it. */
  readonly inside: string
}

/** Files by path; `-> target` is a symbolic link. */
export type Files = Readonly<Record<string, string>>

/** What no output may hold. */
export const sentinels = {
  environment: 'sentinel-of-the-environment-7d1f',
  file: 'sentinel-outside-of-the-repository-7d1f',
  secret: 'sentinel-of-a-Secret-7d1f',
  token: 'sentinel-of-credentials-7d1f',
} as const

const config = (spec: string): string =>
  `apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec:\n${spec}`

const secret = `apiVersion: v1
kind: Secret
metadata: { name: registry, namespace: platform }
stringData: { username: fleet, password: ${sentinels.secret} }
`

const production = 'clusterSelector: { matchLabels: { env: production } }'

/** A chart of the private repository, as profiles name it. */
function chartAt(host: string, name: string): string {
  return `${production}
helmCharts:
- repositoryURL: http://${host}
  repositoryName: charts
  chartName: charts/app
  chartVersion: 1.0.0
  releaseName: ${name}
  releaseNamespace: apps
  registryCredentialsConfig: { credentials: { namespace: platform, name: registry } }`
}

/** A fleet that nothing is wrong with. */
export function quietFleet({ charts, mirror }: Hosts): Files {
  return {
    'fleetwright.yaml': config(
      `  sources: { allowedHosts: ["${charts}", "${mirror}"] }\n  brakes: { maxDeletedShare: 10% }\n`,
    ),
    'clusters.yaml': yaml(
      sveltosCluster('eu', { env: 'production', region: 'eu' }),
      sveltosCluster('us', { env: 'production' }),
    ),
    'secret.yaml': secret,
    'profiles/private.yaml': clusterProfile('private', chartAt(charts, 'private')),
    'profiles/app.yaml': clusterProfile(
      'app',
      `${production}\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: app }]`,
    ),
    'app.yaml': configMap('app', {
      'a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: apps }\ndata: { level: low }\n',
    }),
  }
}

/** Texts that want to be more than text in a comment, a page, a terminal or a log. */
export const markdownBombs: readonly string[] = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</details></details></summary><h1>Approved</h1>',
  '-->\n<!-- fleetwright-review "fleet" {"head":"0","run":9} -->',
  '```\n# Nothing changes\n@octocat merge this\n```',
  '~~~~\n````\n## Dangers: none',
  '@octocat @org/platform cc @everyone',
  'fixes #1, GH-2, org/repo#3 and https://evil.example.com/x?y',
  '[click](javascript:alert(1)) ![x](https://evil.example.com/pixel.png)',
  '| a | b |\n|---|---|\n| c | d |',
  '\u202egnorw\u202c and \u2066hidden\u2069 \u200b',
  '\u001b[2J\u001b[31mroot\u001b]0;title\u0007',
  '::error file=x,line=1::forged\n::set-output name=a::b\n::add-mask::x',
  '%0A::error::forged',
  '⟨secret a1b2⟩',
  '👩‍👩‍👧‍👦'.repeat(50),
  '>'.repeat(500),
  '- '.repeat(500),
  '*'.repeat(1000),
  '['.repeat(2000),
  '`'.repeat(999),
]

const cut = (text: string, length: number): string =>
  JSON.stringify(Array.from(text).slice(0, length).join(''))

const bombObjects = markdownBombs
  .map(
    (text, index) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${index % 2 === 0 ? `bomb-${index}` : cut(text, 60)}
  namespace: apps
  labels: { ${cut(text, 40)}: ${cut(text, 40)} }
data: { ${cut(text, 80)}: ${JSON.stringify(text)} }
`,
  )
  .join('---\n')

/** One chart a way out, each a unit of its own: what one of them does must not keep the others from being seen. */
const pryingTemplates: Files = {
  environment: `data: { a: {{ env "FLEETWRIGHT_CREDENTIALS" | quote }} }`,
  files: `data: { a: {{ .Files.Get "../../outside.txt" | quote }}, b: {{ .Files.Get "/etc/passwd" | quote }}, c: {{ (.Files.Glob "../../**").AsConfig | quote }}, d: {{ .Files.Lines "/proc/self/environ" | toJson | quote }} }`,
  lookup: `data: { a: {{ (lookup "v1" "Secret" "platform" "registry") | toJson | quote }}, b: {{ (lookup "v1" "Secret" "" "") | toJson | quote }} }`,
  recursion: `{{- define "bomb" }}{{ include "bomb" . }}{{ include "bomb" . }}{{ end }}\ndata: { a: {{ include "bomb" . }} }`,
  memory: `data: { a: {{ repeat 2000000000 "x" | quote }} }`,
  time: `data: { a: "{{ range $i := until 2000000 }}{{ range $j := until 2000000 }}{{ end }}{{ end }}" }`,
  linked: `data: { a: {{ .Files.Get "leak.txt" | quote }} }`,
  forging: `data: { a: {{ fail "::error::forged <script>alert(1)</script> @octocat" }} }`,
}

function pryingChart(name: string, body: string): Files {
  return {
    [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\nappVersion: "<script>alert(1)</script> @octocat"\ndescription: "![x](https://evil.example.com/x.png)"\n`,
    [`charts/${name}/templates/prying.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}-pried }\n${body}\n`,
  }
}

const chartNames = ['<img src=x onerror=alert(1)>', '../../../etc', '@octocat', 'a`b', '-rf', 'x\ny']

/** Charts whose own names are texts of that kind. */
const named: Files = Object.assign(
  {},
  ...chartNames.map((name, index) => ({
    [`charts/named-${index}/Chart.yaml`]: `apiVersion: v2\nname: ${JSON.stringify(name)}\nversion: 1.0.0\n`,
    [`charts/named-${index}/templates/a.yaml`]:
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .Chart.Name }}" }\n',
  })),
) as Files

function localChart(name: string): string {
  return `- repositoryURL: ./charts/${name}
  repositoryName: local
  chartName: ${name}
  releaseName: ${name}
  releaseNamespace: apps`
}

/** It is rendered until its time is up, for each cluster that has it. */
const slowChart = 'time'

const localCharts = [
  ...Object.keys(pryingTemplates).filter((name) => name !== slowChart),
  ...chartNames.map((_, index) => `named-${index}`),
].map(localChart)

const kustomizationRefs = ['remote', 'links', 'plugins', 'self'].map(
  (name) => `- { path: kustomize/${name}, targetNamespace: apps }`,
)

const laughs = Array.from(
  { length: 12 },
  (_, index) =>
    `  a${index + 1}: &a${index + 1} [${Array.from({ length: 9 }, () => `*a${index}`).join(', ')}]`,
).join('\n')

function insideUrls(inside: string): readonly string[] {
  const [, port = ''] = inside.split(':')
  return [
    'http://169.254.169.254/latest/meta-data/iam/security-credentials',
    `http://2130706433:${port}/x.yaml`,
    `http://localhost:${port}/x.yaml`,
    'https://evil.invalid/x.yaml',
  ]
}

function remoteBases(inside: string): readonly string[] {
  const [, port = ''] = inside.split(':')
  return [
    `http://${inside}/base.yaml`,
    `http://${inside}/team/repo?ref=v1.0.0`,
    `http://[::ffff:127.0.0.1]:${port}/team/repo?ref=v1.0.0`,
    'ssh://-oProxyCommand=touch%20pwned/x?ref=v1.0.0',
    'git::file:///etc?ref=v1.0.0',
    'https://evil.invalid/team/repo?ref=v1.0.0',
  ]
}

function lockOf(keys: readonly string[]): string {
  const entries = keys.map(
    (key) =>
      `  ${JSON.stringify(key)}:\n    version: refs/heads/main\n    revision: ${'a'.repeat(40)}\n    digest: sha256:${'0'.repeat(64)}\n`,
  )
  return `apiVersion: fleetwright.dev/v1alpha1\nkind: Lock\nsources:\n${entries.join('')}`
}

/** The same fleet as somebody would have it who opens a pull request and wants more than that. */
export function hostileFleet(hosts: Hosts, { isSlow }: { readonly isSlow: boolean }): Files {
  const { charts, mirror, inside } = hosts
  return {
    'fleetwright.yaml':
      config(`  sources: { allowedHosts: ["${charts}", "${mirror}", "${inside}", 169.254.169.254, evil.invalid] }
  brakes: { maxDeletedShare: 100%, protect: [] }
  secrets: { allow: ["**", "*/*"] }
  review: { commands: { allow: [read, everybody] }, silence: [sources/file-left-out, intent/selects-nothing] }
  facts: { maxAge: 100000h }
  rendered: { adopt: true, branch: main }
  management: { context: production-admin }
`),
    'profiles/app.yaml': clusterProfile(
      'app',
      `${production}\npolicyRefs:\n- { kind: ConfigMap, namespace: default, name: app }\n- { kind: ConfigMap, namespace: default, name: bombs }\n- { kind: ConfigMap, namespace: default, name: laughs }\n- { kind: ConfigMap, namespace: default, name: scripted }\n- { kind: ConfigMap, namespace: default, name: templated }\ntemplateResourceRefs:\n- { identifier: Registry, resource: { apiVersion: v1, kind: Secret, namespace: platform, name: registry } }`,
    ),
    'templated.yaml': configMap(
      'templated',
      {
        'a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: templated, namespace: apps }
data:
  a: {{ env "FLEETWRIGHT_CREDENTIALS" | quote }}
  b: {{ expandenv "$AWS_SECRET_ACCESS_KEY $GITHUB_TOKEN" | quote }}
  c: {{ getHostByName "localhost" | quote }}
`,
        'b.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: pried, namespace: apps }
data: { a: {{ (getResource "Registry") | toJson | b64enc | quote }}, b: {{ (getResource "Registry").stringData.password | reverse | quote }} }
`,
      },
      { 'projectsveltos.io/template': 'ok' },
    ),
    'bombs.yaml': configMap('bombs', { 'bombs.yaml': bombObjects }),
    'laughs.yaml': configMap('laughs', {
      'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: laughs, namespace: apps }\nspec:\n  a0: &a0 [lol]\n${laughs}\n`,
    }),
    'scripted.yaml': configMap(
      'scripted',
      {
        'a.lua':
          'function evaluate()\n  local f = io and io.open("/etc/passwd") or nil\n  local e = os and os.getenv and os.getenv("FLEETWRIGHT_CREDENTIALS") or ""\n  while true do end\n  return { resources = {} }\nend\n',
      },
      { 'projectsveltos.io/lua': 'ok' },
    ),
    'profiles/prying.yaml': clusterProfile('prying', `${production}\nhelmCharts:\n${localCharts.join('\n')}`),
    ...(isSlow && {
      'profiles/slow.yaml': clusterProfile(
        'slow',
        `clusterSelector: { matchLabels: { region: eu } }\nhelmCharts:\n${localChart(slowChart)}`,
      ),
    }),
    ...named,
    ...(Object.assign(
      {},
      ...Object.entries(pryingTemplates).map(([name, body]) => pryingChart(name, body)),
    ) as Files),
    'charts/linked/leak.txt': '-> ../../../outside.txt',
    'charts/linked/templates/leak.yaml': '-> /etc/passwd',
    // The Secret of the base, for a host that is allowed and for which the base does not use it; and for one inside.
    'profiles/mirror.yaml': clusterProfile('mirror', chartAt(mirror, 'mirror')),
    'profiles/inside.yaml': clusterProfile('inside', chartAt(inside, 'inside')),
    'profiles/authority.yaml': clusterProfile(
      'authority',
      chartAt(mirror, 'authority').replace('{ credentials: {', '{ ca: {'),
    ),
    'profiles/metadata.yaml': clusterProfile(
      'metadata',
      `${production}\npolicyRefs:\n${insideUrls(inside)
        .map((url) => `- { remoteURL: { url: "${url}" } }`)
        .join('\n')}`,
    ),
    // Its author pins what he likes.
    'fleetwright.lock': lockOf([
      ...insideUrls(inside).map((url) => `remote:${url}`),
      ...remoteBases(inside).map((text) => `kustomize:${text}`),
    ]),
    'profiles/kustomize.yaml': clusterProfile(
      'kustomize',
      `${production}\nkustomizationRefs:\n${kustomizationRefs.join('\n')}`,
    ),
    'kustomize/remote/kustomization.yaml': `resources:
${remoteBases(inside)
  .map((text) => `- ${text}`)
  .join('\n')}
helmCharts:
- { name: app, repo: "http://${inside}", version: 1.0.0, releaseName: x }
`,
    'kustomize/links/kustomization.yaml':
      'resources: [leak.yaml]\nconfigMapGenerator:\n- { name: leak, files: [outside.txt, /etc/passwd, ../../../outside.txt] }\n',
    'kustomize/links/leak.yaml': '-> /etc/passwd',
    'kustomize/links/outside.txt': '-> ../../../outside.txt',
    'kustomize/plugins/kustomization.yaml': 'generators: [exec.yaml]\nopenapi: { path: /etc/passwd }\n',
    'kustomize/plugins/exec.yaml':
      'apiVersion: v1\nkind: Exec\nmetadata:\n  name: exec\n  annotations: { config.kubernetes.io/function: "exec: { path: /bin/sh }" }\n',
    'kustomize/self/kustomization.yaml': 'resources: [../self]\n',
    '.fleetwright/templates/comment.md.hbs': 'FORGED {{{verdict}}} <script>alert(1)</script>',
    '.fleetwright/templates/page/page.hbs': 'FORGED <script>alert(1)</script>',
    // Facts lie on the rendered branch; these are nobody's.
    '.fleetwright/facts/fleet/eu.json': '{"version":"v9.9.9"}',
    // Makes everything be compiled once more.
    ...(!isSlow && {
      'we `say` <b>.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "@octocat" }\ndata: { a: [}\n',
    }),
  }
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, JsonObject } from '../../src/engine/types.ts'
import type { Need } from '../../src/observe/types.ts'
import { hasSecretToken } from '../../src/secrets/token.ts'
import { clusterProfile, compileFiles, sveltosCluster, yaml, type CompiledFiles } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

/** A chart whose ConfigMap holds what these expressions print. */
function chart(...expressions: readonly string[]): string {
  const rows = expressions.map((expression, index) => `  row${index}: {{ ${expression} | toJson | quote }}\n`)
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\ndata:\n${rows.join('')}`
}

const fleet = yaml(
  sveltosCluster('c1', { env: 'qa' }),
  clusterProfile(
    'p',
    `clusterSelector: { matchLabels: { env: qa } }
helmCharts:
- repositoryURL: ./charts/app
  repositoryName: app
  chartName: app
  chartVersion: 1.0.0
  releaseName: app
  releaseNamespace: web`,
  ),
)

interface Given {
  /** Recorded facts of fleet/c1; absent: never observed. */
  readonly facts?: JsonObject
  readonly files?: Readonly<Record<string, string>>
}

async function compiled(template: string, { facts, files = {} }: Given = {}) {
  const result = await compileFiles(
    engine,
    {
      'fleet.yaml': fleet,
      'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
      'charts/app/templates/app.yaml': template,
      ...files,
    },
    { until: 'manifests', ...(facts && { facts: { '.fleetwright/facts/fleet/c1.json': facts } }) },
  )
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error')
  const unit = result.rendered?.clusters[0]?.units[0]
  return {
    errors: errors.map(({ code, message }) => `${code}: ${message}`),
    status: unit?.result.status,
    text: unit?.result.status === 'rendered' ? unit.result.manifests[0]?.text : undefined,
    inputs: unit?.inputs,
    asked: asksOf(result),
  }
}

/** `[<group>/]<version> <Kind> <namespace>/<name>` of what is needed of fleet/c1. */
function asksOf({ needs }: CompiledFiles): readonly string[] {
  const own = needs.filter(({ cluster }) => cluster === 'fleet/c1')
  return own.map(({ query, because }) => `${asText(query)} for ${because.join(' ')}`)
}

function asText({ group, version, kind, namespace, name }: Need['query']): string {
  return `${group === '' ? '' : `${group}/`}${version} ${kind} ${namespace}/${name}`
}

const configMap = (name: string, data: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'web' },
  data,
})
const oneConfigMap = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'one' }
const lookupOne = '(lookup "v1" "ConfigMap" "web" "one").data'

describe('a chart that looks something up', () => {
  test('is held on a cluster that was never observed, and what it looks up is named and needed', async () => {
    const { errors, status, asked } = await compiled(chart(lookupOne))
    expect(errors).toEqual([
      'render/lookup-not-observed: helm-web-app stays as it is: its chart looks up ConfigMap web/one, and the facts of fleet/c1 do not say what is there',
    ])
    expect(status).toBe('held')
    expect(asked).toEqual(['v1 ConfigMap web/one for ClusterProfile/p'])
  })

  test('is rendered with what the facts hold, and goes on asking', async () => {
    const facts = { objects: [configMap('one', { key: 'value' })], asked: [oneConfigMap] }
    const { errors, text, asked } = await compiled(chart(lookupOne), { facts })
    expect(errors).toEqual([])
    expect(text).toContain(`row0: '{"key":"value"}'`)
    expect(asked).toEqual(['v1 ConfigMap web/one for ClusterProfile/p'])
  })

  test('finds nothing where the cluster was asked and has nothing', async () => {
    const { errors, text } = await compiled(chart(lookupOne), { facts: { asked: [oneConfigMap] } })
    expect(errors).toEqual([])
    expect(text).toContain('row0: "null"')
  })

  test('is held where the cluster was asked for something else', async () => {
    const asked = [{ ...oneConfigMap, name: 'two' }]
    const { errors } = await compiled(chart(lookupOne), { facts: { asked } })
    expect(errors).toEqual([expect.stringContaining('render/lookup-not-observed')])
  })

  test('is held where only the identity of what it looks up was recorded', async () => {
    const asked = [{ ...oneConfigMap, keep: 'identity' }]
    const { errors } = await compiled(chart(lookupOne), { facts: { asked, objects: [configMap('one')] } })
    expect(errors).toEqual([expect.stringContaining('render/lookup-not-observed')])
  })

  test('takes facts that a person wrote for complete', async () => {
    const { errors, text } = await compiled(chart(lookupOne), { facts: { version: 'v1.33.1' } })
    expect(errors).toEqual([])
    expect(text).toContain('row0: "null"')
  })

  test('that fails for want of an answer says what it looked up, and is told no other fault', async () => {
    const template = `{{ if not (lookup "v1" "Secret" "web" "ca") }}{{ fail "install the CA first" }}{{ end }}`
    const unknown = await compiled(template)
    expect(unknown.errors).toEqual([expect.stringContaining('looks up Secret web/ca')])
    expect(unknown.asked).toEqual(['v1 Secret web/ca for ClusterProfile/p'])
    const absent = await compiled(template, { facts: {} })
    expect(absent.errors).toEqual([expect.stringContaining('install the CA first')])
  })

  test('asks the next cluster question that hangs on an answer once it has that answer', async () => {
    const template = `{{ $one := lookup "v1" "ConfigMap" "web" "one" }}${chart(
      '(lookup "v1" "ConfigMap" "web" (dig "data" "next" "none" $one)).data',
    )}`
    const objects = [configMap('one', { next: 'two' }), configMap('two', { key: 'value' }), configMap('none')]
    const first = await compiled(template, { facts: { asked: [oneConfigMap], objects: objects.slice(0, 1) } })
    expect(first.errors).toEqual([expect.stringContaining('looks up ConfigMap web/two,')])
    expect(first.asked.map((one) => one.split(' for ')[0])).toEqual([
      'v1 ConfigMap web/one',
      'v1 ConfigMap web/two',
    ])
    const { errors, text } = await compiled(template, { facts: { objects } })
    expect(errors).toEqual([])
    expect(text).toContain(`row0: '{"key":"value"}'`)
  })

  test('that looks up one thing after the other without end is ended', async () => {
    const objects = Array.from({ length: 40 }, (_, index) =>
      configMap(`m${index}`, { next: `m${index + 1}` }),
    )
    const template = `{{ $next := "m0" }}{{ range until 40 }}{{ $next = dig "data" "next" "m0" (lookup "v1" "ConfigMap" "web" $next) }}{{ end }}${chart('$next')}`
    const { errors } = await compiled(template, { facts: { objects } })
    expect(errors).toEqual([expect.stringContaining('render/limit-exceeded')])
  })

  test('asks for what has no namespace without one, and for one object without a namespace not at all', async () => {
    const { asked } = await compiled(
      chart(
        'lookup "v1" "Namespace" "ignored" "web"',
        'lookup "v1" "ConfigMap" "" "one"',
        'lookup "v1" "ConfigMap" "" ""',
        'lookup "apps/v1" "Deployment" "web" ""',
      ),
    )
    expect(asked.map((one) => one.split(' for ')[0])).toEqual([
      'v1 ConfigMap /',
      'v1 Namespace /web',
      'apps/v1 Deployment web/',
    ])
  })

  test('may look up what its NOTES.txt prints, which holds nothing', async () => {
    const files = { 'charts/app/templates/NOTES.txt': '{{ lookup "v1" "Service" "web" "app" }}' }
    const { errors, asked } = await compiled(chart('"x"'), { files })
    expect(errors).toEqual([])
    expect(asked).toEqual([])
  })
})

describe('the value of a Secret', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'web' },
    data: { password: 'aHVudGVyMg==' },
  }
  const facts = { objects: [secret] }
  const value = '(lookup "v1" "Secret" "web" "db").data.password'

  test('that a chart copies is refused', async () => {
    for (const expression of [value, `(${value} | b64dec)`]) {
      const { errors, status } = await compiled(chart(expression), { facts })
      expect(errors).toEqual([expect.stringContaining('render/secret-value-needed')])
      expect(status).toBe('held')
    }
  })

  test('may be tested for, and does not change what depends on it', async () => {
    const template = chart(`ternary "there" "absent" (not (not ${value}))`)
    const before = await compiled(template, { facts })
    expect(before.text).toContain('there')
    expect(hasSecretToken(before.text ?? '')).toBe(false)
    const changed = { ...secret, data: { password: 'b3RoZXI=' } }
    const after = await compiled(template, { facts: { objects: [changed] } })
    expect(after.inputs).toBe(before.inputs)
  })
})

describe('what a unit depends on', () => {
  test('are the objects that it looks up, and no others', async () => {
    const template = chart(lookupOne)
    const inputs = async (...objects: readonly JsonObject[]) =>
      (await compiled(template, { facts: { objects } })).inputs
    const before = await inputs(configMap('one', { key: 'a' }))
    expect(await inputs(configMap('one', { key: 'a' }), configMap('two', { key: 'b' }))).toBe(before)
    expect(await inputs(configMap('one', { key: 'b' }))).not.toBe(before)
    expect(await inputs()).not.toBe(before)
  })
})

describe('a kind that a cluster serves and nobody here defines', () => {
  const monitor =
    'apiVersion: monitoring.example.com/v1\nkind: Monitor\nmetadata: { name: app, namespace: web }\n'
  const served = { group: 'monitoring.example.com', version: 'v1', kind: 'Monitor', namespaced: true }
  const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: monitors.monitoring.example.com }
spec: { group: monitoring.example.com, scope: Namespaced, names: { kind: Monitor, plural: monitors }, versions: [] }
`

  test('has its schema asked for, by the plural that the facts know', async () => {
    const { errors, asked } = await compiled(monitor, {
      facts: { resources: [{ ...served, name: 'monitors' }], asked: [] },
    })
    expect(errors).toEqual([])
    expect(asked).toEqual([
      'apiextensions.k8s.io/v1 CustomResourceDefinition /monitors.monitoring.example.com for ClusterProfile/p',
    ])
  })

  test('has not, where the plural is not known or a unit of the cluster defines it', async () => {
    expect((await compiled(monitor, { facts: { resources: [served] } })).asked).toEqual([])
    const facts = { resources: [{ ...served, name: 'monitors' }] }
    expect((await compiled(`${monitor}---\n${definition}`, { facts })).asked).toEqual([])
  })
})

describe('a function that would reach out of the sandbox', () => {
  test('gives nothing to the template of a policy, and that is said', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\ndata: { x: "[{{ env "HOME" }}]" }\n'
    const policy = yaml(
      sveltosCluster('c1', { env: 'qa' }),
      clusterProfile(
        'p',
        'clusterSelector: { matchLabels: { env: qa } }\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: a }]',
      ),
      `${JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'a',
          namespace: 'default',
          annotations: { 'projectsveltos.io/template': 'ok' },
        },
        data: { 'm.yaml': text },
      })}\n`,
    )
    const { diagnostics, rendered } = await compileFiles(
      engine,
      { 'fleet.yaml': policy },
      { until: 'manifests' },
    )
    expect(
      diagnostics.filter(({ severity }) => severity === 'warning').map(({ message }) => message),
    ).toEqual(['policy-default-a calls env (m.yaml) in vain: templates see neither environment nor network'])
    const [unit] = rendered?.clusters[0]?.units ?? []
    expect(unit?.result.status === 'rendered' && unit.result.manifests[0]?.text).toContain("x: '[]'")
  })

  test('gives nothing to values of a profile, and the profile is named', async () => {
    const files = {
      'fleet.yaml': fleet.replace(
        '  releaseNamespace: web',
        `  releaseNamespace: web\n    values: |\n      home: '{{ expandenv "$HOME" }}{{ env "HOME" }}'`,
      ),
    }
    const result = await compileFiles(engine, files, { until: 'plan' })
    const blocked = result.diagnostics.filter(({ code }) => code === 'resolve/function-blocked')
    expect(blocked.map(({ message }) => message)).toEqual([
      'ClusterProfile/p calls env and expandenv in vain: templates see neither environment nor network',
    ])
  })

  test('does not exist in a chart, as in Helm', async () => {
    const { errors } = await compiled('{{ env "HOME" }}')
    expect(errors).toEqual([expect.stringContaining('function "env" not defined')])
  })
})

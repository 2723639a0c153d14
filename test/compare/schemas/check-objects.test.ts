import { describe, expect, test } from 'vitest'
import { compare } from '../../../src/compare/compare.ts'
import { checkObjects, type CheckedObjects } from '../../../src/compare/schemas/check-objects.ts'
import { createFleetSchemas } from '../../../src/compare/schemas/fleet-schemas.ts'
import type { Danger } from '../../../src/compare/types.ts'
import type { Span } from '../../../src/diagnostics/types.ts'
import type { JsonObject } from '../../../src/engine/types.ts'
import type { Plan, PlannedUnit } from '../../../src/resolve/types.ts'
import type { SourceDocument } from '../../../src/source/types.ts'
import { configMap, plainOptions, toSide, type WrittenSide, type WrittenUnit } from '../side-double.ts'

const unitName = 'helm-shop-web'
const profileSpan: Span = { file: { path: 'profile.yaml', text: '- chart: web' }, start: 0, end: 1 }

interface World {
  readonly before?: WrittenSide
  readonly after: WrittenSide
  readonly versions?: Readonly<Record<string, string>>
  /** The unit as it is planned, for where things are written. */
  readonly planned?: Partial<PlannedUnit>
}

async function check({ before = {}, after, versions, planned }: World): Promise<CheckedObjects> {
  const ids = Object.keys(after)
  const clusters = ids.map((id) => ({
    cluster: { id },
    kubeVersion: versions?.[id] ?? 'v1.33.0',
    units: planned ? [{ name: unitName, ...planned }] : [],
  }))
  const plan = { clusters } as unknown as Plan
  const sides = { before: toSide(before, { plan }), after: toSide(after, { plan }) }
  const { changes } = await compare(
    { clusters: sides.before.clusters },
    { clusters: sides.after.clusters },
    plainOptions,
  )
  const schemas = createFleetSchemas({ facts: { clusters: new Map() }, schemas: new Map(), ...sides })
  return checkObjects(changes, { ...sides, schemas, placeOfUnit: () => profileSpan })
}

const unit = (...objects: readonly JsonObject[]): Readonly<Record<string, WrittenUnit>> => ({
  [unitName]: { objects },
})

const deployment = (spec: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: {}, template: { spec: { containers: [{ name: 'web', ...spec }] } } },
})

const lines = ({ dangers }: CheckedObjects): readonly string[] =>
  dangers.map(({ severity, message, clusters }) => `${severity} [${clusters.join()}] ${message}`)

/** The text that a danger points at, with its file. */
function pointed({ span }: Danger): string | undefined {
  return span && `${span.file.path}: ${span.file.text.slice(span.start, span.end)}`
}

describe('schema', () => {
  test('what the API server refuses comes first, and clusters with the same fault are told together', async () => {
    const object = deployment({ imagePullPolicy: 'Alway', tty: 'yes', envs: [] })
    const checked = await check({ after: { b: unit(object), a: unit(object), c: unit(deployment({})) } })
    expect(lines(checked)).toEqual([
      'high [a,b] spec.template.spec.containers[name=web].tty of Deployment shop/web has to be true or false and is the text yes',
      'medium [a,b] spec.template.spec.containers[name=web].envs of Deployment shop/web is unknown: did you mean `env`?',
      'medium [a,b] spec.template.spec.containers[name=web].imagePullPolicy of Deployment shop/web has to be one of Always, IfNotPresent and Never and is Alway: did you mean `Always`?',
    ])
    expect(checked).toMatchObject({ checked: 3, unchecked: [] })
    expect(checked.dangers[0]).toMatchObject({
      ...{ rule: 'schema', unit: unitName, span: profileSpan, side: 'after' },
      path: ['spec', 'template', 'spec', 'containers', { name: 'web' }, 'tty'],
      object: { kind: 'Deployment', namespace: 'shop', name: 'web', unit: unitName },
    })
  })

  test('what was wrong before is no news', async () => {
    const before = { a: unit(deployment({ envs: [] })) }
    expect(lines(await check({ before, after: { a: unit(deployment({ envs: [], tty: 1 })) } }))).toEqual([
      'high [a] spec.template.spec.containers[name=web].tty of Deployment shop/web has to be true or false and is 1',
    ])
  })

  test('what stays as it is, goes, or goes to another cluster is not looked at', async () => {
    const faulty = deployment({ envs: [] })
    const before = { a: unit(faulty, configMap('settings', {})), b: unit(faulty) }
    const after = {
      a: unit(faulty),
      b: unit(),
      c: { [unitName]: { objects: [faulty], settings: { local: true } } },
    }
    expect(await check({ before, after })).toEqual({ dangers: [], checked: 0, unchecked: [] })
  })

  test('kinds without a schema are counted', async () => {
    const custom = (name: string) => ({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name } })
    expect(await check({ after: { a: unit(custom('one'), custom('two')), b: unit(custom('one')) } })).toEqual(
      {
        ...{ dangers: [], checked: 0 },
        unchecked: [{ api: 'example.com/v1 Thing', objects: 3 }],
      },
    )
  })
})

describe('where a fault is written', () => {
  const document = (path: string, text: string, value: JsonObject): SourceDocument => ({
    ...{ file: { path, text }, start: 0, end: text.length, value, json: JSON.stringify(value) },
  })

  const policy = [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata:',
    '  name: web',
    'data:',
    '  web.yaml: |',
    '    apiVersion: v1',
    '    kind: Service',
    '    metadata:',
    '      name: web',
    '    spec:',
    '      port: []',
    '    ---',
    '    apiVersion: apps/v1',
    '    kind: Deployment',
    '    metadata:',
    '      name: web',
    '      namespace: shop',
    '    spec:',
    '      template:',
    '        spec:',
    '          containers:',
    '            - name: "web"',
    '              imagePullPolicy: "Alway" # typo',
    '              envs: []',
    '',
  ].join('\n')
  const embedded = policy
    .split('\n')
    .slice(6)
    .map((line) => line.slice(4))
    .join('\n')

  const policyUnit = (instantiate: 'none' | 'template'): Partial<PlannedUnit> => ({
    ...{
      kind: 'policy',
      instantiate,
      content: { type: 'texts', texts: [{ name: 'web.yaml', text: embedded }] },
    },
    origin: document('web.yaml', policy, { kind: 'ConfigMap', data: { 'web.yaml': embedded } }),
  })

  const object: JsonObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      template: { spec: { containers: [{ name: 'web', imagePullPolicy: 'Alway', envs: [] }] } },
    },
  }

  test.each(['none', 'template'] as const)('in a policy (%s) it is the very field', async (instantiate) => {
    const { dangers } = await check({ after: { a: unit(object) }, planned: policyUnit(instantiate) })
    expect(
      dangers.map((danger) => `${danger.message.split(' ')[0] ?? ''} → ${pointed(danger) ?? ''}`),
    ).toEqual([
      'spec.selector → web.yaml: spec',
      'spec.template.spec.containers[name=web].envs → web.yaml: envs',
      'spec.template.spec.containers[name=web].imagePullPolicy → web.yaml: "Alway"',
    ])
  })

  test('a value that a template makes is not written, and the entry of the profile is', async () => {
    const other = structuredClone(object) as { spec: { template: { spec: { containers: JsonObject[] } } } }
    other.spec.template.spec.containers = [{ name: 'web', imagePullPolicy: 'Nev', envs: [] }]
    const { dangers } = await check({
      after: { a: unit(other) },
      planned: policyUnit('template'),
    })
    expect(dangers.filter(({ message }) => message.includes('Nev')).map(({ span }) => span)).toEqual([
      profileSpan,
    ])
  })

  const release = (values: string): Partial<PlannedUnit> => {
    const text = `spec:\n  helmCharts:\n  - values: |\n${values.replaceAll(/^/gm, '      ')}\n`
    const value = { spec: { helmCharts: [{ values }] } }
    return {
      kind: 'helm',
      claim: {
        profile: { document: document('profile.yaml', text, value) },
        path: ['spec', 'helmCharts', 0],
      },
    } as unknown as Partial<PlannedUnit>
  }

  test.each([
    ['image:\n  pullPolicy: Alway\nname: web', 'profile.yaml: Alway'],
    ['image:\n  pullPolicy: "Alway" # typo', 'profile.yaml: "Alway"'],
    ['image:\n  pullPolicy: Alway\nsidecar:\n  pullPolicy: Alway', 'profile.yaml: -'],
    ['image: Alway-1', 'profile.yaml: -'],
  ])('among values %j it is %s', async (values, expected) => {
    const faulty = deployment({ imagePullPolicy: 'Alway' })
    const { dangers } = await check({ after: { a: unit(faulty) }, planned: release(values) })
    expect(dangers.map(pointed)).toEqual([expected])
  })

  test('an unknown field is the line that gives it its value', async () => {
    const faulty = deployment({ securityContext: { runAsUsr: 1000 } })
    const values = 'user: 1000\npodSecurityContext:\n  runAsUsr: 1000'
    const { dangers } = await check({ after: { a: unit(faulty) }, planned: release(values) })
    expect(dangers.map(pointed)).toEqual(['profile.yaml: runAsUsr'])
  })
})

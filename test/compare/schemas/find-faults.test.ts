import { describe, expect, test } from 'vitest'
import { formatFieldPath } from '../../../src/compare/fields/field-path.ts'
import { createBuiltInNodes } from '../../../src/compare/schemas/built-in-nodes.ts'
import { createCustomNodes } from '../../../src/compare/schemas/custom-nodes.ts'
import { findFaults } from '../../../src/compare/schemas/find-faults.ts'
import type { SchemaNode } from '../../../src/compare/schemas/schema-node.ts'
import { parseExactJson } from '../../../src/kubernetes/exact-json.ts'
import type { ObjectValue } from '../../../src/kubernetes/object-value.ts'

const nodes = createBuiltInNodes()

function faultsOf(node: SchemaNode | undefined, object: ObjectValue): readonly string[] {
  if (node === undefined) throw new Error('there is no schema')
  return findFaults(node, object).map(({ kind, path, text }) => `${kind}: ${formatFieldPath(path)} ${text}`)
}

function builtIn(apiVersion: string, kind: string, rest: ObjectValue, minor = 35): readonly string[] {
  const object = { apiVersion, kind, metadata: { name: 'one' }, ...rest }
  return faultsOf(nodes.kind(object, minor), object)
}

const container = { name: 'app', image: 'app:1' }
const pod = (rest: ObjectValue, more: ObjectValue = {}, minor = 35) =>
  builtIn('v1', 'Pod', { spec: { containers: [{ ...container, ...rest }], ...more } }, minor)

describe('objects of built-in kinds', () => {
  test('a complete one has no faults', () => {
    expect(pod({ ports: [{ containerPort: 80 }], resources: { limits: { cpu: 1, memory: '1Gi' } } })).toEqual(
      [],
    )
  })

  test.each<readonly [string, ObjectValue, readonly string[]]>([
    [
      'an unknown field, with what may have been meant',
      { enviroment: [] },
      ['unknown: spec.containers[name=app].enviroment is unknown'],
    ],
    [
      'a misspelt field',
      { imagePullPolic: 'Always' },
      ['unknown: spec.containers[name=app].imagePullPolic is unknown: did you mean `imagePullPolicy`?'],
    ],
    [
      'a text for a number',
      { ports: [{ containerPort: '80' }] },
      ['type: spec.containers[name=app].ports[0].containerPort has to be a whole number and is the text 80'],
    ],
    [
      'a number for a text',
      { env: [{ name: 'A', value: 8080 }] },
      ['type: spec.containers[name=app].env[name=A].value has to be a text and is 8080'],
    ],
    [
      'a text for a truth',
      { tty: 'yes' },
      ['type: spec.containers[name=app].tty has to be true or false and is the text yes'],
    ],
    [
      'an object for a list',
      { args: { a: 1 } },
      ['type: spec.containers[name=app].args has to be a list and is an object'],
    ],
    [
      'a broken number',
      { ports: [{ containerPort: 1.5 }] },
      ['type: spec.containers[name=app].ports[0].containerPort has to be a whole number and is 1.5'],
    ],
    [
      'a value that is none of those allowed',
      { imagePullPolicy: 'Alway' },
      [
        'value: spec.containers[name=app].imagePullPolicy has to be one of Always, IfNotPresent and Never and is Alway: did you mean `Always`?',
      ],
    ],
    [
      'what is no quantity',
      { resources: { limits: { memory: '512MB' } } },
      ['value: spec.containers[name=app].resources.limits.memory has to be a quantity and is 512MB'],
    ],
    [
      'a required field that is null',
      { env: [{ name: null }] },
      ['missing: spec.containers[name=app].env[0].name is missing'],
    ],
  ])('%s', (_, rest, faults) => {
    expect(pod(rest)).toEqual(faults)
  })

  test('a required field that is not there', () => {
    expect(builtIn('apps/v1', 'Deployment', { spec: {} })).toEqual([
      'missing: spec.selector is missing',
      'missing: spec.template is missing',
    ])
  })

  test('null stands for nothing, and empty for unset', () => {
    expect(pod({ command: null, imagePullPolicy: '', resources: null }, { nodeSelector: null })).toEqual([])
  })

  test('base64 and times have a form', () => {
    const webhook = (caBundle: string) =>
      builtIn('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
        webhooks: [
          {
            ...{ name: 'a.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None' },
            clientConfig: { caBundle },
          },
        ],
      })
    expect(webhook('Cg==\n')).toEqual([])
    expect(webhook('not base64')).toEqual([
      'value: webhooks[name=a.example.com].clientConfig.caBundle has to be base64 and is not base64',
    ])
    const lease = (acquireTime: string) =>
      builtIn('coordination.k8s.io/v1', 'Lease', { spec: { acquireTime } })
    expect(lease('2026-01-02T03:04:05.000000Z')).toEqual([])
    expect(lease('yesterday')).toEqual(['value: spec.acquireTime has to be a time and is yesterday'])
  })

  test('a port may have a name or a number', () => {
    const service = (targetPort: unknown) =>
      builtIn('v1', 'Service', { spec: { ports: [{ port: 80, protocol: 'TCP', targetPort }] } })
    expect(service('http')).toEqual([])
    expect(service(8080)).toEqual([])
    expect(service(true)).toEqual([
      'type: spec.ports[port=80,protocol=TCP].targetPort has to be a text or a whole number and is true',
    ])
  })

  test('a field is known to the minors that have it', () => {
    const sleep = { lifecycle: { preStop: { sleep: { seconds: 5 } } } }
    expect(pod(sleep, {}, 35)).toEqual([])
    expect(pod(sleep, {}, 28)).toEqual([
      'unknown: spec.containers[name=app].lifecycle.preStop.sleep is unknown: Kubernetes has it from 1.29 on',
    ])
  })

  test('a kind that the minor does not serve has no schema', () => {
    expect(nodes.kind({ apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy' }, 24)).toBeDefined()
    expect(nodes.kind({ apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy' }, 25)).toBeUndefined()
    expect(nodes.kind({ apiVersion: 'example.com/v1', kind: 'Thing' }, 35)).toBeUndefined()
  })

  test('a value that is hidden stands for any value', () => {
    const hidden = '⟨secret a1b2⟩'
    expect(
      pod({
        ...{ imagePullPolicy: hidden, tty: hidden, resources: { limits: { memory: hidden } } },
        ...{ [hidden]: 1, env: [{ name: 'A', value: `postgres://${hidden}@db` }, { [hidden]: 'A' }] },
      }),
    ).toEqual([])
  })

  test('status is no part of what is applied', () => {
    expect(builtIn('v1', 'Service', { spec: {}, status: { nonsense: 1 } })).toEqual([])
  })

  test('numbers beyond 53 bits are whole numbers', () => {
    const wide = parseExactJson('9007199254740993')
    expect(builtIn('scheduling.k8s.io/v1', 'PriorityClass', { value: wide })).toEqual([])
  })

  test('names that every JavaScript object has are no fields', () => {
    expect(builtIn('v1', 'ConfigMap', { constructor: 1, toString: 2 })).toEqual([
      'unknown: constructor is unknown',
      'unknown: toString is unknown',
    ])
  })

  test('a very deep object is looked at as far as is sensible, and the faults are counted out', () => {
    let deep: unknown = { nonsense: 1 }
    for (let level = 0; level < 5000; level += 1) deep = { not: deep }
    const schema = { openAPIV3Schema: deep }
    const versions = [{ name: 'v1', served: true, storage: true, schema }]
    const spec = { group: 'a', scope: 'Namespaced', names: { kind: 'A', plural: 'as' }, versions }
    expect(builtIn('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec })).toEqual([])
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field${index}`, 1]))
    expect(builtIn('v1', 'ConfigMap', many)).toHaveLength(20)
  })
})

describe('objects of custom kinds', () => {
  const custom = createCustomNodes()

  function check(properties: ObjectValue, spec: ObjectValue, more: ObjectValue = {}): readonly string[] {
    const schema = { type: 'object', properties: { spec: { type: 'object', properties, ...more } } }
    const object = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'one' }, spec }
    return faultsOf(custom.root(schema, nodes.metadata(35)), object)
  }

  const text = { type: 'string' }

  test.each<readonly [string, ObjectValue, ObjectValue, readonly string[]]>([
    [
      'an unknown field',
      { size: text },
      { sise: 'a' },
      ['unknown: spec.sise is unknown: did you mean `size`?'],
    ],
    [
      'an object without fields takes none',
      { a: { type: 'object' } },
      { a: { b: 1 } },
      ['unknown: spec.a.b is unknown'],
    ],
    [
      'an object that keeps what it does not know',
      { a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { c: text } } },
      { a: { b: 1, c: 1 } },
      ['type: spec.a.c has to be a text and is 1'],
    ],
    [
      'an object with free names',
      { a: { type: 'object', additionalProperties: { type: 'integer' } } },
      { a: { b: 1, c: 'x', d: null } },
      ['type: spec.a.c has to be a whole number and is the text x'],
    ],
    ['a place without a type', { a: {} }, { a: { b: [1, 'x'] } }, []],
    [
      'a whole number or a text',
      { a: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, text] } },
      { a: 1.5 },
      ['type: spec.a has to be a text or a whole number and is 1.5'],
    ],
    ['a null that stands for nothing', { a: text, b: { ...text, nullable: true } }, { a: null, b: null }, []],
    [
      'a null in a list',
      { a: { type: 'array', items: text }, b: { type: 'array', items: { ...text, nullable: true } } },
      { a: [null], b: [null] },
      ['type: spec.a[0] has to be a text and is null'],
    ],
    [
      'values that are none of those allowed',
      { a: { type: 'string', enum: ['One', 'Two'] }, b: { type: 'integer', enum: [1, 2] } },
      { a: 'one', b: 3 },
      [
        'value: spec.a has to be one of One and Two and is one: did you mean `One`?',
        'value: spec.b has to be one of 1 and 2 and is 3',
      ],
    ],
    [
      'a text that does not match',
      { a: { type: 'string', pattern: '^[a-z]+$' } },
      { a: 'A1' },
      ['value: spec.a has to match ^[a-z]+$ and is A1'],
    ],
    ['a pattern that is none', { a: { type: 'string', pattern: '(' } }, { a: 'A1' }, []],
    [
      'lengths and counts',
      {
        a: { type: 'string', maxLength: 2 },
        b: { type: 'array', minItems: 1, items: text },
        c: { type: 'object', maxProperties: 0, additionalProperties: text },
      },
      { a: 'é😀é', b: [], c: { d: 'e' } },
      [
        'value: spec.a has to have at most 2 characters and has 3',
        'value: spec.b has to have at least 1 item and has 0',
        'value: spec.c has to have at most 0 fields and has 1',
      ],
    ],
    [
      'bounds of numbers',
      {
        a: { type: 'integer', minimum: 1 },
        b: { type: 'number', maximum: 1, exclusiveMaximum: true },
        c: { type: 'integer', multipleOf: 5 },
      },
      { a: 0, b: 1, c: 12 },
      [
        'value: spec.a has to be at least 1 and is 0',
        'value: spec.b has to be less than 1 and is 1',
        'value: spec.c has to be a multiple of 5 and is 12',
      ],
    ],
    [
      'an object of any kind inside',
      {
        a: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          'x-kubernetes-preserve-unknown-fields': true,
        },
      },
      { a: { kind: 'Pod', metadata: { nme: 'x' }, spec: {} } },
      [
        'missing: spec.a.apiVersion is missing',
        'unknown: spec.a.metadata.nme is unknown: did you mean `name`?',
      ],
    ],
    [
      'items that are told apart by keys with defaults',
      {
        a: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name', 'kind'],
          items: { type: 'object', properties: { name: text, kind: { ...text, default: 'A' } } },
        },
      },
      { a: [{ name: 'x' }, { name: 'x', kind: 'B' }, { name: 'x', kind: 'A' }] },
      ['value: spec.a[2] is in the list already'],
    ],
    [
      'a set with twins',
      { a: { type: 'array', 'x-kubernetes-list-type': 'set', items: text } },
      { a: ['x', 'y', 'x'] },
      ['value: spec.a[2] is in the list already'],
    ],
  ])('%s', (_, properties, spec, faults) => {
    expect(check(properties, spec)).toEqual(faults)
  })

  test('a required field with a default is there, and null may be one of its values', () => {
    const properties = { a: text, b: { ...text, default: 'x' }, c: { ...text, nullable: true } }
    expect(check(properties, { c: null }, { required: ['a', 'b', 'c'] })).toEqual([
      'missing: spec.a is missing',
    ])
    expect(check(properties, { a: null }, { required: ['a', 'c'] })).toEqual([
      'missing: spec.a is missing',
      'missing: spec.c is missing',
    ])
  })

  test('forms of which an object has to have one', () => {
    const properties = { a: text, b: text, c: { type: 'array', items: { type: 'integer' } } }
    const oneOf = [{ required: ['a'] }, { required: ['b'] }]
    expect(check(properties, { a: 'x' }, { oneOf })).toEqual([])
    expect(check(properties, {}, { oneOf })).toEqual([
      'value: spec meets none of the 2 forms of which it has to have one',
    ])
    expect(check(properties, { a: 'x', b: 'x' }, { oneOf })).toEqual([
      'value: spec meets 2 of the 2 forms of which it has to have only one',
    ])
    const anyOf = [
      { properties: { a: { pattern: '^x' } }, required: ['a'] },
      { properties: { c: { minItems: 1 } }, required: ['c'] },
    ]
    expect(check(properties, { a: 'y', c: [1] }, { anyOf })).toEqual([])
    expect(check(properties, { a: 'y', c: [] }, { anyOf })).toEqual([
      'value: spec meets none of the 2 forms that it may have',
    ])
    expect(check(properties, { a: 'y' }, { not: { required: ['a'] } })).toEqual([
      'value: spec is what it may not be',
    ])
    expect(check(properties, { a: 'y' }, { allOf: [{ required: ['a'] }, { required: ['b'] }] })).toEqual([
      'value: spec does not meet everything that the schema demands together',
    ])
  })

  test('forms are not decided by values that are hidden', () => {
    const anyOf = [{ properties: { a: { pattern: '^x' } } }]
    expect(check({ a: text }, { a: '⟨secret a1b2⟩' }, { anyOf })).toEqual([])
  })

  test('a pattern that takes others for ever takes no time', () => {
    const properties = { a: { type: 'string', pattern: '^(a+)+$' } }
    expect(check(properties, { a: `${'a'.repeat(50_000)}b` })).toHaveLength(1)
  })
})

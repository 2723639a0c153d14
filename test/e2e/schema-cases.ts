import type { TestObject } from './kubernetes-requests.ts'

/** An object, and the places of its faults, as `spec.a.0.b`; none for a good one. */
export interface SchemaCase {
  readonly title: string
  readonly object: TestObject
  readonly faults: readonly string[]
}

const labels = { app: 'web' }
const container = { name: 'web', image: 'registry.example.com/web:1' }

function pod(title: string, more: object, ...faults: readonly string[]): SchemaCase {
  return {
    title: `Pod: ${title}`,
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'one' },
      spec: { containers: [{ ...container, ...more }] },
    },
    faults,
  }
}

function object(
  [apiVersion, kind]: readonly [string, string],
  title: string,
  rest: object,
  ...faults: readonly string[]
): SchemaCase {
  return {
    title: `${kind}: ${title}`,
    object: { apiVersion, kind, metadata: { name: 'one' }, ...rest },
    faults,
  }
}

const first = 'spec.containers.0'
const pods: readonly SchemaCase[] = [
  pod('complete', {
    ports: [{ containerPort: 80, name: 'http' }],
    env: [
      { name: 'A', value: 'b' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    resources: { limits: { cpu: 1, memory: '1Gi' }, requests: { cpu: '500m' } },
    livenessProbe: { httpGet: { path: '/', port: 'http' } },
  }),
  pod('nulls and empty texts', { args: null, imagePullPolicy: '', env: null, resources: { limits: null } }),
  pod('null among texts', { args: [null] }),
  pod('unknown field', { envs: [] }, `${first}.envs`),
  pod(
    'unknown field deep inside',
    { livenessProbe: { httpGet: { port: 80, initialDelaySeconds: 3 } } },
    `${first}.livenessProbe.httpGet.initialDelaySeconds`,
  ),
  pod('text for a number', { ports: [{ containerPort: '80' }] }, `${first}.ports.0.containerPort`),
  pod('broken number', { ports: [{ containerPort: 80.5 }] }, `${first}.ports.0.containerPort`),
  pod('number for a text', { env: [{ name: 'A', value: 1 }] }, `${first}.env.0.value`),
  pod('truth for a text', { env: [{ name: 'A', value: true }] }, `${first}.env.0.value`),
  pod('text for a truth', { tty: 'true' }, `${first}.tty`),
  pod('object for a list', { args: { a: 'b' } }, `${first}.args`),
  pod('text for a list', { command: 'sleep' }, `${first}.command`),
  pod('list for an object', { securityContext: [] }, `${first}.securityContext`),
  pod('list for a quantity', { resources: { limits: { cpu: [] } } }, `${first}.resources.limits.cpu`),
  pod('no quantity', { resources: { limits: { memory: '512MB' } } }, `${first}.resources.limits.memory`),
  pod(
    'no quantity, with a space',
    { resources: { limits: { memory: '1 Gi' } } },
    `${first}.resources.limits.memory`,
  ),
  pod('value that is none of those allowed', { imagePullPolicy: 'always' }, `${first}.imagePullPolicy`),
  pod('required field missing', { env: [{ value: 'a' }] }, `${first}.env.0.name`),
  pod('required field null', { env: [{ name: null }] }, `${first}.env.0.name`),
  pod(
    'truth for a port',
    { livenessProbe: { httpGet: { port: true } } },
    `${first}.livenessProbe.httpGet.port`,
  ),
]

const deployment = ['apps/v1', 'Deployment'] as const
const configMap = ['v1', 'ConfigMap'] as const
const service = ['v1', 'Service'] as const
const role = ['rbac.authorization.k8s.io/v1', 'ClusterRole'] as const
const webhooks = ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'] as const
const template = { metadata: { labels }, spec: { containers: [container] } }
const webhook = {
  name: 'a.example.com',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { url: 'https://example.com/' },
}

const others: readonly SchemaCase[] = [
  object(deployment, 'complete', { spec: { selector: { matchLabels: labels }, template } }),
  object(deployment, 'without selector', { spec: { template } }, 'spec.selector'),
  object(deployment, 'without template', { spec: { selector: { matchLabels: labels } } }, 'spec.template'),
  object(
    deployment,
    'misspelt field',
    { spec: { selector: { matchLabels: labels }, template, replica: 3 } },
    'spec.replica',
  ),
  object(
    deployment,
    'number among labels',
    {
      metadata: { name: 'one', labels: { version: 1 } },
      spec: { selector: { matchLabels: labels }, template },
    },
    'metadata.labels.version',
  ),
  object(configMap, 'empty', {}),
  object(configMap, 'null data', { data: null }),
  object(configMap, 'null among data', { data: { a: null } }),
  object(configMap, 'number among data', { data: { a: 1 } }, 'data.a'),
  object(configMap, 'object among data', { data: { a: { b: 'c' } } }, 'data.a'),
  object(configMap, 'base64', { binaryData: { a: 'YQ==' } }),
  object(configMap, 'no base64', { binaryData: { a: 'not base64!' } }, 'binaryData.a'),
  object(service, 'complete', { spec: { ports: [{ port: 80, targetPort: 'http' }] } }),
  object(service, 'unknown type', { spec: { type: 'Loadbalancer', ports: [{ port: 80 }] } }, 'spec.type'),
  object(service, 'port without number', { spec: { ports: [{ name: 'http' }] } }, 'spec.ports.0.port'),
  object(role, 'without rules', {}),
  object(role, 'null rules', { rules: null }),
  object(
    role,
    'unknown field',
    { rules: [{ apiGroup: [''], resources: ['pods'], verbs: ['get'] }] },
    'rules.0.apiGroup',
  ),
  object(['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'], 'without apiGroup', {
    roleRef: { kind: 'ClusterRole', name: 'view' },
  }),
  object(
    ['networking.k8s.io/v1', 'Ingress'],
    'without pathType',
    {
      spec: {
        rules: [
          { http: { paths: [{ path: '/', backend: { service: { name: 'a', port: { number: 80 } } } }] } },
        ],
      },
    },
    'spec.rules.0.http.paths.0.pathType',
  ),
  object(['networking.k8s.io/v1', 'NetworkPolicy'], 'without podSelector', {
    spec: { policyTypes: ['Ingress'] },
  }),
  object(
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    'unknown policy type',
    { spec: { podSelector: {}, policyTypes: ['ingress'] } },
    'spec.policyTypes.0',
  ),
  object(['apps/v1', 'StatefulSet'], 'without serviceName', {
    spec: { selector: { matchLabels: labels }, template },
  }),
  object(webhooks, 'complete', { webhooks: [webhook] }),
  object(
    webhooks,
    'unknown side effects',
    { webhooks: [{ ...webhook, sideEffects: 'No' }] },
    'webhooks.0.sideEffects',
  ),
  object(
    ['coordination.k8s.io/v1', 'Lease'],
    'no time',
    { spec: { acquireTime: 'yesterday' } },
    'spec.acquireTime',
  ),
]

/** A kind with something of everything that a schema may say. */
const text = { type: 'string' }
const integer = { type: 'integer' }
export const gadgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['must', 'nullable', 'defaulted'],
                properties: {
                  must: text,
                  nullable: { ...text, nullable: true },
                  defaulted: { ...text, default: 'x' },
                  choice: { ...text, enum: ['One', 'Two'] },
                  short: { ...text, maxLength: 3, pattern: '^[a-z]*$' },
                  size: { ...integer, minimum: 1, maximum: 9 },
                  ratio: { type: 'number', minimum: 0, exclusiveMinimum: true },
                  flag: { type: 'boolean' },
                  either: { 'x-kubernetes-int-or-string': true },
                  map: { type: 'object', additionalProperties: integer },
                  list: { type: 'array', items: text, minItems: 1 },
                  empty: { type: 'object' },
                  free: {
                    type: 'object',
                    'x-kubernetes-preserve-unknown-fields': true,
                    properties: { a: text },
                  },
                  set: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
                  keyed: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name', 'kind'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: text, kind: { ...text, default: 'A' } },
                    },
                  },
                  embedded: {
                    type: 'object',
                    'x-kubernetes-embedded-resource': true,
                    'x-kubernetes-preserve-unknown-fields': true,
                  },
                  one: {
                    type: 'object',
                    properties: { a: text, b: text },
                    oneOf: [{ required: ['a'] }, { required: ['b'] }],
                  },
                  not: { type: 'object', properties: { a: text }, not: { required: ['a'] } },
                },
              },
            },
          },
        },
      },
    ],
  },
} satisfies TestObject

function gadget(title: string, more: object, ...faults: readonly string[]): SchemaCase {
  const places = faults.map((place) => `spec.${place}`)
  return object(
    ['example.com/v1', 'Gadget'],
    title,
    { spec: { must: 'a', nullable: null, ...more } },
    ...places,
  )
}

const customs: readonly SchemaCase[] = [
  gadget('complete', {
    ...{
      choice: 'One',
      short: 'abc',
      size: 9,
      ratio: 0.5,
      flag: true,
      either: 'x',
      map: { a: 1 },
      list: ['a'],
    },
    ...{
      empty: {},
      free: { a: 'x', b: 1 },
      set: ['a', 'b'],
      keyed: [{ name: 'a' }, { name: 'a', kind: 'B' }],
    },
    ...{ embedded: { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, a: 1 }, one: { a: 'x' }, not: {} },
  }),
  gadget('nulls', {
    defaulted: null,
    choice: null,
    size: null,
    map: { a: null },
    list: null,
    free: null,
    either: null,
  }),
  gadget('null among texts', { list: [null] }, 'list.0'),
  gadget('required field missing', { must: undefined }, 'must'),
  gadget('required field null', { must: null }, 'must'),
  gadget('required field that may be null missing', { nullable: undefined }, 'nullable'),
  gadget('unknown field', { sise: 1 }, 'sise'),
  gadget('field of an object without fields', { empty: { a: 1 } }, 'empty.a'),
  gadget('wrong type of a known field of a free object', { free: { a: 1 } }, 'free.a'),
  gadget('value that is none of those allowed', { choice: 'one' }, 'choice'),
  gadget('long text', { short: 'abcd' }, 'short'),
  gadget('text that does not match', { short: 'A' }, 'short'),
  gadget('small number', { size: 0 }, 'size'),
  gadget('large number', { size: 10 }, 'size'),
  gadget('broken number', { size: 1.5 }, 'size'),
  gadget('excluded bound', { ratio: 0 }, 'ratio'),
  gadget('text for a truth', { flag: 'true' }, 'flag'),
  gadget('truth for either', { either: true }, 'either'),
  gadget('broken number for either', { either: 1.5 }, 'either'),
  gadget('text among numbers', { map: { a: 'x' } }, 'map.a'),
  gadget('empty list', { list: [] }, 'list'),
  gadget('twins in a set', { set: ['a', 'b', 'a'] }, 'set.2'),
  gadget('twins by their keys', { keyed: [{ name: 'a' }, { name: 'a', kind: 'A' }] }, 'keyed.1'),
  gadget('object without a kind', { embedded: { apiVersion: 'v1' } }, 'embedded.kind'),
  gadget(
    'unknown metadata',
    { embedded: { apiVersion: 'v1', kind: 'X', metadata: { nme: 'x' } } },
    'embedded.metadata.nme',
  ),
  gadget('neither form', { one: {} }, 'one'),
  gadget('both forms', { one: { a: 'x', b: 'x' } }, 'one'),
  gadget('what may not be', { not: { a: 'x' } }, 'not'),
]

export const schemaCases: readonly SchemaCase[] = [...pods, ...others, ...customs]

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { parseFiles, yaml } from '../reading.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const parse = (text: string) => parseFiles(engine, { 'a.yaml': text })
const lib = (kind: string, spec: string, version = 'v1beta1') =>
  `apiVersion: lib.projectsveltos.io/${version}\nkind: ${kind}\nmetadata: { name: x }\nspec: ${spec}\n`

describe('kinds that are checked and not evaluated yet', () => {
  const selector =
    '{ group: "", version: v1, kind: Service, selector: { matchLabels: { a: b } }, labelFilters: [{ key: k, operation: Equal, value: v }] }'

  test.each([
    [
      'HealthCheck',
      `{ resourceSelectors: [${selector}], evaluateHealth: f }`,
      'note[intent/health-check-unused]: HealthCheck x is judged in no cluster: no ClusterHealthCheck names it',
    ],
    [
      'ClusterHealthCheck',
      '{ clusterSelector: { matchLabels: { a: b } }, livenessChecks: [{ name: l, type: Addons }], notifications: [{ name: s, type: Slack }] }',
      'note[intent/notifications-not-sent]: ClusterHealthCheck x is evaluated, but nobody is notified: s',
    ],
    [
      'RoleRequest',
      '{ clusterSelector: { matchLabels: { a: b } }, serviceAccountName: s, serviceAccountNamespace: t, roleRefs: [{ kind: ConfigMap, namespace: x, name: r }] }',
      'warning[intent/not-enforced]: RoleRequest `x` is not enforced',
    ],
  ])('%s', async (kind, spec, note) => {
    const { printed, codes } = await parse(lib(kind, spec))
    expect(codes).toHaveLength(1)
    expect(printed).toContain(note)
  })

  test('a ClusterPromotion keeps its profile and stages', async () => {
    const { fleet, printed } = await parse(yaml`
      apiVersion: config.projectsveltos.io/v1beta1
      kind: ClusterPromotion
      metadata: { name: p }
      spec:
        profileSpec: { tier: 5, policyRefs: [{ kind: ConfigMap, namespace: default, name: x }] }
        stages:
        - { name: qa, clusterSelector: { matchLabels: { env: qa } }, trigger: { auto: { delay: 1h, promotionWindow: { from: a, to: b } } } }
        - { name: prod, clusterSelector: { matchLabels: { env: prod } }, trigger: { manual: { approved: true } } }
    `)
    expect(printed).toContain(
      'a.yaml:6:3: warning[intent/not-staged]: ClusterPromotion p and its 2 stages are checked but not rolled out',
    )
    expect(fleet.promotions[0]).toMatchObject({
      profileSpec: { tier: 5, policyRefs: [{ name: 'x' }] },
      stages: [{ name: 'qa' }, { name: 'prod', clusterSelector: { matchLabels: { env: 'prod' } } }],
    })
  })

  test.each([
    [
      'HealthCheck',
      '{ resourceSelectors: [{ group: "", version: v1, kind: Pod }] }',
      'HealthCheck x lacks `spec.evaluateHealth`',
    ],
    [
      'RoleRequest',
      '{ clusterSelector: { matchLabels: { a: b } } }',
      'RoleRequest x lacks `spec.serviceAccountName`',
    ],
  ])('%s %s is an error', async (kind, spec, message) => {
    const { printed, diagnostics } = await parse(lib(kind, spec))
    expect(printed).toContain(message)
    expect(diagnostics.some(({ severity, holds }) => severity === 'error' && holds === 'all')).toBe(true)
  })

  test('stages must differ in name, and a trigger is manual or auto', async () => {
    const { printed } = await parse(
      'apiVersion: config.projectsveltos.io/v1beta1\nkind: ClusterPromotion\nmetadata: { name: p }\nspec: { profileSpec: {}, stages: [{ name: a, trigger: {} }, { name: a }] }\n',
    )
    expect(printed).toContain(
      'error[intent/repeated-entry]: the stage `a` is there twice in ClusterPromotion p',
    )
    expect(printed).toContain(
      'error[intent/bad-value]: `spec.stages[0].trigger` must have exactly one of `manual` and `auto`',
    )
  })
})

describe('old spellings', () => {
  test('flat EventSource and EventBasedAddOn, as published in 2023', async () => {
    const { fleet, codes, diagnostics } = await parse(yaml`
      apiVersion: lib.projectsveltos.io/v1alpha1
      kind: EventSource
      metadata: { name: services }
      spec:
        collectResources: true
        group: ""
        version: v1
        kind: Service
        labelFilters: [{ key: a, operation: Equal, value: b }]
        script: s
      ---
      apiVersion: lib.projectsveltos.io/v1alpha1
      kind: EventBasedAddOn
      metadata: { name: addon }
      spec:
        clusterSelector: env=prod
        destinationClusterSelector: dep=eng
        eventSourceName: services
        oneForEvent: true
        policyRefs: [{ kind: ConfigMap, namespace: default, name: x }]
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: x, namespace: default }
      data: { a: "{{ .Resource.metadata.name }}" }
    `)
    expect(new Set(codes)).toEqual(new Set(['intent/deprecated-version', 'intent/deprecated-field']))
    expect(diagnostics.every(({ severity }) => severity === 'note')).toBe(true)
    expect(fleet.eventSources[0]?.resourceSelectors).toEqual([
      {
        group: '',
        version: 'v1',
        kind: 'Service',
        namespace: '',
        name: '',
        labelFilters: [{ key: 'a', operation: 'Equal', value: 'b' }],
        evaluateCEL: [],
        evaluate: 's',
      },
    ])
    expect(fleet.eventTriggers[0]).toMatchObject({
      kind: 'EventTrigger',
      sourceClusterSelector: { matchLabels: { env: 'prod' } },
      destinationClusterSelector: { matchLabels: { dep: 'eng' } },
      oneForEvent: true,
      instantiatesAll: true,
      profileSpec: { tier: 100, policyRefs: [{ name: 'x' }] },
    })
  })

  test.each([
    [
      'HealthCheck',
      '{ group: apps, version: v1, kind: Deployment, script: judge }',
      {
        evaluateHealth: 'judge',
        judgesEach: true,
        resourceSelectors: [{ group: 'apps', kind: 'Deployment', evaluate: '' }],
      },
    ],
    [
      'RoleRequest',
      '{ clusterSelector: env=prod, admin: eng, roleRefs: [] }',
      { clusterSelector: { matchLabels: { env: 'prod' } }, spec: { serviceAccountName: 'eng' } },
    ],
    [
      'Classifier',
      '{ classifierLabels: [], deployedResourceConstraints: [{ group: "", version: v1, kind: Pod, minCount: 1, fieldFilters: [{ field: f, operation: Equal, value: v }] }] }',
      { countConstraints: [{ minCount: 1, fieldFilters: [{ field: 'f', operation: 'Equal', value: 'v' }] }] },
    ],
  ])('%s %s', async (kind, spec, expected) => {
    const { fleet, diagnostics } = await parse(lib(kind, spec, 'v1alpha1'))
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(diagnostics.some(({ code }) => code === 'intent/deprecated-field')).toBe(true)
    expect([...fleet.healthChecks, ...fleet.roleRequests, ...fleet.classifiers][0]).toMatchObject(expected)
  })

  test('an old spelling under v1beta1 is a warning', async () => {
    const { printed } = await parse(
      lib('RoleRequest', '{ admin: eng, clusterSelector: { matchLabels: { a: b } } }'),
    )
    expect(printed).toContain(
      'warning[intent/deprecated-field]: `spec.admin` is an old spelling that lib.projectsveltos.io/v1beta1 does not have',
    )
  })
})

describe('headers', () => {
  test.each([
    [
      'apiVersion: config.projectsveltos.io/v1beta11\nkind: ClusterProfile\n',
      'error[intent/unknown-version]: there is no ClusterProfile in `config.projectsveltos.io/v1beta11`',
    ],
    [
      'apiVersion: lib.projectsveltos.io/v1beta1\nkind: ClusterProfile\n',
      'did you mean `config.projectsveltos.io/v1beta1`?',
    ],
    [
      'apiVersion: config.projectsveltos.io/v1alpha1\nkind: ClusterPromotion\n',
      'error[intent/unknown-version]',
    ],
    [
      'apiVersion: config.projectsveltos.io/v1beta1\nkind: ClusterProfil\n',
      'error[intent/unknown-kind]: `config.projectsveltos.io/v1beta1` has no kind `ClusterProfil`; the object is not intent',
    ],
    [
      'apiVersion: lib.projectsveltos.io/v1alpha1\nkind: AddonCompliance\nmetadata: { name: a }\n',
      'note[intent/removed-kind]: AddonCompliance a is ignored: it was removed from Sveltos in v0.22',
    ],
    [
      'apiVersion: config.projectsveltos.io/v1beta1\nmetadata: { name: a }\n',
      'error[intent/missing-field]: object a lacks `kind`',
    ],
    [
      'kind: ClusterProfile\nmetadata: { name: a }\n',
      'hint: add `apiVersion: config.projectsveltos.io/v1beta1`',
    ],
    [
      'apiVersion: config.projectsveltos.io/v1beta1\nkind: ClusterProfile\nmetadata: { name: 007 }\n',
      '`metadata.name` is a whole number, but must be text',
    ],
    [
      'apiVersion: config.projectsveltos.io/v1beta1\nkind: ClusterProfile\nmetadata: { generateName: a- }\n',
      'ClusterProfile lacks `metadata.name`',
    ],
  ])('%s', async (text, message) => {
    expect((await parse(text)).printed).toContain(message)
  })
})

describe('names', () => {
  test('a placeholder of another tool makes an object a template, which is left out', async () => {
    const { fleet, printed } = await parse(
      'apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: { name: "${CLUSTER_NAME}" }\n',
    )
    expect(fleet.clusters).toEqual([])
    expect(printed).toContain(
      'a.yaml:3:19: warning[intent/placeholder-name]: Cluster ${CLUSTER_NAME} is left out: its name is a placeholder',
    )
  })

  test.each([
    ['{ name: My_App }', '`metadata.name` is `My_App`, which Kubernetes refuses'],
    ['{ name: ok, namespace: "a b" }', '`metadata.namespace` is `a b`, which Kubernetes refuses'],
  ])('%s is refused', async (metadata, message) => {
    const { printed } = await parse(
      `apiVersion: config.projectsveltos.io/v1beta1\nkind: Profile\nmetadata: ${metadata}\nspec: { clusterSelector: { matchLabels: { a: b } } }\n`,
    )
    expect(printed).toContain(`error[intent/bad-value]: ${message}`)
  })

  test('an object without a spec does nothing, as the API server sees it', async () => {
    const { codes, diagnostics } = await parse(lib('EventTrigger', ''))
    expect(codes).toEqual(['intent/empty-spec'])
    expect(diagnostics[0]?.severity).toBe('warning')
    expect((await parse(lib('ClusterHealthCheck', ''))).codes).toEqual(['intent/empty-spec'])
  })
})

describe('events', () => {
  const trigger = lib(
    'EventTrigger',
    '{ sourceClusterSelector: { matchLabels: { a: b } }, eventSourceName: services, policyRefs: [{ kind: ConfigMap, namespace: default, name: x }] }',
  )
  const source = (collect: boolean) =>
    lib(
      'EventSource',
      `{ resourceSelectors: [{ group: "", version: v1, kind: Service }], collectResources: ${collect} }`,
    ).replace('name: x', 'name: services')
  const content =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, namespace: default, annotations: { projectsveltos.io/instantiate: ok } }\ndata: { a: "{{ .Resource.metadata.name }}" }\n'
  const codesOf = async (...texts: string[]) => (await parse(texts.join('---\n'))).codes

  test('a trigger that uses .Resource needs a source that collects', async () => {
    expect(await codesOf(trigger, source(false), content)).toEqual(['intent/event-without-resource'])
    expect(await codesOf(trigger, source(true), content)).toEqual([])
    expect(
      await codesOf(
        trigger,
        source(false),
        content.replace('.Resource.metadata.name', '.MatchingResource.Name'),
      ),
    ).toEqual([])
  })

  test('a source that is not there is named with the nearest one', async () => {
    const { printed } = await parse(`${trigger.replace('services,', 'service,')}---\n${source(true)}`)
    expect(printed).toContain(
      'warning[intent/event-source-unknown]: EventTrigger x listens to EventSource `service`, which the repository does not have',
    )
    expect(printed).toContain('did you mean `services`?')
    expect(await codesOf(trigger.replace('services,', '"{{ .Cluster.metadata.name }}",'))).toEqual([])
  })

  test.each([
    [
      'EventSource',
      '{ resourceSelectors: [{ version: v1, kind: Service }] }',
      'EventSource x lacks `spec.resourceSelectors[0].group`',
    ],
    [
      'EventSource',
      '{ messagingMatchCriteria: [{ cloudEventType: "user.(login" }] }',
      'error[intent/bad-value]: `spec.messagingMatchCriteria[0].cloudEventType` is `user.(login`, which is no regular expression: error parsing regexp: missing closing ): `user.(login`',
    ],
    ['EventTrigger', '{ eventSourceName: services }', 'EventTrigger x lacks `spec.sourceClusterSelector`'],
  ])('%s %s keeps what its events have deployed', async (kind, spec, message) => {
    const { printed, fleet, diagnostics } = await parse(lib(kind, spec))
    expect(printed).toContain(message)
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([{ holds: 'unit' }])
    expect([...fleet.eventSources, ...fleet.eventTriggers]).toMatchObject([{ faulty: true }])
  })

  test('every field of a trigger and its source is kept as written', async () => {
    const { fleet, codes } = await parse(
      lib(
        'EventTrigger',
        `{ sourceClusterSelector: {}, clusterSetRefs: [edge],
          destinationCluster: { apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, namespace: mgmt, name: "{{ .Resource.metadata.name }}" },
          eventSourceName: services, profileNameFormat: "p-{{ .MatchingResource.Name }}", cloudEventAction: Delete,
          configMapGenerator: [{ name: g, namespace: default, nameFormat: "{{ .Cluster.metadata.name }}-g" }],
          secretGenerator: [{ name: s, nameFormat: s, optional: true }] }`,
      ),
    )
    expect(codes).toEqual(['intent/set-unknown', 'intent/event-source-unknown'])
    expect(fleet.eventTriggers[0]).toMatchObject({
      clusterSetRefs: ['edge'],
      destinationCluster: {
        kind: 'SveltosCluster',
        namespace: 'mgmt',
        name: '{{ .Resource.metadata.name }}',
      },
      profileNameFormat: 'p-{{ .MatchingResource.Name }}',
      configMapGenerator: [
        { name: 'g', namespace: 'default', nameFormat: '{{ .Cluster.metadata.name }}-g', optional: false },
      ],
      secretGenerator: [{ name: 's', namespace: '', nameFormat: 's', optional: true }],
      cloudEventAction: 'Delete',
      instantiatesAll: false,
    })
    const sources = await parse(
      lib('EventSource', '{ messagingMatchCriteria: [{ subject: "user-.*" }], aggregatedSelection: f }'),
    )
    expect(sources.fleet.eventSources[0]).toMatchObject({
      messagingMatchCriteria: [
        { subject: 'user-.*', cloudEventSource: '', cloudEventType: '', cloudEventSubject: '' },
      ],
      aggregatedSelection: 'f',
    })
  })

  test('a trigger whose selector is empty and that names no set has no source', async () => {
    const { printed } = await parse(lib('EventTrigger', '{ sourceClusterSelector: {}, eventSourceName: x }'))
    expect(printed).toContain(
      'warning[intent/selects-nothing]: EventTrigger x selects no cluster: its sourceClusterSelector is empty',
    )
  })

  test('what a generator fills in needs no annotation', async () => {
    const generating = trigger.replace(
      'policyRefs:',
      'configMapGenerator: [{ namespace: default, name: made, nameFormat: made }], policyRefs:',
    )
    const plain = content
      .replace('name: x', 'name: made')
      .replace(', annotations: { projectsveltos.io/instantiate: ok }', '')
    expect(await codesOf(generating, source(true), content, plain)).toEqual([])
    expect(await codesOf(generating, source(false), content.replace('.Resource', '.Cluster'), plain)).toEqual(
      ['intent/event-without-resource'],
    )
  })

  test('content of a trigger may be instantiated instead of rendered', async () => {
    const plain = content.replace('{ projectsveltos.io/instantiate: ok }', '{}')
    expect(await codesOf(trigger, source(true), plain)).toEqual(['intent/template-not-rendered'])
  })
})

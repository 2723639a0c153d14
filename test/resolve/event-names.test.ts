import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { clusterProfile } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import {
  compileEvents,
  content,
  heldOf,
  planOf,
  profilesOf,
  refersTo,
  service,
  services,
  textsOf,
  trigger,
  type Seen,
} from './event-fleet.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const compile = (documents: readonly string[], seen?: Seen) => compileEvents(engine, documents, seen)
const [web, api] = [service('web'), service('api')]
const plain = content('plain', { text: 'x' }, { annotations: {} })
const inA = 'EventTrigger/policy@edge/a'

describe('names of generated profiles', () => {
  const named = (profileNameFormat: string) => trigger({ profileNameFormat, policyRefs: [refersTo('plain')] })
  const namesOf = (plan: Parameters<typeof planOf>[0]) =>
    planOf(plan, 'edge/a').units.map(({ claim }) => claim.profile.name)

  test('follow from trigger, cluster and event, or from profileNameFormat', async () => {
    const deterministic = await compile([services(), trigger({ policyRefs: [refersTo('plain')] }), plain], {
      objects: [web],
    })
    expect(namesOf(deterministic.plan)).toEqual(['policy-web-18c539e226'])
    const written = await compile(
      [services(), named('dns-{{ .MatchingResource.Name }}-{{ .Cluster.metadata.name }}'), plain],
      { objects: [web] },
    )
    expect(namesOf(written.plan)).toEqual(['dns-web-a'])
  })

  test('two events of one name are said once, and are deployed both', async () => {
    const content2 = content('each', { text: '{{ .Resource.metadata.name }}' })
    const same = trigger({
      profileNameFormat: 'dns-{{ .Cluster.metadata.name }}',
      policyRefs: [refersTo('each')],
    })
    const { plan, said } = await compile([services(), same, content2], {
      objects: [web, api, service('third')],
    })
    expect(said.map(({ code, holds, message }) => [code, holds, message])).toEqual([
      [
        'resolve/generated-name-taken',
        'nothing',
        `${inA}#Service/default/third gives the name ClusterProfile dns-a, which ${inA}#Service/default/api has already`,
      ],
    ])
    expect(profilesOf(plan, 'edge/a')).toHaveLength(3)
  })

  test('a name that somebody wrote is taken', async () => {
    const profile = clusterProfile('dns-web', 'clusterSelector: { matchLabels: { role: hub } }')
    const { said } = await compile([services(), named('dns-{{ .MatchingResource.Name }}'), plain, profile], {
      objects: [web],
    })
    expect(said).toMatchObject([
      { code: 'resolve/generated-name-taken', related: [{ message: 'it has its name from here' }] },
    ])
  })

  test('a name that Kubernetes refuses holds its event', async () => {
    const { plan, said } = await compile([services(), named('{{ .MatchingResource.Kind }}'), plain], {
      objects: [web],
    })
    expect(said.map(({ code, message }) => [code, message])).toEqual([
      [
        'resolve/bad-generated-name',
        `${inA}#Service/default/web: the name \`Service\` is one that Kubernetes refuses`,
      ],
    ])
    expect(heldOf(plan)).toEqual({ [`${inA}#Service/default/web`]: 'error' })
  })

  test('another profile may depend on one that is generated', async () => {
    const dependant = clusterProfile(
      'app',
      'clusterSelector: { matchLabels: { role: edge } }\ndependsOn: [dns-web]\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: plain }]',
    )
    const each = content('each', { text: 'x' })
    const format = trigger({
      profileNameFormat: 'dns-{{ .MatchingResource.Name }}',
      policyRefs: [refersTo('each')],
    })
    const { plan } = await compile([services(), format, each, plain, dependant], { objects: [web] })
    const [dns, app] = planOf(plan, 'edge/a').units
    expect(app).toMatchObject({ name: 'policy-default-plain', dependsOn: [dns?.name] })
  })
})

describe('generators', () => {
  const source = content('token', { token: '{{ .Resource.metadata.name }}' }, { annotations: { a: 'b' } })
  const generating = (more: object = {}, generator: object = {}) =>
    trigger({
      configMapGenerator: [
        {
          ...{ namespace: 'default', name: 'token', nameFormat: '{{ .Cluster.metadata.name }}-token' },
          ...generator,
        },
      ],
      ...more,
    })
  const uses = content(
    'uses',
    { text: '{{ (getResource "Token").data.token }} {{ (getResource "Token").metadata.annotations.a }}' },
    { annotations: { 'projectsveltos.io/template': 'ok' } },
  )
  const templateResourceRefs = [
    {
      identifier: 'Token',
      resource: {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'projectsveltos' },
        name: '{{ .Cluster.metadata.name }}-token',
      },
    },
  ]

  test('fill in a copy without being asked, which the generated profile may use', async () => {
    const { plan, codes } = await compile(
      [services(), generating({ templateResourceRefs, policyRefs: [refersTo('uses')] }), source, uses],
      { objects: [web] },
    )
    expect(codes).toEqual([])
    const [unit] = planOf(plan, 'edge/a').units
    expect(unit?.kind === 'policy' && (JSON.parse(unit.templateData) as object)).toMatchObject({
      MgmtResources: {
        Token: {
          kind: 'ConfigMap',
          metadata: { name: 'a-token', namespace: 'projectsveltos', annotations: { a: 'b' } },
          data: { token: 'web' },
        },
      },
    })
  })

  test('and so may the references of the same trigger, and profiles that somebody wrote', async () => {
    const profile = clusterProfile(
      'reader',
      'clusterSelector: { matchLabels: { role: hub } }\npolicyRefs: [{ kind: ConfigMap, namespace: projectsveltos, name: a-token }]',
    )
    const { plan } = await compile(
      [
        services(),
        generating({
          policyRefs: [refersTo('{{ .Cluster.metadata.name }}-token', { namespace: 'projectsveltos' })],
        }),
        source,
        profile,
      ],
      { objects: [web] },
    )
    expect(textsOf(plan, 'edge/a')).toEqual([{ token: 'web' }])
    expect(textsOf(plan, 'fleet/hub')).toEqual([{ token: 'web' }])
  })

  test('two events that fill in one name differently: the first has it, what the other gave stays', async () => {
    const { plan, said } = await compile([services(), generating(), source], { objects: [web, api] })
    expect(said.map(({ code, message }) => [code, message])).toEqual([
      [
        'resolve/generated-name-taken',
        `${inA}#Service/default/web gives the name ConfigMap projectsveltos/a-token, which ${inA}#Service/default/api has already`,
      ],
    ])
    expect(heldOf(plan)).toEqual({ [`${inA}#Service/default/web`]: 'error' })
    expect(plan.events[0]?.profiles).toEqual([`${inA}#Service/default/api`])
  })

  test('the same copy twice is one', async () => {
    const same = content('token', { token: 'x' })
    expect((await compile([services(), generating(), same], { objects: [web, api] })).codes).toEqual([])
  })

  test('a missing source is left out where it is optional, and holds the event where not', async () => {
    const optional = await compile([services(), generating({}, { optional: true })], { objects: [web] })
    expect(optional.codes).toEqual([])
    const missing = await compile([services(), generating()], { objects: [web] })
    expect(missing.codes).toEqual(['resolve/reference-not-found'])
    expect(heldOf(missing.plan)).toEqual({ [`${inA}#Service/default/web`]: 'error' })
  })

  test('a name that Kubernetes refuses holds the event', async () => {
    const { codes } = await compile([services(), generating({}, { nameFormat: 'A_B' }), source], {
      objects: [web],
    })
    expect(codes).toEqual(['resolve/bad-generated-name'])
  })

  test('what a held trigger may have filled in before does not count as absent', async () => {
    const profile = clusterProfile(
      'reader',
      'clusterSelector: { matchLabels: { role: hub } }\npolicyRefs: [{ kind: ConfigMap, namespace: projectsveltos, name: a-token, optional: true }]',
    )
    const unknown = { '.fleetwright/facts/edge/a.json': { objects: [], asked: [] } }
    const { plan, codes } = await compile([services(), generating(), source, profile], { facts: unknown })
    expect(codes).toEqual(['resolve/events-not-observed', 'resolve/not-observed'])
    expect(planOf(plan, 'fleet/hub').units).toMatchObject([{ kind: 'unresolved' }])
  })
})

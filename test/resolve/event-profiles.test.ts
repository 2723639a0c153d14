import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import {
  compileEvents,
  content,
  heldOf,
  intent,
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
const web = service('web')
const api = service('api')
const name = content('name', { text: '{{ .Resource.metadata.name }} of {{ .Cluster.metadata.name }}' })

describe('what a trigger generates', () => {
  test('one profile for each event, for the cluster that saw it', async () => {
    const { plan, codes } = await compile([services(), trigger({ policyRefs: [refersTo('name')] }), name], {
      objects: [web, api],
    })
    expect(codes).toEqual([])
    expect(profilesOf(plan, 'edge/a')).toEqual([
      'EventTrigger/policy@edge/a#Service/default/api',
      'EventTrigger/policy@edge/a#Service/default/web',
    ])
    expect(textsOf(plan, 'edge/a')).toEqual([{ text: 'api of a' }, { text: 'web of a' }])
    expect(planOf(plan, 'fleet/hub').units).toEqual([])
    expect(plan.events).toMatchObject([
      {
        trigger: 'EventTrigger/policy',
        source: 'EventSource/services',
        cluster: 'edge/a',
        objects: ['Service default/api', 'Service default/web'],
        profiles: [
          'EventTrigger/policy@edge/a#Service/default/api',
          'EventTrigger/policy@edge/a#Service/default/web',
        ],
      },
    ])
  })

  test('one profile for all events, with lists; none when there is no event', async () => {
    const list = content('list', {
      text: '{{ range .Resources }}{{ .metadata.name }} {{ end }}{{ len .MatchingResources }} {{ (index .MatchingResources 0).Name }}',
    })
    const documents = [services(), trigger({ oneForEvent: false, policyRefs: [refersTo('list')] }), list]
    const some = await compile(documents, { objects: [web, api] })
    expect(profilesOf(some.plan, 'edge/a')).toEqual(['EventTrigger/policy@edge/a'])
    expect(textsOf(some.plan, 'edge/a')).toEqual([{ text: 'api web 2 api' }])
    const none = await compile(documents)
    expect(profilesOf(none.plan, 'edge/a')).toEqual([])
    expect(none.plan.events).toMatchObject([{ cluster: 'edge/a', objects: [], profiles: [] }])
  })

  test('what is left of templates is filled in with the cluster that it goes to', async () => {
    const twice = content(
      'twice',
      { text: 'from {{ .Cluster.metadata.name }} to {{ "{{ .Cluster.metadata.name }}" }}' },
      { annotations: { 'projectsveltos.io/instantiate': 'ok', 'projectsveltos.io/template': 'ok' } },
    )
    const { plan } = await compile(
      [
        services(),
        trigger({
          destinationClusterSelector: { matchLabels: { role: 'hub' } },
          policyRefs: [refersTo('twice')],
          helmCharts: [
            {
              repositoryURL: './charts/dns',
              chartName: 'dns',
              releaseName: '{{ .MatchingResource.Name }}-{{ "{{ .Cluster.metadata.name }}" }}',
              releaseNamespace: 'dns-{{ .Cluster.metadata.namespace }}',
              values: 'source: {{ .Cluster.metadata.name }}\ntarget: {{ "{{ .Cluster.metadata.name }}" }}\n',
            },
          ],
        }),
        twice,
      ],
      { objects: [web] },
    )
    expect(profilesOf(plan, 'edge/a')).toEqual([])
    expect(planOf(plan, 'fleet/hub').units).toMatchObject([
      {
        kind: 'helm',
        release: { name: 'web-hub', namespace: 'dns-edge' },
        values: 'source: a\ntarget: hub\n',
      },
      {
        kind: 'policy',
        instantiate: 'template',
        content: { texts: [{ text: 'from a to {{ .Cluster.metadata.name }}' }] },
      },
    ])
  })

  test('a destination may be named by the event', async () => {
    const { plan } = await compile(
      [
        services(),
        trigger({
          destinationCluster: {
            apiVersion: 'lib.projectsveltos.io/v1beta1',
            kind: 'SveltosCluster',
            namespace: 'fleet',
            name: '{{ .Resource.metadata.annotations.to }}',
          },
          policyRefs: [refersTo('name')],
        }),
        name,
      ],
      {
        objects: [service('web', { metadata: { name: 'web', namespace: 'x', annotations: { to: 'hub' } } })],
      },
    )
    expect(profilesOf(plan, 'fleet/hub')).toEqual(['EventTrigger/policy@edge/a#Service/x/web'])
  })

  test('references keep what Sveltos loses of them, and their order', async () => {
    const plain = content('plain', { text: 'x' }, { annotations: {} })
    const { plan } = await compile(
      [
        services(),
        trigger({
          tier: 7,
          policyRefs: [
            refersTo('plain', { deploymentType: 'Local', skipNamespaceCreation: true, tier: 3, force: true }),
            refersTo('gone', { optional: true }),
          ],
        }),
        plain,
      ],
      { objects: [web] },
    )
    const [unit] = planOf(plan, 'edge/a').units
    expect(unit).toMatchObject({
      name: 'policy-default-plain-local',
      deploymentType: 'Local',
      createNamespaces: false,
      claim: {
        tier: 7,
        referenceTier: 3,
        profile: { spec: { policyRefs: [{ force: true }, { optional: true }] } },
      },
    })
    expect(planOf(plan, 'edge/a').units).toHaveLength(1)
  })

  test('values, kustomizations and patches are filled in like policies', async () => {
    const patch = content('patch', {
      text: 'patch: "{{ .Resource.metadata.name }}"\ntarget: { kind: Deployment }',
    })
    const { plan, codes } = await compile(
      [
        services(),
        trigger({
          helmCharts: [
            {
              ...{ repositoryURL: './charts/dns', chartName: 'dns', releaseName: 'r', releaseNamespace: 'n' },
              valuesFrom: [refersTo('values')],
            },
          ],
          kustomizationRefs: [
            {
              path: 'apps/{{ .Resource.metadata.name }}',
              targetNamespace: '{{ .Resource.metadata.namespace }}',
              values: { name: '{{ .Resource.metadata.name }}' },
              valuesFrom: [refersTo('values')],
            },
          ],
          patchesFrom: [refersTo('patch')],
        }),
        content('values', { host: '{{ .Resource.metadata.name }}.example.com' }),
        patch,
      ],
      { objects: [web] },
    )
    expect(codes).toEqual([])
    const patches = [{ patch: 'web', target: { kind: 'Deployment' } }]
    expect(planOf(plan, 'edge/a').units).toMatchObject([
      { kind: 'helm', values: 'web.example.com', finish: { patches } },
      {
        kind: 'kustomize',
        path: 'apps/web',
        values: { name: 'web', host: 'web.example.com' },
        finish: { patches, targetNamespace: 'default' },
      },
    ])
  })

  test('a Secret that is filled in stays a Secret; what a cluster’s Secret holds is not shown', async () => {
    const type = 'addons.projectsveltos.io/cluster-profile'
    const secret = content('s', { text: 'password: {{ .Resource.data.password }}' }, { kind: 'Secret', type })
    const seen = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace: 'x' },
      data: { password: 'aHVudGVyMg==' },
    }
    const source = services({ resourceSelectors: [{ group: '', version: 'v1', kind: 'Secret' }] })
    const { plan } = await compile(
      [source, trigger({ policyRefs: [refersTo('s', { kind: 'Secret' })] }), secret],
      { objects: [seen] },
    )
    const [texts = {}] = textsOf(plan, 'edge/a')
    expect(texts['text']).toMatch(/^password: /)
    const token = /^password: (.*)$/.exec(texts['text'] ?? '')?.[1] ?? ''
    expect(Buffer.from(token, 'base64').toString()).toBe('⟦secret-value x/db password⟧')
  })

  test('a Secret of another type gives nothing', async () => {
    const secret = content('s', { text: 'x' }, { kind: 'Secret', type: 'Opaque' })
    const { plan, codes } = await compile(
      [services(), trigger({ policyRefs: [refersTo('s', { kind: 'Secret' })] }), secret],
      { objects: [web] },
    )
    expect(codes).toEqual(['resolve/unsupported-secret-type'])
    expect(heldOf(plan)).toEqual({ 'EventTrigger/policy@edge/a#Service/default/web': 'error' })
  })

  test('objects of one kind and name in two groups are two events', async () => {
    const source = services({
      resourceSelectors: [
        { group: '', version: 'v1', kind: 'Service' },
        { group: 'serving.knative.dev', version: 'v1', kind: 'Service' },
      ],
    })
    const { plan } = await compile([source, trigger({ policyRefs: [refersTo('name')] }), name], {
      objects: [web, { ...web, apiVersion: 'serving.knative.dev/v1' }, api],
    })
    expect(profilesOf(plan, 'edge/a')).toEqual([
      'EventTrigger/policy@edge/a#Service/default/api',
      'EventTrigger/policy@edge/a#Service/default/web',
      'EventTrigger/policy@edge/a#Service.serving.knative.dev/default/web',
    ])
  })

  test('without collectResources only names are asked for, and templates see no more', async () => {
    const source = services({ collectResources: false })
    const short = content('short', { text: '{{ .MatchingResource.Kind }} {{ .MatchingResource.Name }}' })
    const { plan } = await compile([source, trigger({ policyRefs: [refersTo('short')] }), short], {
      objects: [web],
    })
    expect(textsOf(plan, 'edge/a')).toEqual([{ text: 'Service web' }])
    expect(plan.needs.find(({ cluster }) => cluster === 'edge/a')?.query.keep).toBe('identity')
    const { codes } = await compile([source, trigger({ policyRefs: [refersTo('name')] }), name], {
      objects: [web],
    })
    expect(codes).toEqual(['resolve/event-content-failed'])
  })

  test('the order of files and of facts shows nowhere', async () => {
    const documents = [services(), trigger({ policyRefs: [refersTo('name')] }), name]
    const [one, other] = [
      await compile(documents, { objects: [web, api] }),
      await compile([...documents].reverse(), { objects: [api, web] }),
    ]
    expect(textsOf(other.plan, 'edge/a')).toEqual(textsOf(one.plan, 'edge/a'))
    expect(planOf(other.plan, 'edge/a').units.map((unit) => unit.name)).toEqual(
      planOf(one.plan, 'edge/a').units.map((unit) => unit.name),
    )
  })
})

describe('which clusters and events count', () => {
  test('members of a ClusterSet are sources, beside those that the selector takes', async () => {
    const set = intent('ClusterSet', 'hubs', {
      clusterSelector: { matchLabels: { role: 'hub' } },
      maxReplicas: 1,
    })
    const { plan } = await compile(
      [services(), trigger({ clusterSetRefs: ['hubs'], policyRefs: [refersTo('name')] }), name, set],
      { objects: [web], facts: { '.fleetwright/facts/fleet/hub.json': { objects: [api] } } },
    )
    expect(plan.events.map(({ cluster, objects }) => [cluster, objects])).toEqual([
      ['edge/a', ['Service default/web']],
      ['fleet/hub', ['Service default/api']],
    ])
  })

  test('labels that a classifier gives make a cluster a source', async () => {
    const classifier = intent('Classifier', 'new', {
      classifierLabels: [{ key: 'role', value: 'edge' }],
      kubernetesVersionConstraints: [{ comparison: 'GreaterThanOrEqualTo', version: '1.33.0' }],
    })
    const { plan } = await compile(
      [services(), trigger({ policyRefs: [refersTo('name')] }), name, classifier],
      {
        facts: { '.fleetwright/facts/fleet/hub.json': { version: 'v1.33.1', objects: [web] } },
      },
    )
    expect(profilesOf(plan, 'fleet/hub')).toEqual(['EventTrigger/policy@fleet/hub#Service/default/web'])
  })

  test('the name of the event source may follow from the cluster', async () => {
    const { plan } = await compile(
      [
        services(),
        trigger({
          eventSourceName: '{{ if eq .ClusterName "a" }}services{{ end }}',
          policyRefs: [refersTo('name')],
        }),
        name,
      ],
      { objects: [web] },
    )
    expect(plan.events[0]?.source).toBe('EventSource/services')
    expect(profilesOf(plan, 'edge/a')).toHaveLength(1)
  })

  test('objects that two selectors find are one event; a script chooses among all, and may change them', async () => {
    const selector = { group: '', version: 'v1', kind: 'Service' }
    const script = `function evaluate()
      local chosen = {}
      for _, resource in ipairs(resources) do
        if resource.metadata.name == "web" then table.insert(chosen, resource) end
        if resource.metadata.name == "api" then
          resource.metadata.labels = { exported = "yes" }
          table.insert(chosen, resource)
        end
      end
      return { resources = chosen }
    end`
    const source = services({
      resourceSelectors: [selector, { ...selector, name: 'web' }],
      aggregatedSelection: script,
    })
    const whole = content('whole', { text: '{{ toJson .Resource }}' })
    const { plan } = await compile([source, trigger({ policyRefs: [refersTo('whole')] }), whole], {
      objects: [service('web', { spec: { ports: [], n: null } }), api, service('other')],
    })
    expect(textsOf(plan, 'edge/a').map(({ text = '' }) => JSON.parse(text) as object)).toEqual([
      {
        ...{ apiVersion: 'v1', kind: 'Service', spec: {} },
        metadata: { name: 'api', namespace: 'default', labels: { exported: 'yes' } },
      },
      // What Lua cannot say stays as it was: an empty list, null.
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'default' },
        spec: { ports: [], n: null },
      },
    ])
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { positionOf } from '../../src/diagnostics/position.ts'
import type { Engine } from '../../src/engine/types.ts'
import { compileFiles, sveltosCluster } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import {
  clusters,
  compileEvents,
  content,
  heldOf,
  intent,
  profilesOf,
  refersTo,
  service,
  services,
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
const name = content('name', { text: '{{ .Resource.metadata.name }}' })
const policy = trigger({ policyRefs: [refersTo('name')] })
const inA = 'EventTrigger/policy@edge/a'

/** The same with another document in place of the source cluster. */
async function compileWith(
  cluster: string,
  documents: readonly string[],
  facts: Readonly<Record<string, unknown>>,
) {
  const [, hub = ''] = clusters
  const { plan, diagnostics } = await compileFiles(
    engine,
    { 'fleet.yaml': [cluster, hub, ...documents].join('---\n') },
    { until: 'plan', facts },
  )
  if (plan === undefined) throw new Error('there is no plan')
  return { plan, codes: diagnostics.map(({ code }) => code).filter((code) => code.startsWith('resolve/')) }
}

describe('what cannot be told stays', () => {
  test('facts that do not tell of the objects hold the trigger in that cluster, with the reason', async () => {
    const { plan, said } = await compile([services(), policy, name], {
      facts: { '.fleetwright/facts/edge/a.json': { objects: [], asked: [] } },
    })
    expect(said).toMatchObject([
      {
        code: 'resolve/events-not-observed',
        holds: 'unit',
        message: 'EventSource/services cannot be evaluated in edge/a: the facts do not tell of Service (v1)',
        subject: { cluster: 'edge/a' },
      },
    ])
    expect(heldOf(plan)).toEqual({ [inA]: 'facts-missing' })
    expect(heldOf(plan, 'edge/a')).toEqual({ [inA]: 'facts-missing' })
    expect(plan.events).toMatchObject([{ cluster: 'edge/a', objects: [], hold: { reason: 'facts-missing' } }])
  })

  test('two triggers that listen to one source say so once', async () => {
    const other = policy.replace('"name":"policy"', '"name":"other"')
    const { plan, codes } = await compile([services(), policy, other, name], {
      facts: { '.fleetwright/facts/edge/a.json': { objects: [], asked: [] } },
    })
    expect(codes).toEqual(['resolve/events-not-observed'])
    expect(Object.keys(heldOf(plan))).toEqual(['EventTrigger/other@edge/a', inA])
  })

  test('a template that fails for one event leaves the others alone', async () => {
    const picky = content('picky', { ok: 'fine', text: 'a: 1\nip: {{ .Resource.spec.clusterIP }}\n' })
    const { plan, said } = await compile([services(), trigger({ policyRefs: [refersTo('picky')] }), picky], {
      objects: [web, service('api', { spec: { clusterIP: '10.0.0.1' } })],
    })
    expect(profilesOf(plan, 'edge/a')).toEqual([`${inA}#Service/default/api`])
    expect(heldOf(plan)).toEqual({ [`${inA}#Service/default/web`]: 'error' })
    expect(said.map(({ code, holds }) => [code, holds])).toEqual([['resolve/event-content-failed', 'unit']])
    const [fault] = said
    expect(fault?.message).toMatch(
      /^EventTrigger\/policy@edge\/a#Service\/default\/web: `text` of ConfigMap default\/picky cannot be filled in: .*map has no entry for key "clusterIP"/,
    )
    // Go names the second field of a chain.
    expect(fault?.span?.file.text.slice(fault.span.start, fault.span.start + 12)).toBe('.spec.cluste')
    expect(fault?.related).toMatchObject([{ message: 'it is referred to here' }])
  })

  test('a template of the trigger itself that fails is named at its line', async () => {
    const { plan, said } = await compile(
      [services(), trigger({ helmCharts: [chart({ releaseName: '{{ .Resource.nope }}' })] })],
      { objects: [web] },
    )
    expect(said.map(({ code }) => code)).toEqual(['resolve/template-failed'])
    expect(said[0]?.message).toContain(`${inA}#Service/default/web: the template cannot be executed`)
    expect(said[0]?.span && positionOf(said[0].span.file, said[0].span.start).line).toBeGreaterThan(10)
    expect(heldOf(plan)).toEqual({ [`${inA}#Service/default/web`]: 'error' })
  })

  test('a list is held as a whole when its template fails', async () => {
    const { plan } = await compile(
      [services(), trigger({ oneForEvent: false, policyRefs: [refersTo('name')] }), name],
      { objects: [web] },
    )
    expect(heldOf(plan)).toEqual({ [inA]: 'error' })
  })

  test('a reference that leads nowhere holds its event', async () => {
    const { plan, said } = await compile([services(), policy], { objects: [web] })
    expect(said.map(({ code, message }) => [code, message])).toEqual([
      [
        'resolve/reference-not-found',
        `${inA}#Service/default/web refers to ConfigMap default/name, which does not exist`,
      ],
    ])
    expect(heldOf(plan)).toEqual({ [`${inA}#Service/default/web`]: 'error' })
  })

  test('a script that fails holds the trigger in that cluster and is named with its line', async () => {
    const script = 'function evaluate()\n  return { resources = resources[1].spec.none.more }\nend'
    const { plan, said } = await compile([services({ aggregatedSelection: script }), policy, name], {
      objects: [web],
    })
    expect(said.map(({ code, holds }) => [code, holds])).toEqual([['resolve/script-failed', 'unit']])
    expect(said[0]?.message).toContain('EventSource/services: `aggregatedSelection` failed')
    expect(heldOf(plan)).toEqual({ [inA]: 'error' })
  })

  test('an event source that is not there holds what its events gave', async () => {
    const { plan, diagnostics } = await compile([policy, name], { objects: [web] })
    expect(diagnostics.find(({ code }) => code === 'intent/event-source-unknown')).toMatchObject({
      holds: 'unit',
    })
    expect(heldOf(plan)).toEqual({ [inA]: 'error' })
  })

  test('a template that names an event source that is not there says so for the cluster', async () => {
    const templated = trigger({
      eventSourceName: 'service-{{ .ClusterName }}',
      policyRefs: [refersTo('name')],
    })
    const { plan, said } = await compile([services(), templated, name], { objects: [web] })
    expect(said).toMatchObject([
      {
        code: 'resolve/event-source-not-found',
        message:
          'EventTrigger/policy listens to EventSource `service-a` in edge/a, which the repository does not have',
      },
    ])
    expect(heldOf(plan)).toEqual({ [inA]: 'error' })
    const failing = await compile([services(), trigger({ eventSourceName: '{{ .Nope }}' })], {
      objects: [web],
    })
    expect(failing.codes).toEqual(['resolve/template-failed'])
    expect(heldOf(failing.plan)).toEqual({ [inA]: 'error' })
  })

  test('a faulty trigger holds all that it ever gave, a faulty source what it gave in its clusters', async () => {
    const faulty = await compile(
      [services(), policy.replace('"oneForEvent":true', '"oneForEvent":"yes"'), name],
      {
        objects: [web],
      },
    )
    expect(heldOf(faulty.plan)).toEqual({ 'EventTrigger/policy': 'error', [inA]: 'error' })
    expect(profilesOf(faulty.plan, 'edge/a')).toEqual([])
    const source = await compile([services({ collectResources: 'yes' }), policy, name], { objects: [web] })
    expect(heldOf(source.plan)).toEqual({ [inA]: 'error' })
  })

  test('a misspelt field withdraws nothing: what is seen is generated, what is not seen any more stays', async () => {
    const { plan } = await compile(
      [services(), policy.replace('"oneForEvent"', '"oneForEvents":1,"oneForEvent"'), name],
      {
        objects: [web],
      },
    )
    expect(profilesOf(plan, 'edge/a')).toEqual([`${inA}#Service/default/web`])
    expect(heldOf(plan)).toEqual({ 'EventTrigger/policy': 'error' })
    const source = await compile([services({ agregatedSelection: 'f' }), policy, name], { objects: [web] })
    expect(profilesOf(source.plan, 'edge/a')).toEqual([`${inA}#Service/default/web`])
    expect(heldOf(source.plan)).toEqual({ [inA]: 'error' })
  })
})

describe('source clusters', () => {
  const facts = { '.fleetwright/facts/edge/a.json': { objects: [web] } }
  const edge = sveltosCluster('a', { role: 'edge' }, 'edge')

  test('a paused one is left alone, and what its events gave elsewhere with it', async () => {
    const paused = edge.replace('spec: {}', 'spec: { paused: true }')
    const { plan } = await compileWith(paused, [services(), policy, name], facts)
    expect(heldOf(plan)).toEqual({ [inA]: 'cluster-paused' })
    // It will be looked at again, so it is still observed.
    expect(plan.needs.filter(({ cluster }) => cluster === 'edge/a')).toHaveLength(1)
  })

  test('one that is not ready speaks by its last facts', async () => {
    const unready = edge.replace('ready: true', 'ready: false')
    const toHub = trigger({
      destinationClusterSelector: { matchLabels: { role: 'hub' } },
      policyRefs: [refersTo('name')],
    })
    const { plan } = await compileWith(unready, [services(), toHub, name], facts)
    expect(profilesOf(plan, 'fleet/hub')).toEqual([`${inA}#Service/default/web`])
  })

  test('one whose facts cannot be read may be a source, whatever its written labels are', async () => {
    const { plan } = await compileWith(sveltosCluster('a', {}, 'edge'), [services(), policy, name], {
      '.fleetwright/facts/edge/a.json': 'not facts',
    })
    expect(heldOf(plan)).toEqual({ [inA]: 'facts-missing' })
  })

  test('one whose labels a classifier could not tell may be a source', async () => {
    const classifier = intent('Classifier', 'edges', {
      classifierLabels: [{ key: 'role', value: 'edge' }],
      deployedResourceConstraint: { resourceSelectors: [{ group: '', version: 'v1', kind: 'Node' }] },
    })
    const { plan } = await compile([services(), policy, name, classifier], {
      objects: [web],
      facts: { '.fleetwright/facts/fleet/hub.json': { objects: [], asked: [] } },
    })
    expect(heldOf(plan, 'edge/a')).toEqual({ 'EventTrigger/policy@fleet/hub': 'facts-missing' })
  })

  test('facts that are too old do not matter where only CloudEvents are listened to', async () => {
    const source = services({ resourceSelectors: [], messagingMatchCriteria: [{}] })
    const event = { specversion: '1.0', id: '1', source: 's', type: 't', subject: 'x' }
    const list = trigger({ policyRefs: [refersTo('subject')] })
    const { plan } = await compile(
      [source, list, content('subject', { text: '{{ .CloudEvent.subject }}' })],
      {
        facts: {
          '.fleetwright/observed.json': {
            'edge/a': { observedAt: '2020-01-01T00:00:00Z', reachable: false },
          },
          '.fleetwright/facts/events/edge/a/1.json': event,
        },
      },
    )
    expect(heldOf(plan)).toEqual({})
    expect(plan.events).toMatchObject([{ objects: ['CloudEvent s x'] }])
  })

  test('a cluster with a misspelt field keeps what its events gave', async () => {
    const odd = edge.replace('spec: {}', 'spec: { pased: true }')
    const { plan } = await compileWith(odd, [services(), policy, name], facts)
    expect(heldOf(plan)[inA]).toBe('error')
    expect(profilesOf(plan, 'edge/a')).toEqual([`${inA}#Service/default/web`])
  })

  test('a trigger that is paused leaves everything as it is', async () => {
    const paused = trigger(
      { policyRefs: [refersTo('name')] },
      { annotations: { 'cluster.x-k8s.io/paused': '' } },
    )
    const { plan } = await compile([services(), paused, name], { objects: [web] })
    expect(profilesOf(plan, 'edge/a')).toEqual([])
    expect(heldOf(plan)['EventTrigger/policy']).toBe('profile-paused')
  })

  test('a destination that nobody is, is said once, at its line', async () => {
    const lost = trigger({
      destinationClusterSelector: { matchLabels: { role: 'none' } },
      policyRefs: [refersTo('name')],
    })
    const { said } = await compile([services(), lost, name], { objects: [web, service('api')] })
    expect(said.map(({ code, message }) => [code, message])).toEqual([
      [
        'resolve/selects-no-cluster',
        'EventTrigger/policy selects none of the fleet’s clusters'.replace('’', "'"),
      ],
    ])
    const [fault] = said
    expect(fault?.span?.file.text.slice(fault.span.start, fault.span.end)).toContain('none')
  })
})

function chart(more: object): object {
  return {
    ...{ repositoryURL: './charts/dns', chartName: 'dns', releaseName: 'r', releaseNamespace: 'n' },
    ...more,
  }
}

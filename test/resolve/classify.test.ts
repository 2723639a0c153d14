import { describe, expect, test } from 'vitest'
import { at, classifier, deployments, id, lua, objects, pods, run } from './classifying.ts'
import { clusterState } from './observed.ts'

type JsonMap = Readonly<Record<string, unknown>>

describe('version constraints', () => {
  const range = classifier('v1-25', {
    kubernetesVersionConstraints: [
      { comparison: 'GreaterThanOrEqualTo', version: '1.25.0' },
      { comparison: 'LessThan', version: '1.26.0' },
    ],
  })

  test('a provider’s suffix plays no part', () => {
    const { labels, because } = run([range], at('v1.25.9-eks-1'))
    expect(labels).toEqual({ tier: 'gold' })
    expect(because).toEqual([
      { kind: 'version', constraint: '>= 1.25.0', version: '1.25.9' },
      { kind: 'version', constraint: '< 1.26.0', version: '1.25.9' },
    ])
  })

  test.each([
    ['v1.26.0', {}],
    ['v1.24.17', {}],
    ['v1.25.0-rc.1', { tier: 'gold' }],
  ])('%s → %o', (version, labels) => {
    expect(run([range], at(version))).toMatchObject({ labels, hold: undefined })
  })

  test.each([
    ['Equal', '1.25', true],
    ['LessThanOrEqualTo', '1.25', true],
    ['GreaterThan', '1.25', false],
    ['NotEqual', '1.25', false],
  ])('%s %s means all of 1.25', (comparison, version, matches) => {
    const one = classifier('x', { kubernetesVersionConstraints: [{ comparison, version }] })
    expect(run([one], at('v1.25.3')).labels).toEqual(matches ? { tier: 'gold' } : {})
  })

  test('an assumed version answers nothing → the cluster is held', () => {
    const state = clusterState(id, { kubeVersion: 'v1.25.0', versionKnown: false })
    const { labels, hold, diagnostics } = run([range], { states: [state] })
    expect(labels).toEqual({})
    expect(hold).toMatchObject({ reason: 'facts-missing' })
    expect(diagnostics).toMatchObject([
      { code: 'resolve/not-classified', severity: 'error', holds: 'cluster', subject: { cluster: id } },
    ])
  })

  test('a known version is enough: no facts are needed', () => {
    expect(run([range], at('v1.25.1'))).toMatchObject({ labels: { tier: 'gold' }, needs: [], codes: [] })
  })

  test('what is no version answers nothing', () => {
    expect(run([range], at('v1.25.9.1')).hold).toMatchObject({ reason: 'facts-missing' })
  })
})

describe('resource constraints', () => {
  const both = { resourceSelectors: [deployments, pods] }
  const found = { [id]: objects('Pod', 'a', 'b', 'c') }

  test('each selector must find an object', () => {
    const one = classifier('x', { deployedResourceConstraint: both })
    expect(run([one], { facts: found }).labels).toEqual({})
    const facts = { [id]: [...objects('Deployment', 'd'), ...objects('Pod', 'a')] }
    expect(run([one], { facts }).labels).toEqual({ tier: 'gold' })
  })

  test('with an aggregated script, it alone decides', () => {
    const aggregatedClassification = lua('return { matching = #resources == 3, message = "three" }')
    const one = classifier('x', { deployedResourceConstraint: { ...both, aggregatedClassification } })
    const { labels, because } = run([one], { facts: found })
    expect(labels).toEqual({ tier: 'gold' })
    expect(because).toEqual([
      {
        ...{ kind: 'objects', count: 3, objects: ['Pod default/a', 'Pod default/b', 'Pod default/c'] },
        path: ['spec', 'deployedResourceConstraint', 'resourceSelectors', 1],
      },
      {
        ...{ kind: 'script', message: 'three' },
        path: ['spec', 'deployedResourceConstraint', 'aggregatedClassification'],
      },
    ])
    expect(run([one], { facts: { [id]: objects('Pod', 'a') } }).labels).toEqual({})
  })

  test('at most five objects are named', () => {
    const one = classifier('x', { deployedResourceConstraint: { resourceSelectors: [pods] } })
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const { because } = run([one], { facts: { [id]: objects('Pod', ...names) } })
    expect(because).toMatchObject([{ count: 7 }])
    expect(because?.[0]).toHaveProperty('objects.length', 5)
  })

  test('a version that does not match decides, whatever a script would do', () => {
    const one = classifier('x', {
      kubernetesVersionConstraints: [{ comparison: 'LessThan', version: '1.20.0' }],
      deployedResourceConstraint: {
        resourceSelectors: [{ ...pods, evaluate: lua('return { matching = obj.no.such == 1 }') }],
      },
    })
    expect(run([one], { facts: found })).toMatchObject({ labels: {}, hold: undefined, codes: [] })
  })

  test('needs are those of the intent, whatever the version and the facts are', () => {
    const one = classifier('x', {
      kubernetesVersionConstraints: [{ comparison: 'LessThan', version: '1.20.0' }],
      deployedResourceConstraint: both,
    })
    const wanted = [{ query: { kind: 'Pod' } }, { query: { kind: 'Deployment' } }]
    expect(run([one]).needs).toMatchObject(wanted)
    expect(run([one], { facts: found }).needs).toMatchObject(wanted)
  })

  test('a cluster without facts is held, and the diagnostic names every classifier that asks', () => {
    const a = classifier('a', { deployedResourceConstraint: both })
    const b = classifier('b', { deployedResourceConstraint: { resourceSelectors: [pods] } })
    const always = classifier('c', {})
    const { hold, diagnostics, clusters } = run([a, b, always], {
      states: [clusterState(id), clusterState('fleet/c2')],
      facts: { 'fleet/c2': [] },
    })
    expect(hold).toMatchObject({ reason: 'facts-missing' })
    expect(clusters.get('fleet/c2')).toMatchObject({ labels: [{ key: 'tier' }] })
    expect(clusters.get('fleet/c2')?.hold).toBeUndefined()
    expect(diagnostics).toMatchObject([
      {
        code: 'resolve/not-classified',
        message:
          'the labels of the cluster are not known: the facts do not tell what Classifier/a, Classifier/b ask for',
      },
    ])
    expect(diagnostics[0]?.hint).toContain('fleetwright observe')
  })

  test('facts that were never asked are no answer', () => {
    const one = classifier('x', { deployedResourceConstraint: { resourceSelectors: [pods] } })
    const asked = [{ ...deployments, namespace: '', name: '', labelSelector: '', keep: 'identity' as const }]
    expect(run([one], { facts: { [id]: [] }, asked }).hold).toMatchObject({ reason: 'facts-missing' })
  })

  test('a script that fails holds the cluster on whose objects it failed, and no other', () => {
    const evaluate = lua('return { matching = obj.spec.replicas > 1 }')
    const one = classifier('x', {
      deployedResourceConstraint: { resourceSelectors: [{ ...pods, evaluate }] },
    })
    const { clusters, codes } = run([one], {
      states: [clusterState(id), clusterState('fleet/c2')],
      facts: { [id]: objects('Pod', 'a'), 'fleet/c2': [] },
    })
    expect(clusters.get(id)?.hold).toMatchObject({ reason: 'error' })
    expect(clusters.get('fleet/c2')?.hold).toBeUndefined()
    expect(codes).toEqual(['resolve/script-failed'])
  })

  test('a cluster that is held anyway is not complained about', () => {
    const evaluate = lua('return { matching = obj.spec.replicas > 1 }')
    const one = classifier('x', {
      deployedResourceConstraint: { resourceSelectors: [{ ...pods, evaluate }] },
    })
    const state = clusterState(id, { hold: { reason: 'cluster-paused', message: 'paused' } })
    expect(run([one], { states: [state] }).codes).toEqual([])
    expect(run([one], { states: [state], facts: { [id]: objects('Pod', 'a') } }).codes).toEqual([])
  })
})

describe('the form up to v0.20', () => {
  const old = (...entries: readonly JsonMap[]) => classifier('x', { deployedResourceConstraints: entries })

  test.each([
    [{ minCount: 2 }, 2, true],
    [{ minCount: 3 }, 2, false],
    [{ maxCount: 1 }, 2, false],
    [{ minCount: 1, maxCount: 2 }, 2, true],
    [{}, 0, true],
  ])('%o with %d objects → %s', (bounds, count, matches) => {
    const facts = { [id]: objects('Pod', ...['a', 'b', 'c'].slice(0, count)) }
    const states = [clusterState(id, { apiVersions: ['v1/Pod'] })]
    expect(run([old({ ...pods, ...bounds })], { facts, states }).labels).toEqual(
      matches ? { tier: 'gold' } : {},
    )
  })

  test('a kind that the server does not have satisfies nothing', () => {
    expect(run([old({ ...pods, maxCount: 3 })], { facts: { [id]: [] } }).labels).toEqual({})
  })

  test('every entry must hold', () => {
    const facts = { [id]: objects('Pod', 'a') }
    expect(run([old({ ...pods, minCount: 1 }, { ...deployments, minCount: 1 })], { facts }).labels).toEqual(
      {},
    )
  })

  test.each([
    ['status.phase', 'Equal', 'Running', 1],
    ['status.phase', 'Different', 'Running', 2],
    ['spec.hostNetwork', 'Equal', 'true', 1],
    ['status.missing', 'Equal', '', 3],
  ])('field %s %s %s finds %d of three', (field, operation, value, count) => {
    const [a, b, c] = objects('Pod', 'a', 'b', 'c')
    const facts = {
      [id]: [
        { ...a, status: { phase: 'Running' } },
        { ...b, status: { phase: 'Pending' }, spec: { hostNetwork: true } },
        { ...c },
      ],
    }
    const entry = { ...pods, fieldFilters: [{ field, operation, value }], minCount: count, maxCount: count }
    expect(run([old(entry)], { facts }).labels).toEqual({ tier: 'gold' })
  })

  test('its script selects, and is named as it is written when it fails', () => {
    const facts = { [id]: objects('Pod', 'a', 'b') }
    const one = old({
      ...pods,
      minCount: 1,
      maxCount: 1,
      script: lua('return { matching = obj.metadata.name == "a" }'),
    })
    expect(run([one], { facts }).labels).toEqual({ tier: 'gold' })
    const broken = old({ ...pods, minCount: 1, script: lua('return { matching = obj.a.b }') })
    const { diagnostics } = run([broken], { facts })
    expect(diagnostics[0]?.message).toMatch(/^Classifier\/x: `script` failed for Pod default\/a: /)
    const { file, start = 0, end = 0 } = diagnostics[0]?.span ?? {}
    expect(file?.text.slice(start, end)).toBe('return { matching = obj.a.b }')
  })
})

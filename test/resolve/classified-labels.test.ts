import { describe, expect, test } from 'vitest'
import { at, classifier, fromManagement, id, run } from './classifying.ts'
import { clusterState } from './observed.ts'

describe('labels', () => {
  test('without a constraint every cluster matches', () => {
    const { labels, because } = run([classifier('x', {})])
    expect(labels).toEqual({ tier: 'gold' })
    expect(because).toEqual([{ kind: 'always' }])
  })

  test('the classifier whose name sorts first has the label, and when it goes the next takes over', () => {
    const older = {
      classifierLabels: [{ key: 'tier', value: 'gold' }],
      kubernetesVersionConstraints: [{ comparison: 'LessThan', version: '1.30.0' }],
    }
    const [a, b] = [
      classifier('a', older),
      classifier('b', { classifierLabels: [{ key: 'tier', value: 'silver' }] }),
    ]
    const { labels, conflicts, diagnostics } = run([b, a], at('v1.29.0'))
    expect(labels).toEqual({ tier: 'gold' })
    expect(conflicts).toEqual([
      {
        ...{ cluster: id, key: 'tier' },
        owner: { classifier: 'Classifier/a', value: 'gold' },
        loser: { classifier: 'Classifier/b', value: 'silver' },
      },
    ])
    expect(diagnostics).toMatchObject([
      {
        ...{
          code: 'resolve/label-conflict',
          severity: 'warning',
          holds: 'nothing',
          subject: { cluster: id },
        },
        message:
          'label `tier` belongs to Classifier/a, which sets `gold`; the `silver` of Classifier/b has no effect',
      },
    ])
    expect(run([b, a], at('v1.30.0'))).toMatchObject({ labels: { tier: 'silver' }, conflicts: [], codes: [] })
  })

  test('two that want the same value are listed, and nobody is warned', () => {
    const { conflicts, codes } = run([classifier('a', {}), classifier('b', {})])
    expect(conflicts).toHaveLength(1)
    expect(codes).toEqual([])
  })

  test('a written label of another value is replaced, with a note', () => {
    const written = (value: string) =>
      clusterState(id, { labels: [{ key: 'tier', value, origin: 'written' }], labelMap: { tier: value } })
    const { labels, diagnostics } = run([classifier('a', {})], { states: [written('silver')] })
    expect(labels).toEqual({ tier: 'gold' })
    expect(diagnostics).toMatchObject([
      {
        ...{ code: 'resolve/label-replaced', severity: 'note', holds: 'nothing' },
        message: 'Classifier/a sets label `tier` to `gold`, over the `silver` that is written',
      },
    ])
    expect(run([classifier('a', {})], { states: [written('gold')] }).codes).toEqual([])
  })

  test('a classifier with errors may select anything → every cluster is held', () => {
    const broken = classifier('x', {
      kubernetesVersionConstraints: [{ comparison: 'Equal', version: 'latest' }],
    })
    const { clusters } = run([broken], { states: [clusterState(id), clusterState('fleet/c2')] })
    expect([...clusters.values()].map(({ hold }) => hold?.reason)).toEqual(['error', 'error'])
  })
})

describe('ManagementClusterClassifier', () => {
  const configMaps = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'regions' }
  const body = `local clusters = {}
  for _, object in ipairs(resources) do
    table.insert(clusters, { namespace = "fleet", name = object.metadata.name, kind = "SveltosCluster" })
  end
  return clusters`
  const one = fromManagement('regions', [configMaps], body)
  const management = (...names: readonly string[]) =>
    names.map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'regions' } }))

  test('its script names the clusters that get its labels', () => {
    const states = [clusterState(id), clusterState('fleet/c2')]
    const { labels, labelsOf, because } = run([one], { states, facts: { management: management('c1') } })
    expect(labels).toEqual({ tier: 'gold' })
    expect(labelsOf('fleet/c2')).toEqual({})
    expect(because).toEqual([
      {
        ...{ kind: 'objects', count: 1, objects: ['ConfigMap regions/c1'] },
        path: ['spec', 'matchResources', 0],
      },
      { kind: 'script', path: ['spec', 'classificationLua'], message: '' },
    ])
  })

  test('the management cluster is asked', () => {
    expect(run([one]).needs).toMatchObject([
      {
        cluster: 'management',
        because: ['ManagementClusterClassifier/regions'],
        query: { kind: 'ConfigMap' },
      },
    ])
  })

  test('without facts of the management cluster, every cluster is held', () => {
    const { clusters, codes } = run([one], { states: [clusterState(id), clusterState('fleet/c2')] })
    expect([...clusters.values()].map(({ hold }) => hold?.reason)).toEqual(['facts-missing', 'facts-missing'])
    expect(codes).toEqual(['resolve/not-classified', 'resolve/not-classified'])
  })

  test('a script that fails holds every cluster, and is reported once', () => {
    const broken = fromManagement('regions', [configMaps], 'return resources[1].no.such')
    const states = [clusterState(id), clusterState('fleet/c2')]
    const { clusters, codes } = run([broken], { states, facts: { management: management('c1') } })
    expect([...clusters.values()].map(({ hold }) => hold?.reason)).toEqual(['error', 'error'])
    expect(codes).toEqual(['resolve/script-failed'])
  })

  test('what is no cluster of the fleet is reported, and the others count', () => {
    const { labels, diagnostics } = run([one], { facts: { management: management('c1', 'gone') } })
    expect(labels).toEqual({ tier: 'gold' })
    expect(diagnostics).toMatchObject([
      {
        ...{ code: 'resolve/classified-unknown', severity: 'warning', holds: 'nothing' },
        message:
          'ManagementClusterClassifier/regions names SveltosCluster fleet/gone, which is not in the inventory',
      },
    ])
  })
})

import { describe, expect, test } from 'vitest'
import type { Comparison } from '../../src/compare/types.ts'
import { compareWritten, configMap, deployment, podTemplate, toSide, plainOptions } from './side-double.ts'
import { compare } from '../../src/compare/compare.ts'

function describeUnits({ changes }: Comparison): readonly string[] {
  return changes.map(({ cluster, unit, change, routine }) =>
    [cluster, unit, change, ...(routine ? ['routine'] : [])].join(' '),
  )
}

const web = { objects: [deployment('app')] }

describe('units', () => {
  test('equal trees give nothing', async () => {
    const tree = { 'fleet/prod': { 'helm-web-web': web } }
    const { changes, folds, dangers, totals } = await compareWritten(tree, tree)
    expect([changes, folds, dangers]).toEqual([[], [], []])
    expect(totals).toEqual({
      clusters: { all: 1, changed: 0 },
      units: { gained: 0, lost: 0, changed: 0, moved: 0, routine: 0 },
      objects: { added: 0, removed: 0, changed: 0, renamed: 0, moved: 0, routine: 0 },
    })
  })

  test('objects whose kind nobody knows are counted, cluster by cluster', async () => {
    const widget = { ...configMap('a', {}), apiVersion: 'acme.dev/v1', kind: 'Widget' }
    const tree = { 'helm-web-web': { objects: [deployment('app'), widget] } }
    const { schemas } = await compareWritten({}, { 'fleet/a': tree, 'fleet/b': tree })
    // Without a plan nobody knows what the clusters serve.
    expect(schemas).toEqual({
      checked: 0,
      unchecked: [
        { api: 'acme.dev/v1 Widget', objects: 2 },
        { api: 'apps/v1 Deployment', objects: 2 },
      ],
    })
    const same = await compareWritten({ 'fleet/a': tree }, { 'fleet/a': tree })
    expect(same.schemas).toEqual({ checked: 0, unchecked: [] })
  })

  test('a unit that one side lacks is gained or lost, by cluster and then by unit', async () => {
    const comparison = await compareWritten(
      { 'fleet/b': { 'helm-web-web': web }, 'fleet/a': { 'helm-db-db': { objects: [deployment('db')] } } },
      { 'fleet/a': { 'helm-web-web': web, 'helm-db-db': { objects: [deployment('db')] } } },
    )
    expect(describeUnits(comparison)).toEqual(['fleet/a helm-web-web gained', 'fleet/b helm-web-web lost'])
    expect(comparison.totals.clusters).toEqual({ all: 2, changed: 2 })
    const [gained, lost] = comparison.changes
    expect(gained?.before).toBeUndefined()
    expect(gained?.after).toMatchObject({ kind: 'helm', profile: 'ClusterProfile/web', count: 1 })
    expect(gained?.objects[0]).toMatchObject({ change: 'added', value: deployment('app'), fields: [] })
    expect(lost?.objects[0]).toMatchObject({ change: 'removed', value: deployment('app'), fields: [] })
  })

  test('clusters of the plan count although nothing is rendered for them', async () => {
    const plan = { clusters: [{ cluster: { id: 'fleet/empty', name: 'empty' }, units: [], conflicts: [] }] }
    const side = toSide({ 'fleet/prod': { 'helm-web-web': web } }, { plan: plan as never })
    expect((await compare(side, side, plainOptions)).totals.clusters).toEqual({ all: 2, changed: 0 })
  })

  test('a unit that another profile owns has moved, whether its objects change or not', async () => {
    const comparison = await compareWritten(
      { 'fleet/prod': { 'helm-web-web': web } },
      { 'fleet/prod': { 'helm-web-web': { ...web, settings: { profile: 'ClusterProfile/base' } } } },
    )
    expect(describeUnits(comparison)).toEqual(['fleet/prod helm-web-web moved'])
    expect(comparison.changes[0]?.objects).toEqual([])
  })

  test('how a unit is delivered is a change; its inputs and its tier alone are none', async () => {
    const before = { 'fleet/prod': { 'helm-web-web': web } }
    const after = (settings: object) => ({ 'fleet/prod': { 'helm-web-web': { ...web, settings } } })
    const unseen = await compareWritten(before, after({ inputs: 'other', tier: 50 }))
    expect(unseen.changes).toEqual([])
    for (const settings of [{ syncMode: 'OneTime' }, { leave: true }, { dependsOn: ['a'] }, { timeoutMs: 1 }])
      expect(describeUnits(await compareWritten(before, after(settings)))).toEqual([
        'fleet/prod helm-web-web changed',
      ])
  })

  test('another version of a chart is a change, and routine where it only says so in labels', async () => {
    const tree = (version: string, replicas: number) => ({
      'fleet/prod': {
        'helm-web-web': {
          chart: { name: 'web', version },
          objects: [deployment('app', { replicas }, { 'helm.sh/chart': `web-${version}` })],
        },
      },
    })
    const labels = await compareWritten(tree('1.0.0', 1), tree('1.1.0', 1))
    expect(describeUnits(labels)).toEqual(['fleet/prod helm-web-web changed routine'])
    expect(labels.totals.units).toMatchObject({ changed: 1, routine: 1 })
    expect(labels.totals.objects).toMatchObject({ changed: 1, routine: 1 })
    const replicas = await compareWritten(tree('1.0.0', 1), tree('1.1.0', 2))
    expect(describeUnits(replicas)).toEqual(['fleet/prod helm-web-web changed'])
    expect(replicas.changes[0]).toMatchObject({
      before: { chart: { version: '1.0.0' } },
      after: { chart: { version: '1.1.0' } },
    })
  })

  test('what delivers a unit is a change of the unit, marked as such and listed last', async () => {
    const kustomization = (prune: boolean) => ({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'prod.helm-web-web', namespace: 'fleet' },
      spec: { prune },
    })
    const tree = (prune: boolean, replicas: number) => ({
      'fleet/prod': {
        'helm-web-web': {
          objects: [deployment('web', { replicas })],
          delivery: [kustomization(prune)],
        },
      },
    })
    const { changes, totals } = await compareWritten(tree(true, 1), tree(false, 2))
    expect(changes[0]?.objects.map(({ after, delivery }) => [after?.kind, delivery])).toEqual([
      ['Deployment', undefined],
      ['Kustomization', true],
    ])
    expect(totals.objects.changed).toBe(2)
  })
})

describe('images', () => {
  test('an image is paired with the one of its repository, then with one of its name', async () => {
    const tree = (...images: readonly string[]) => ({
      'fleet/prod': { 'helm-web-web': { objects: [deployment('app', podTemplate(...images))] } },
    })
    const { changes } = await compareWritten(
      tree('nginx:1.26', 'ghcr.io/acme/tool:v1', 'quay.io/acme/gone:1', 'quay.io/acme/same:1'),
      tree(
        'docker.io/library/nginx:1.27',
        'mirror.local:5000/acme/tool:v1',
        'quay.io/acme/new',
        'quay.io/acme/same:1',
      ),
    )
    expect(changes[0]?.images).toEqual([
      { before: 'ghcr.io/acme/tool:v1', after: 'mirror.local:5000/acme/tool:v1' },
      { before: 'nginx:1.26', after: 'docker.io/library/nginx:1.27' },
      { before: 'quay.io/acme/gone:1' },
      { after: 'quay.io/acme/new' },
    ])
  })

  test('custom resources name images as references with a tag and as maps; other things called image do not count', async () => {
    const custom = (spec: object) => ({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 'thing', namespace: 'web' },
      spec: spec as never,
    })
    const { changes } = await compareWritten(
      {},
      {
        'fleet/prod': {
          'policy-web-things': {
            objects: [
              custom({
                image: 'quay.io/acme/operand:v2',
                initImage: { repository: 'acme/init', tag: 3 },
                sidecar: { image: { registry: 'ghcr.io', repository: 'acme/sidecar', digest: 'sha256:aa' } },
                disk: { image: 'https://example.com:8080/disk.img' },
                machine: { image: 'ubuntu-24.04' },
                schema: { image: { repository: 'acme/untagged' } },
                jobs: [{ podSpec: { ephemeralContainers: [{ image: 'busybox' }] } }],
              }),
              configMap('texts', { image: 'acme/text:v1' }),
            ],
          },
        },
      },
    )
    expect(changes[0]?.images.map(({ after }) => after)).toEqual([
      'acme/init:3',
      'busybox',
      'ghcr.io/acme/sidecar@sha256:aa',
      'quay.io/acme/operand:v2',
    ])
  })
})

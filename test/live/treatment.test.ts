import { describe, expect, test } from 'vitest'
import { toApplied, withMarks, withoutServerFields } from '../../src/live/clean-object.ts'
import { ignoredPointers, withIgnored } from '../../src/live/ignored-fields.ts'
import { takenByFlux, withoutTaken } from '../../src/live/taken-away.ts'
import { isNeverPruned, treatmentOf } from '../../src/live/treatment.ts'
import type { LiveObject } from '../../src/live/live-clusters-port.ts'

const flux = 'kustomize.toolkit.fluxcd.io'
const continuous = { syncMode: 'Continuous' } as const

function configMap(metadata: object = {}, data: object = { a: '1' }): LiveObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'web', ...metadata }, data }
}

const annotated = (name: string, value: string): LiveObject => configMap({ annotations: { [name]: value } })

describe('how a deliverer looks at an object', () => {
  test.each([
    ['flux', `${flux}/reconcile`, 'disabled', 'nothing'],
    ['flux', `${flux}/ssa`, 'Ignore', 'nothing'],
    ['flux', `${flux}/ssa`, 'IfNotPresent', 'presence'],
    ['flux', `${flux}/ssa`, 'Merge', 'content'],
    ['flux', 'helm.sh/hook', 'pre-install', 'content'],
    ['argocd', 'helm.sh/hook', 'pre-install', 'nothing'],
    ['argocd', 'argocd.argoproj.io/hook', 'Sync', 'nothing'],
    ['argocd', `${flux}/reconcile`, 'disabled', 'content'],
  ] as const)('%s, %s: %s → %s', (engine, name, value, treatment) => {
    const rendered = annotated(name, value)
    expect(treatmentOf({ rendered, engine, settings: continuous }, undefined)).toBe(treatment)
  })

  test('somebody may also say it in the cluster', () => {
    const asked = { rendered: configMap(), engine: 'flux', settings: continuous } as const
    expect(treatmentOf(asked, annotated(`${flux}/reconcile`, 'disabled'))).toBe('nothing')
    expect(treatmentOf(asked, configMap({ labels: { [`${flux}/reconcile`]: 'disabled' } }))).toBe('nothing')
  })

  test('what is applied once, and what is encrypted, is only looked for', () => {
    const once = { rendered: configMap(), engine: 'flux', settings: { syncMode: 'OneTime' } } as const
    expect(treatmentOf(once, undefined)).toBe('presence')
    const encrypted = { ...configMap(), sops: { mac: 'x' } }
    expect(treatmentOf({ rendered: encrypted, engine: 'argocd', settings: continuous }, undefined)).toBe(
      'presence',
    )
  })

  test.each([
    ['flux', `${flux}/prune`, 'disabled', true],
    ['flux', 'argocd.argoproj.io/sync-options', 'Prune=false', false],
    ['argocd', 'argocd.argoproj.io/sync-options', 'Validate=false, Prune=false', true],
    ['argocd', 'argocd.argoproj.io/compare-options', 'IgnoreExtraneous', true],
    ['argocd', 'helm.sh/resource-policy', 'keep', true],
  ] as const)('%s, %s: %s → never pruned: %s', (engine, name, value, isKept) => {
    expect(isNeverPruned(annotated(name, value), engine)).toBe(isKept)
  })
})

describe('what nobody writes', () => {
  test('bookkeeping, repeated objects and status are no difference', () => {
    const live = {
      ...configMap({
        ...{ uid: 'u', resourceVersion: '7', generation: 2, managedFields: [], labels: { app: 'a' } },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"secret"}}' },
      }),
      status: { ready: true },
    }
    expect(withoutServerFields(live)).toEqual(configMap({ labels: { app: 'a' } }))
    expect(withoutServerFields(live, { keepsStatus: true })).toMatchObject({ status: { ready: true } })
  })

  test('a rendered object is sent as it is stored', () => {
    const secret = {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', creationTimestamp: null } },
      stringData: { a: 'x' },
    }
    expect(toApplied(secret, { namespaced: true })).toEqual({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' } },
      data: { a: 'eA==' },
    })
    const role = { apiVersion: 'x/v1', kind: 'R', metadata: { name: 'r', namespace: 'left-over' } }
    expect(toApplied(role, { namespaced: false })).toEqual({ ...role, metadata: { name: 'r' } })
  })

  test('marks of the deliverer are kept, labels that charts write are not taken for one', () => {
    const labels = { [`${flux}/name`]: 'k', 'app.kubernetes.io/instance': 'web' }
    const annotations = { 'argocd.argoproj.io/tracking-id': 'web:/ConfigMap:web/c', other: 'x' }
    const live = configMap({ labels, annotations })
    expect(withMarks(configMap(), live, {})).toEqual(
      configMap({
        labels: { [`${flux}/name`]: 'k' },
        annotations: { 'argocd.argoproj.io/tracking-id': 'web:/ConfigMap:web/c' },
      }),
    )
    expect(withMarks(configMap(), live, { application: 'web' })).toMatchObject({ metadata: { labels } })
  })
})

describe('fields that others may change', () => {
  const object = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 2, list: [{ a: 1 }, { a: 2 }] } },
    metadata: { name: 'web-1', namespace: 'web', labels: { tier: 'front' } },
  }
  test.each([
    [{ kind: 'Deployment', name: 'web-.*' }, true],
    [{ name: 'web' }, false],
    [{ group: 'apps', version: 'v1', namespace: 'web' }, true],
    [{ group: 'batch' }, false],
    [{ labelSelector: 'tier=front' }, true],
    [{ labelSelector: 'tier!=front' }, false],
    [{ labelSelector: 'tier in (front, back), other!=x' }, true],
    [{ annotationSelector: 'a=b' }, false],
  ])('of %j: %s', (target, isMeant) => {
    const pointers = ignoredPointers(object, { ignores: [{ paths: ['/spec/replicas'], target }] }, 'flux')
    expect(pointers).toEqual(isMeant ? ['/spec/replicas'] : [])
  })

  test('Argo CD ignores of definitions what the API server drops', () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {},
    }
    expect(ignoredPointers(definition, {}, 'argocd')).toEqual(['/spec/preserveUnknownFields', '/status'])
    expect(ignoredPointers(definition, {}, 'flux')).toEqual([])
  })

  test('what is applied there is what is live, or nothing', () => {
    const live = { ...object, spec: { replicas: 9, list: [{ a: 1 }, { a: 5 }] } }
    expect(withIgnored(object, live, ['/spec/replicas', '/spec/list/1/a'])).toEqual(live)
    const without = { ...object, spec: { list: object.spec.list } }
    expect(withIgnored(object, without, ['/spec/replicas'])).toEqual(without)
    const more = { ...object, metadata: { ...object.metadata, annotations: { 'a/b': 'x' } } }
    expect(withIgnored(object, more, ['/metadata/annotations/a~1b'])).toEqual(more)
    expect(withIgnored(object, object, ['/spec/nothing/there'])).toEqual(object)
  })
})

describe('what Flux takes back', () => {
  const managed = (manager: string, fieldsV1: object, more: object = {}): object => ({
    ...{ manager, operation: 'Update', fieldsV1, ...more },
  })
  const labels = { team: 'red', app: 'a' }
  const live = (...managedFields: readonly object[]): LiveObject => configMap({ labels, managedFields })
  const kubectl = { 'f:metadata': { 'f:labels': { 'f:team': {} } } }
  const rendered = configMap({ labels: { app: 'a' } })
  const taken = (object: LiveObject): unknown =>
    (withoutTaken(object, { live: object, rendered }, takenByFlux)['metadata'] as { labels?: object }).labels

  test('what kubectl alone wrote goes, what is rendered or of somebody else stays', () => {
    expect(taken(live(managed('kubectl-label', kubectl)))).toEqual({ app: 'a' })
    expect(taken(live(managed('somebody', kubectl)))).toEqual(labels)
    expect(taken(live(managed('kubectl-label', kubectl), managed('somebody', kubectl)))).toEqual(labels)
    expect(taken(live(managed('kubectl-edit', { 'f:metadata': { 'f:labels': { 'f:app': {} } } })))).toEqual(
      labels,
    )
    expect(taken(live(managed('kubectl', kubectl, { subresource: 'scale' })))).toEqual(labels)
  })

  test('items of lists go whole', () => {
    const pod = (containers: readonly object[]): LiveObject => ({
      ...{ apiVersion: 'v1', kind: 'Pod', spec: { containers } },
      metadata: {
        name: 'p',
        managedFields: [
          managed('kubectl-edit', {
            'f:spec': {
              'f:containers': {
                'k:{"name":"b"}': { '.': {}, 'f:name': {}, 'f:image': {} },
                'k:{"name":"a"}': { 'f:args': {} },
              },
            },
          }),
        ],
      },
    })
    const edited = pod([
      { name: 'a', image: 'x', args: ['-v'] },
      { name: 'b', image: 'y' },
    ])
    const left = withoutTaken(
      edited,
      { live: edited, rendered: pod([{ name: 'a', image: 'x' }]) },
      takenByFlux,
    )
    expect(left['spec']).toEqual({ containers: [{ name: 'a', image: 'x' }] })
  })
})

import { describe, expect, test } from 'vitest'
import { compareObjects } from '../../../src/compare/fields/compare-objects.ts'
import { routineOf } from '../../../src/compare/fields/routine.ts'
import type { FieldPath, Routine } from '../../../src/compare/types.ts'
import type { JsonObject } from '../../../src/engine/types.ts'

const pod = ['spec', 'template'] as const
const [digest, otherDigest] = ['0a1b2c3d'.repeat(8), 'ff00ff00'.repeat(8)]

function routineFrom(path: FieldPath, before: unknown, after: unknown, kind = 'Deployment') {
  return routineOf(kind, { path, change: 'changed', before, after })
}

describe('routine', () => {
  test.each<[Routine, FieldPath, string, string]>([
    ['chart-label', ['metadata', 'labels', 'helm.sh/chart'], 'app-1.0.0', 'app-1.1.0'],
    ['chart-label', ['metadata', 'labels', 'chart'], 'app-1.0.0', 'app-1.1.0'],
    ['chart-label', [...pod, 'metadata', 'labels', 'helm.sh/chart'], 'app-1.0.0', 'app-1.1.0'],
    [
      'chart-label',
      ['spec', 'volumeClaimTemplates', { name: 'data' }, 'metadata', 'labels', 'helm.sh/chart'],
      'app-1.0.0',
      'app-1.1.0',
    ],
    [
      'version-label',
      ['spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/version'],
      '1',
      '2',
    ],
    ['version-label', ['metadata', 'annotations', 'app.kubernetes.io/version'], '1.0', '1.1'],
    ['version-label', ['metadata', 'annotations', 'helm.sh/revision'], '1', '2'],
    ['checksum', [...pod, 'metadata', 'annotations', 'checksum/config'], digest, otherDigest],
    ['checksum', [...pod, 'metadata', 'annotations', 'checksum/secret'], 'x', 'y'],
    ['checksum', [...pod, 'metadata', 'annotations', 'example.com/checksum'], digest, otherDigest],
    ['checksum', [...pod, 'metadata', 'annotations', 'example.com/config-hash'], digest, otherDigest],
    ['checksum', [...pod, 'metadata', 'annotations', 'configHash'], 'deadbeef', 'cafebabe'],
    [
      'checksum',
      [...pod, 'metadata', 'annotations', 'sha256/config'],
      'Rn3bO0cVoZm3IoBhsOAnQV2mc5Ze1u3dRsyvNs5PcJo=',
      'yQ3bO0cVoZm3IoBhsOAnQV2mc5Ze1u3dRsyvNs5PcJo=',
    ],
    ['generated-hash', ['metadata', 'labels', 'pod-template-hash'], '5d4f8c7b9', '6d4f8c7b9'],
    [
      'generated-hash',
      [...pod, 'spec', 'containers', { name: 'a' }, 'envFrom', 0, 'configMapRef', 'name'],
      'app-4f8m2tgk9c',
      'app-9c8m2tgk4f',
    ],
    [
      'generated-hash',
      [...pod, 'spec', 'volumes', { name: 'a' }, 'secret', 'secretName'],
      'app-4f8m2tgk9c',
      'app-9c8m2tgk4f',
    ],
    [
      'generated-hash',
      [...pod, 'spec', 'volumes', { name: 'a' }, 'configMap', 'name'],
      'app-4f8m2tgk9c',
      'app-9c8m2tgk4f',
    ],
  ])('%s: %j', (routine, path, before, after) => {
    expect(routineFrom(path, before, after)).toBe(routine)
  })

  test.each<[string, FieldPath, unknown, unknown]>([
    ['a label that a Service selects by', ['spec', 'selector', 'helm.sh/chart'], 'app-1.0.0', 'app-1.1.0'],
    [
      'a label that a Deployment selects by',
      ['spec', 'selector', 'matchLabels', 'app.kubernetes.io/version'],
      '1',
      '2',
    ],
    [
      'a label that keeps pods apart',
      [...pod, 'spec', 'affinity', 'labelSelector', 'matchLabels', 'pod-template-hash'],
      'a',
      'b',
    ],
    ['an image', [...pod, 'spec', 'containers', { name: 'a' }, 'image'], 'a:1.0.0', 'a:1.1.0'],
    ['a label that traffic is routed by', ['metadata', 'labels', 'version'], 'v1', 'v2'],
    ['a label `chart` that is no chart', ['metadata', 'labels', 'chart'], 'north', 'south'],
    ['a hash that is none', ['metadata', 'annotations', 'a/config-hash'], 'disabled', digest],
    [
      'a long word under the name of a hash',
      ['metadata', 'annotations', 'a/hash'],
      'somethingveryverylongwithoutspaces',
      digest,
    ],
    ['the hash of what runs', ['metadata', 'annotations', 'a/image-hash'], digest, otherDigest],
    ['the hash of a commit', ['metadata', 'annotations', 'a/git-hash'], 'deadbeef', 'cafebabe'],
    ['a checksum that no annotation is', ['data', 'checksum/config'], digest, otherDigest],
    [
      'another ConfigMap',
      [...pod, 'spec', 'volumes', { name: 'a' }, 'configMap', 'name'],
      'app-4f8m2tgk9c',
      'web-9c8m2tgk4f',
    ],
    [
      'a ConfigMap whose name ends otherwise',
      [...pod, 'spec', 'volumes', { name: 'a' }, 'configMap', 'name'],
      'app-4f8m2tgk9c',
      'app-production',
    ],
    ['a name that is no reference', ['metadata', 'name'], 'app-4f8m2tgk9c', 'app-9c8m2tgk4f'],
    ['all labels at once', ['metadata', 'labels'], { chart: 'a-1.0' }, { chart: 'a-1.1' }],
    ['a number', ['metadata', 'labels', 'helm.sh/chart'], 1, 2],
    ['an authority', ['webhooks', { name: 'a' }, 'clientConfig', 'caBundle'], 'QUJD', 'REVG'],
  ])('is not %s', (_what, path, before, after) => {
    expect(routineFrom(path, before, after)).toBeUndefined()
  })

  test('is a label or checksum that comes or goes, and no reference that does', () => {
    const label: FieldPath = ['metadata', 'labels', 'helm.sh/chart']
    expect(routineOf('Service', { path: label, change: 'added', after: 'a-1.0.0' })).toBe('chart-label')
    expect(routineOf('Service', { path: label, change: 'removed', before: 'a-1.0.0' })).toBe('chart-label')
    const reference: FieldPath = ['spec', 'envFrom', 0, 'configMapRef', 'name']
    expect(routineOf('Pod', { path: reference, change: 'added', after: 'app-4f8m2tgk9c' })).toBeUndefined()
  })

  test('is the generator of a CRD, and of nothing else', () => {
    const path = ['metadata', 'annotations', 'controller-gen.kubebuilder.io/version']
    expect(routineFrom(path, 'v0.16.1', 'v0.17.0', 'CustomResourceDefinition')).toBe('version-label')
    expect(routineFrom(path, 'v0.16.1', 'v0.17.0', 'ConfigMap')).toBeUndefined()
  })
})

test('two objects differ in fields, of which some are routine', () => {
  const service = (version: string, ports: JsonObject[]): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'app', labels: { 'helm.sh/chart': `app-${version}`, app: 'app' } },
    spec: { ports, selector: { 'helm.sh/chart': `app-${version}` } },
  })
  const [http, https] = [
    { port: 80, protocol: 'TCP', name: 'http' },
    { port: 443, protocol: 'TCP', name: 'https' },
  ]
  const changes = compareObjects(service('1.0.0', [http, https]), service('2.0.0', [https, http]), {
    listKeys: (path) => (path.join('.') === 'spec.ports' ? ['port', 'protocol'] : undefined),
  })
  expect(changes).toEqual([
    {
      ...{ path: ['metadata', 'labels', 'helm.sh/chart'], change: 'changed', routine: 'chart-label' },
      ...{ before: 'app-1.0.0', after: 'app-2.0.0' },
    },
    {
      ...{ path: ['spec', 'ports'], change: 'reordered', routine: 'order' },
      ...{ before: [http, https], after: [https, http] },
    },
    {
      ...{ path: ['spec', 'selector', 'helm.sh/chart'], change: 'changed' },
      ...{ before: 'app-1.0.0', after: 'app-2.0.0' },
    },
  ])
})

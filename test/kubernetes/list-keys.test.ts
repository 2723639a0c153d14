import { describe, expect, test } from 'vitest'
import { builtInListKeys, schemaListKeys } from '../../src/kubernetes/list-keys.ts'

describe('keys of lists of built-in kinds', () => {
  test.each([
    ['apps/v1', 'Deployment', 'spec.template.spec.containers', ['name']],
    ['apps/v1', 'Deployment', 'spec.template.spec.containers.env', ['name']],
    ['v1', 'Pod', 'spec.containers.ports', ['containerPort', 'protocol']],
    ['v1', 'Pod', 'spec.containers.volumeMounts', ['mountPath']],
    ['v1', 'Pod', 'spec.topologySpreadConstraints', ['topologyKey', 'whenUnsatisfiable']],
    ['v1', 'Service', 'spec.ports', ['port', 'protocol']],
    ['v1', 'ServiceAccount', 'secrets', ['name']],
    ['v1', 'ConfigMap', 'metadata.ownerReferences', ['uid']],
    ['v1', 'ConfigMap', 'metadata.finalizers', 'set'],
    ['v1', 'Pod', 'spec.tolerations', 'atomic'],
    ['networking.k8s.io/v1', 'Ingress', 'spec.rules', 'atomic'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'rules', 'atomic'],
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'webhooks', ['name']],
    ['policy/v1beta1', 'PodSecurityPolicy', 'spec.volumes', undefined],
    ['v1', 'Pod', 'spec.nodeName', undefined],
    ['v1', 'Pod', 'spec.constructor', undefined],
    ['example.com/v1', 'Thing', 'spec.items', undefined],
  ])('%s %s %s', (apiVersion, kind, path, keys) => {
    expect(builtInListKeys(apiVersion, kind, path.split('.'))).toEqual(keys)
  })
})

describe('keys of lists of custom kinds', () => {
  const list = (more: object) => ({ type: 'array', ...more })
  const schema = {
    properties: {
      spec: {
        properties: {
          listeners: list({
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            items: {
              properties: { hosts: list({ 'x-kubernetes-list-type': 'set', items: { type: 'string' } }) },
            },
          }),
          pools: { additionalProperties: list({ 'x-kubernetes-list-type': 'atomic' }) },
          plain: list({ items: { type: 'string' } }),
        },
      },
    },
  }

  test.each([
    ['spec.listeners', ['name']],
    ['spec.listeners.hosts', 'set'],
    ['spec.pools.blue', 'atomic'],
    ['spec.plain', undefined],
    ['spec.absent', undefined],
  ])('%s', (path, keys) => {
    expect(schemaListKeys(schema, path.split('.'))).toEqual(keys)
  })

  test('a schema that is none says nothing', () => {
    expect(schemaListKeys(undefined, ['spec'])).toBeUndefined()
    expect(schemaListKeys('text', [])).toBeUndefined()
  })
})

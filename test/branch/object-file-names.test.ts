import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deliveryName } from '../../src/branch/delivery-names.ts'
import { nameFiles, objectIdentity } from '../../src/branch/object-file-names.ts'
import { pathSegment } from '../../src/branch/paths.ts'

describe('names of object files', () => {
  test('an object is named by kind, group, namespace and name', () => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'web', name: 'app' }
    expect(nameFiles([deployment])).toEqual(['deployment.apps-web-app.yaml'])
  })

  test('the core group has no dot, a cluster-scoped object no namespace', () => {
    expect(
      nameFiles([
        { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'app' },
        { apiVersion: 'v1', kind: 'Namespace', name: 'web' },
      ]),
    ).toEqual(['configmap-web-app.yaml', 'namespace-web.yaml'])
  })

  test('characters that are not lower case letters, digits, dots and dashes are percent-encoded', () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'system:Node/ü' }
    expect(nameFiles([role])).toEqual(['clusterrole.rbac.authorization.k8s.io-system%3a%4eode%2f%c3%bc.yaml'])
  })

  test('two objects whose names would be the same both carry a hash', () => {
    const names = nameFiles([
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a', name: 'b-c' },
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a-b', name: 'c' },
    ])
    expect(names.every((name) => /^configmap-a-b-c-[0-9a-f]{16}\.yaml$/.test(name))).toBe(true)
    expect(new Set(names).size).toBe(2)
  })

  test('a long name is cut and carries a hash', () => {
    const [name = ''] = nameFiles([
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'x'.repeat(253) },
    ])
    expect(name).toMatch(/^configmap-web-x+-[0-9a-f]{16}\.yaml$/)
    expect(name).toHaveLength(155)
  })

  test('different objects never share a file, whatever they are called', () => {
    const word = fc.string({
      minLength: 1,
      maxLength: 6,
      unit: fc.constantFrom('a', 'A', 'b', '-', '.', ':', 'é'),
    })
    const object = fc.record(
      {
        apiVersion: fc.constantFrom('v1', 'apps/v1', 'a.b/v1'),
        kind: fc.constantFrom('Foo', 'foo', 'Foob'),
        namespace: word,
        name: word,
      },
      { requiredKeys: ['apiVersion', 'kind', 'name'] },
    )
    fc.assert(
      fc.property(fc.uniqueArray(object, { selector: objectIdentity, maxLength: 12 }), (objects) => {
        expect(new Set(nameFiles(objects)).size).toBe(objects.length)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('path segments', () => {
  test.each([
    ['prod-eu.1', 'prod-eu.1'],
    ['..', '%2e.'],
    ['.', '%2e'],
    ['a/b', 'a%2fb'],
    ['', '%2e'],
  ])('%j becomes %j', (text, segment) => {
    expect(pathSegment(text)).toBe(segment)
  })
})

describe('names of delivery objects', () => {
  test('cluster and unit are joined by a dot', () => {
    expect(deliveryName('prod-eu', 'helm-monitoring-grafana')).toBe('prod-eu.helm-monitoring-grafana')
  })

  test('a part of a unit is told apart from a unit of that name', () => {
    expect(deliveryName('prod', 'helm-a-b~crds')).toBe('prod.helm-a-b.crds')
    expect(deliveryName('prod', 'helm-a-b.crds')).toMatch(/^prod\.helm-a-b\.crds-[0-9a-f]{10}$/)
  })

  test('a long name is cut to 63 characters with a hash', () => {
    const name = deliveryName('prod-eu', `helm-${'monitoring-'.repeat(8)}x`)
    expect(name).toMatch(/^prod-eu\.helm-monitoring-.*[a-z0-9]-[0-9a-f]{10}$/)
    expect(name.length).toBeLessThanOrEqual(63)
  })

  test('lists of parts never share a name, and every name is one that Kubernetes takes', () => {
    const word = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,30}[a-z0-9])?$/)
    const parts = fc.tuple(word, word)
    fc.assert(
      fc.property(fc.uniqueArray(parts, { selector: (pair) => pair.join('\0'), maxLength: 10 }), (lists) => {
        const names = lists.map((list) => deliveryName(...list))
        expect(new Set(names).size).toBe(lists.length)
        for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/)
      }),
    )
  })
})

import { describe, expect, test } from 'vitest'
import { tellObjects } from './told-dangers.ts'

const version = (name: string, properties: string, more = 'served: true, storage: true') =>
  `{ name: ${name}, ${more}, schema: { openAPIV3Schema: { type: object, properties: ${properties} } } }`
const definition = (...versions: readonly string[]) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: alerts.shop.example }
spec:
  group: shop.example
  scope: Namespaced
  names: { kind: Alert, plural: alerts }
  versions: [${versions.join(', ')}]
`
const fields =
  '{ spec: { type: object, properties: { expression: { type: string }, for: { type: string } } } }'
const v1 = version('v1', fields)
const old = version('v1beta1', fields, 'served: true, storage: false')

describe('CustomResourceDefinitions', () => {
  test('one that goes takes every object of its kind along', async () => {
    expect(await tellObjects(definition(v1), '')).toEqual([
      'high crd-removed: CustomResourceDefinition alerts.shop.example is removed from the tree: whoever deletes it in the cluster deletes every object of its kind',
    ])
  })

  test('a version that goes, or that is served no more', async () => {
    const message =
      'high crd-version-removed: CustomResourceDefinition alerts.shop.example serves version v1beta1 no more, it serves v1'
    expect(await tellObjects(definition(old, v1), definition(v1))).toEqual([message])
    const unserved = version('v1beta1', fields, 'served: false, storage: false')
    expect(await tellObjects(definition(old, v1), definition(unserved, v1))).toEqual([message])
    expect(await tellObjects(definition(unserved, v1), definition(v1))).toEqual([])
  })

  test('a version that comes is no danger', async () => {
    expect(await tellObjects(definition(v1), definition(old, v1))).toEqual([])
  })

  test('a field that the schema loses, at any depth, told at the top of what is lost', async () => {
    const before = `{ spec: { type: object, properties: { rules: { type: array, items: { type: object, properties: { for: { type: string }, expression: { type: string } } } }, window: { type: object, properties: { from: { type: string }, to: { type: string } } } } } }`
    const after = `{ spec: { type: object, properties: { rules: { type: array, items: { type: object, properties: { expression: { type: string } } } } } } }`
    expect(await tellObjects(definition(version('v1', before)), definition(version('v1', after)))).toEqual([
      'high crd-field-removed: CustomResourceDefinition alerts.shop.example loses fields spec.rules[].for and spec.window in v1: what objects set there is dropped',
    ])
  })

  test.each([
    ['a field that comes', fields.replace('for:', 'severity: { type: string }, for:')],
    [
      'fields in another order',
      '{ spec: { properties: { for: { type: string }, expression: { type: string } }, type: object } }',
    ],
    [
      'fields that are kept without being named',
      '{ spec: { type: object, x-kubernetes-preserve-unknown-fields: true } }',
    ],
    ['fields of any name', '{ spec: { type: object, additionalProperties: { type: string } } }'],
  ])('%s is no danger', async (_, after) => {
    expect(await tellObjects(definition(v1), definition(version('v1', after)))).toEqual([])
  })

  test('what every object has need not be named', async () => {
    const named = fields.replace(
      '{ spec',
      '{ apiVersion: { type: string }, kind: { type: string }, metadata: { type: object }, spec',
    )
    expect(await tellObjects(definition(version('v1', named)), definition(v1))).toEqual([])
  })

  test('a field that a definition without pruning loses stays', async () => {
    const unpruned = (text: string) =>
      definition(version('v1', text)).replace('scope:', 'preserveUnknownFields: true\n  scope:')
    const fewer = '{ spec: { type: object, properties: { expression: { type: string } } } }'
    expect(await tellObjects(unpruned(fields), unpruned(fewer))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { createFleetSchemas, type FleetSchemas } from '../../../src/compare/schemas/fleet-schemas.ts'
import type { JsonObject } from '../../../src/engine/types.ts'
import type { ClusterFacts, RecordedSchema } from '../../../src/observe/types.ts'
import type { Plan } from '../../../src/resolve/types.ts'
import { toSide, type WrittenSide, type WrittenUnit } from '../side-double.ts'

const text = { type: 'string' }
const listed = (...keys: readonly string[]) => ({
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [...keys],
  items: { type: 'object', properties: { name: text, port: { type: 'integer' } } },
})
const schemaWith = (properties: JsonObject) => ({
  type: 'object',
  properties: { spec: { type: 'object', properties } },
})

const recorded: RecordedSchema = {
  group: 'example.com',
  names: { kind: 'Thing', plural: 'things' },
  scope: 'Namespaced',
  versions: { v1: schemaWith({ size: text, ports: listed('port') }), v1beta1: schemaWith({ old: text }) },
}

const definition = (properties: JsonObject, versions: readonly string[] = ['v1']): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: versions.map((name) => ({
      name,
      served: true,
      schema: { openAPIV3Schema: schemaWith(properties) },
    })),
  },
})

const thing = (spec: JsonObject, apiVersion = 'example.com/v1'): JsonObject => ({
  ...{ apiVersion, kind: 'Thing', metadata: { name: 'one', namespace: 'shop' } },
  spec,
})

const facts = (version: string, schemas: ClusterFacts['schemas'] = {}): ClusterFacts => ({
  ...{ version, resources: [], labels: {}, schemas, objects: [] },
})

const planOf = (versions: Readonly<Record<string, string>>): Plan =>
  ({
    clusters: Object.entries(versions).map(([id, kubeVersion]) => ({ cluster: { id }, kubeVersion })),
  }) as unknown as Plan

interface World {
  readonly facts?: Readonly<Record<string, ClusterFacts>>
  readonly before?: WrittenSide
  readonly after: WrittenSide
  readonly versions?: Readonly<Record<string, string>>
}

function world({ facts: known = {}, before = {}, after, versions = {} }: World) {
  const plan = planOf(versions)
  const sides = { before: toSide(before, { plan }), after: toSide(after, { plan }) }
  const schemas = createFleetSchemas({
    ...{ facts: { clusters: new Map(Object.entries(known)) }, schemas: new Map([['digest', recorded]]) },
    ...sides,
  })
  /** What is said of every object of a cluster after the change. */
  const check = (cluster: string): readonly (readonly string[] | undefined)[] =>
    [...(sides.after.clusters.get(cluster)?.units.values() ?? [])]
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind !== 'CustomResourceDefinition')
      .map((object) =>
        schemas.check(cluster, object, 'after')?.map((fault) => `${fault.place.join('.')} ${fault.text}`),
      )
  return { schemas, check }
}

const unit = (...objects: readonly JsonObject[]): Readonly<Record<string, WrittenUnit>> => ({
  'helm-shop-web': { objects },
})
const withThing = { schemas: { 'example.com/Thing': 'digest' } }

describe('schemas of a fleet', () => {
  test('a built-in kind is what it is in the version of the cluster', () => {
    const sleeping = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'one' },
      spec: { containers: [{ name: 'a', lifecycle: { preStop: { sleep: { seconds: 1 } } } }] },
    }
    const { check } = world({
      after: { old: unit(sleeping), new: unit(sleeping), unknown: unit(sleeping) },
      versions: { old: 'v1.28.3', new: 'v1.30.1-eks-1' },
    })
    expect(check('new')).toEqual([[]])
    expect(check('old')).toEqual([
      ['spec.containers.0.lifecycle.preStop.sleep is unknown: Kubernetes has it from 1.29 on'],
    ])
    expect(check('unknown')).toEqual([undefined])
  })

  test('the version of the facts counts where there is no plan', () => {
    const { check } = world({
      after: { one: unit({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, dat: {} }) },
      facts: { one: facts('v1.33.0') },
    })
    expect(check('one')).toEqual([['dat is unknown: did you mean `data`?']])
  })

  test('a custom kind is what the cluster was seen to have', () => {
    const objects = unit(
      thing({ sise: 'a' }),
      thing({ old: 1 }, 'example.com/v1beta1'),
      thing({}, 'example.com/v2'),
    )
    const { check } = world({
      after: { one: objects, other: objects },
      facts: { one: facts('v1.33.0', withThing.schemas), other: facts('v1.33.0') },
    })
    expect(check('one')).toEqual([
      ['spec.sise is unknown: did you mean `size`?'],
      ['spec.old has to be a text and is 1'],
      undefined,
    ])
    expect(check('other')).toEqual([undefined, undefined, undefined])
  })

  test('a definition that is rendered for the cluster wins over what the cluster has', () => {
    const { check } = world({
      after: {
        one: unit(definition({ width: text }), thing({ size: 'a' })),
        other: unit(thing({ size: 'a' })),
      },
      facts: { one: facts('v1.33.0', withThing.schemas), other: facts('v1.33.0', withThing.schemas) },
    })
    expect(check('one')).toEqual([['spec.size is unknown']])
    expect(check('other')).toEqual([[]])
  })

  test('a definition that goes to the management cluster is none of the cluster', () => {
    const local: WrittenUnit = { objects: [definition({ width: text })], settings: { local: true } }
    const { check } = world({
      after: { one: { ...unit(thing({ size: 'a' })), 'policy-local': local } },
      facts: { one: facts('v1.33.0', withThing.schemas) },
    })
    expect(check('one')).toEqual([[]])
  })

  test('lists are told apart by the keys of the kind', () => {
    const after = { one: unit(definition({ ports: listed('name') })), other: unit() }
    const { schemas } = world({
      after,
      before: { third: unit(definition({ ports: listed('name', 'port') })) },
      facts: { other: facts('v1.33.0', withThing.schemas) },
      versions: { one: 'v1.33.0' },
    })
    const keys = (cluster: string, apiVersion: string, kind: string, path: string) =>
      schemas.listKeys({ apiVersion, kind }, cluster, path.split('.'))
    expect(keys('one', 'apps/v1', 'Deployment', 'spec.template.spec.containers')).toEqual(['name'])
    expect(keys('one', 'example.com/v1', 'Thing', 'spec.ports')).toEqual(['name'])
    expect(keys('other', 'example.com/v1', 'Thing', 'spec.ports')).toEqual(['port'])
    expect(keys('third', 'example.com/v1', 'Thing', 'spec.ports')).toEqual(['name', 'port'])
    expect(keys('one', 'example.com/v1', 'Thing', 'metadata.ownerReferences')).toEqual(['uid'])
    expect(keys('one', 'example.com/v2', 'Thing', 'spec.ports')).toBeUndefined()
    expect(keys('nowhere', 'example.com/v1', 'Thing', 'spec.ports')).toBeUndefined()
  })

  test('objects of one digest are checked once for each schema', () => {
    const { schemas } = world({ after: {}, versions: { a: 'v1.33.1', b: 'v1.33.2', c: 'v1.32.0' } })
    const object = {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', path: 'a.yaml', digest: 'one' },
      value: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, dat: {} },
    }
    const faults = (cluster: string): ReturnType<FleetSchemas['check']> =>
      schemas.check(cluster, object, 'after')
    expect(faults('a')).toBe(faults('b'))
    expect(faults('c')).toEqual(faults('a'))
    expect(faults('c')).not.toBe(faults('a'))
  })
})

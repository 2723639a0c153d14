import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ClusterError } from '../../src/diagnostics/cluster-error.ts'
import { parseFacts } from '../../src/observe/observe.ts'
import { cluster, fleet, need, observed, target } from './observing.ts'

function definition(kind: string, field = 'size') {
  const plural = `${kind.toLowerCase()}s`
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.com`, labels: { app: 'x' } },
    spec: {
      group: 'example.com',
      names: { kind, plural },
      scope: 'Namespaced',
      conversion: { strategy: 'None' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { properties: { [field]: {} } } },
        },
        { name: 'v1beta1', served: true, storage: false },
        { name: 'v1alpha1', served: false, storage: false, schema: { openAPIV3Schema: {} } },
      ],
    },
    status: { acceptedNames: { kind } },
  }
}

const text =
  '{"group":"example.com","names":{"kind":"Widget","plural":"widgets"},"scope":"Namespaced",' +
  '"versions":{"v1":{"properties":{"size":{}}},"v1beta1":{}}}\n'
const digest = createHash('sha256').update(text).digest('hex')
const path = `.fleetwright/schemas/${digest}.json`

const schemasOf = (id: string) =>
  need(id, 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', { keep: 'schema' })
const both = {
  targets: [target('fleet/a'), target('fleet/b')],
  needs: [schemasOf('fleet/a'), schemasOf('fleet/b')],
}
const schemaFiles = (files: ReadonlyMap<string, string>) =>
  [...files.keys()].filter((one) => one.startsWith('.fleetwright/schemas/'))

describe('schemas of custom resources', () => {
  test('are files that clusters share, named by their digest', async () => {
    const readers = fleet({
      'fleet/a': cluster([definition('Widget'), definition('Gadget')]),
      'fleet/b': cluster([definition('Widget')]),
    })
    const { files, facts } = await observed(readers, both)
    expect(files.get(path)).toBe(text)
    expect(schemaFiles(files)).toHaveLength(2)
    expect(facts('fleet/b')).toMatchObject({ objects: [], schemas: { 'example.com/Widget': digest } })
    expect(Object.keys(facts('fleet/a')['schemas'] as object)).toEqual([
      'example.com/Gadget',
      'example.com/Widget',
    ])
  })

  test('are lines of the cluster’s file, and can be read back', async () => {
    const { files } = await observed(fleet({ 'fleet/a': cluster([definition('Widget')]) }), {
      ...{ targets: both.targets.slice(0, 1), needs: both.needs.slice(0, 1) },
    })
    expect(files.get('.fleetwright/facts/fleet/a.json')).toContain(
      `  "schemas": {\n    "example.com/Widget":"${digest}"\n  },\n`,
    )
    const facts = parseFacts(files, (diagnostic) => expect.unreachable(diagnostic.message))
    expect(facts.clusters.get('fleet/a')?.schemas).toEqual({ 'example.com/Widget': digest })
  })

  test('change the digest of the facts', async () => {
    const digestWith = async (field: string) => {
      const { files } = await observed(fleet({ 'fleet/a': cluster([definition('Widget', field)]) }), {
        ...{ targets: both.targets.slice(0, 1), needs: both.needs.slice(0, 1) },
      })
      return parseFacts(files, () => undefined).digest
    }
    expect(await digestWith('size')).not.toBe(await digestWith('weight'))
  })

  test('go when no cluster has them any more', async () => {
    const readers = fleet({
      'fleet/a': cluster([definition('Widget')]),
      'fleet/b': cluster([definition('Widget')]),
    })
    const first = await observed(readers, both)
    readers.put('fleet/a', definition('Widget', 'weight'))
    const second = await observed(readers, { ...both, previous: first.files })
    expect(schemaFiles(second.files)).toHaveLength(2)
    readers.put('fleet/b', definition('Widget', 'weight'))
    const third = await observed(readers, { ...both, previous: second.files })
    expect(schemaFiles(third.files)).toHaveLength(1)
    expect(third.files.has(path)).toBe(false)
  })

  test('stay while a cluster that has them does not answer', async () => {
    const readers = fleet({ 'fleet/a': cluster([definition('Widget')]), 'fleet/b': cluster() })
    const first = await observed(readers, both)
    readers.fail('fleet/a', new ClusterError('unreachable', { operation: 'test', message: 'gone' }))
    const second = await observed(readers, { ...both, previous: first.files })
    expect(second.files.get(path)).toBe(text)
  })

  test('stay while a file that may refer to them cannot be read', async () => {
    const previous = new Map([
      [path, text],
      ['.fleetwright/facts/fleet/a.json', '{'],
    ])
    const { files } = await observed(fleet({ 'fleet/b': cluster() }), { ...both, previous })
    expect(files.get(path)).toBe(text)
  })

  test('leave the whole object to those who ask for it', async () => {
    const whole = need('fleet/a', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      name: 'widgets.example.com',
    })
    const { facts } = await observed(
      fleet({ 'fleet/a': cluster([definition('Widget'), definition('Gadget')]) }),
      { targets: [target('fleet/a')], needs: [schemasOf('fleet/a'), whole] },
    )
    expect(facts('fleet/a').objects).toEqual([definition('Widget')])
    expect(Object.keys(facts('fleet/a')['schemas'] as object)).toHaveLength(2)
  })

  test('of a definition that is none make no sense', async () => {
    const broken = { ...definition('Widget'), spec: {} }
    const { clusters } = await observed(fleet({ 'fleet/a': cluster([broken]) }), {
      ...{ targets: both.targets.slice(0, 1), needs: both.needs.slice(0, 1) },
    })
    expect(clusters).toMatchObject([{ failure: { reason: 'bad-answer' } }])
  })
})

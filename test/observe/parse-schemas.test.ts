import { expect, test } from 'vitest'
import { parseSchemas } from '../../src/observe/parse-schemas.ts'
import { recordedSchema } from '../../src/observe/recorded-schema.ts'

const definition = {
  spec: {
    group: 'example.com',
    names: { kind: 'Thing', plural: 'things' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
}

test('what was recorded of a definition is read back by its digest', () => {
  const { digest, text } = recordedSchema(definition)
  expect(parseSchemas(new Map([[`.fleetwright/schemas/${digest}.json`, text]]))).toEqual(
    new Map([
      [
        digest,
        {
          group: 'example.com',
          names: { kind: 'Thing', plural: 'things' },
          scope: 'Namespaced',
          versions: { v1: { type: 'object' } },
        },
      ],
    ]),
  )
})

test('other files, and files of another form, are left out', () => {
  const files = new Map([
    ['.fleetwright/facts/fleet/prod.json', '{"group":"","names":{},"versions":{}}'],
    ['.fleetwright/schemas/a.json', '{'],
    ['.fleetwright/schemas/b.json', '[]'],
    ['.fleetwright/schemas/c.json', '{"group":"example.com"}'],
  ])
  expect(parseSchemas(files)).toEqual(new Map())
})

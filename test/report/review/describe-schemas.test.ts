import { expect, test } from 'vitest'
import type { CheckedSchemas } from '../../../src/compare/types.ts'
import { describeSchemas } from '../../../src/report/review/describe-schemas.ts'

const widgets = (objects: number): CheckedSchemas['unchecked'] => [{ api: 'acme.dev/v1 Widget', objects }]

test.each<[CheckedSchemas, string]>([
  [{ checked: 0, unchecked: [] }, ''],
  [{ checked: 1, unchecked: [] }, '1 object checked against schemas.'],
  [{ checked: 1218, unchecked: [] }, '1,218 objects checked against schemas.'],
  [
    { checked: 218, unchecked: widgets(1) },
    '218 objects checked against schemas; 1 is of a kind without one.',
  ],
  [
    { checked: 218, unchecked: [...widgets(10), { api: 'acme.dev/v2 Widget', objects: 1004 }] },
    '218 objects checked against schemas; 1,014 are of kinds without one.',
  ],
  [{ checked: 0, unchecked: widgets(2) }, 'No object checked against schemas; 2 are of kinds without one.'],
])('%j is told as: %s', (schemas, sentence) => {
  expect(describeSchemas(schemas)).toBe(sentence)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyFieldChanges } from '../../../src/compare/fields/apply-field-changes.ts'
import { compareValues } from '../../../src/compare/fields/compare-values.ts'
import { canonicalJson } from '../../../src/kubernetes/exact-json.ts'
import { listKeys, pairs, values } from './random-values.ts'

describe('changes of fields', () => {
  test('of equal values are none', () => {
    fc.assert(
      fc.property(values, listKeys, (value, keys) => {
        expect(compareValues(value, structuredCopy(value), { listKeys: keys })).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('make the value after of the one before', () => {
    fc.assert(
      fc.property(pairs, listKeys, ([before, after], keys) => {
        const changes = compareValues(before, after, { listKeys: keys })
        expect(canonicalJson(applyFieldChanges(before, changes))).toBe(canonicalJson(after))
      }),
      { numRuns: 5000 },
    )
  })

  test('are none only of equal values', () => {
    fc.assert(
      fc.property(pairs, listKeys, ([before, after], keys) => {
        const isEqual = canonicalJson(before) === canonicalJson(after)
        expect(compareValues(before, after, { listKeys: keys }).length === 0).toBe(isEqual)
      }),
      { numRuns: 1000 },
    )
  })

  test('leave the value before as it was', () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const text = canonicalJson(before)
        applyFieldChanges(before, compareValues(before, after, { listKeys: () => undefined }))
        expect(canonicalJson(before)).toBe(text)
      }),
    )
  })

  test.each([
    ['a field that is missing', { a: 1 }, { path: ['b'], change: 'removed', before: 1 }],
    ['a field that is there', { a: 1 }, { path: ['a'], change: 'added', after: 1 }],
    ['an item that is missing', { a: [] }, { path: ['a', { name: 'x' }], change: 'removed', before: {} }],
    ['an index beyond the list', [1], { path: [1], change: 'changed', before: 1, after: 2 }],
    ['a map that is a list', [1], { path: ['a'], change: 'changed', before: 1, after: 2 }],
    ['a map that is a text', 'x', { path: ['a'], change: 'changed', before: 1, after: 2 }],
    ['an order of other items', [1, 2], { path: [], change: 'reordered', before: [], after: [2, 3] }],
  ] as const)('are refused where they are of another value: %s', (_what, value, change) => {
    expect(() => applyFieldChanges(value, [change])).toThrow(/change/)
  })
})

/** No part in common, and its keys in the reverse order. */
function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy)
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, structuredCopy(member)]),
  )
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatFieldPath } from '../../../src/compare/compare.ts'
import { parseReview, toReviewOutput } from '../../../src/report/report.ts'
import { parseFieldPath } from '../../../src/report/review/parse-field-path.ts'
import type { Review } from '../../../src/report/types.ts'
import { anyReview } from './review-arbitrary.ts'
import { everything, review } from './sample-review.ts'

function print(of: Review): string {
  return JSON.stringify(toReviewOutput(of))
}

function read(text: string): Review {
  const parsed = parseReview(text)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.review
}

describe('a review that is read again', () => {
  test.each([
    ['with something of everything', everything()],
    ['where nothing changes', review()],
  ])('%s says the same', (_, of) => {
    expect(JSON.parse(print(read(print(of))))).toEqual(JSON.parse(print(of)))
  })

  test('says the same, whatever is in it', () => {
    fc.assert(
      fc.property(anyReview({}), (of) => {
        expect(JSON.parse(print(read(print(of))))).toEqual(JSON.parse(print(of)))
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is no review', () => {
  const written = JSON.parse(print(everything())) as Record<string, unknown>

  test.each([
    ['no JSON', 'no'],
    ['another document', '{"a":1}'],
    ['a list', '[]'],
    ['a field of another type', JSON.stringify({ ...written, reproduce: ['x'] })],
    ['a baseline that there is not', JSON.stringify({ ...written, baseline: 'main' })],
    [
      'a danger that there is not',
      JSON.stringify({
        ...written,
        dangers: [{ rule: 'constructor', severity: 'high', message: 'm', clusters: [] }],
      }),
    ],
    ['something too deep to be read', '['.repeat(200_000)],
  ])('is refused: %s', (_, text) => {
    expect(parseReview(text)).toMatchObject({ ok: false, reason: expect.any(String) as string })
  })

  test('fields that are not known are left out', () => {
    const parsed = parseReview(JSON.stringify({ ...written, comment: 'mine', comparison: {} }))
    expect(parsed.ok && JSON.parse(print(parsed.review))).toEqual(written)
  })

  test('a place beyond every file takes no memory and is left out', () => {
    const place = { file: 'a', line: 1e9, column: 1, endLine: 1e9, endColumn: 2 }
    const dangers = [{ rule: 'brake', severity: 'high', message: 'm', clusters: [], place }]
    const parsed = parseReview(JSON.stringify({ ...written, dangers }))
    expect(parsed.ok && parsed.review.comparison.dangers).toEqual([
      { rule: 'brake', severity: 'high', message: 'm', clusters: [] },
    ])
  })
})

describe('a path that is read again', () => {
  test.each([
    [[]],
    [['spec', 'template', 'spec', 'containers', { name: 'app' }, 'image']],
    [['metadata', 'annotations', 'a.b/c']],
    [['args', 0]],
    [['finalizers', { '': 'a/b' }]],
    [['ports', { containerPort: 80, protocol: 'TCP' }]],
    [['x', { name: '80' }, { 'a b': 'c"]' }]],
  ])('%j is itself', (path) => {
    expect(parseFieldPath(formatFieldPath(path))).toEqual(path)
  })

  test('a text that is none is one step', () => {
    expect(parseFieldPath('a[')).toEqual(['a['])
  })
})

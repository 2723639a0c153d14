import { expect, test } from 'vitest'
import { describeSides } from '../../../src/report/review/headings.ts'
import { review } from './sample-review.ts'

test('names of commits are told with their ids, and ids in the place of names once', () => {
  const sample = review({})
  expect(describeSides(sample, '`')).toBe('`main` (`111111111111`) → `bump` (`222222222222`)')
  const [base, head] = ['1', '2'].map((digit) => ({ commit: digit.repeat(40), name: digit.repeat(40) }))
  const named = { ...sample, ...(base && { base }), ...(head && { head }) }
  expect(describeSides(named)).toBe('111111111111 → 222222222222')
})

test('what has no commit has its name alone', () => {
  expect(describeSides({ ...review({}), head: { name: 'the folder' } })).toBe(
    'main (111111111111) → the folder',
  )
})

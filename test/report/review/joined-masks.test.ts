import { describe, expect, test } from 'vitest'
import type { FieldFold } from '../../../src/compare/types.ts'
import { formatPage } from '../../../src/report/page/format-page.ts'
import { formatComment } from '../../../src/report/review/comment.ts'
import { toReviewOutput } from '../../../src/report/review/review-output.ts'
import { formatReview } from '../../../src/report/review/review-text.ts'
import { joinMasks } from '../../../src/secrets/mask-names.ts'
import { readPageTemplates } from '../page/read-page-templates.ts'
import { readTags } from '../page/read-tags.ts'
import { readTemplates } from './read-templates.ts'
import { changedObject, field, fold, review } from './sample-review.ts'

const clusters = ['fleet/a', 'fleet/b']
const templates = await readTemplates()
const pageTemplates = await readPageTemplates()

function reviewOf(...fields: readonly FieldFold[]) {
  const object = changedObject('Secret', 'login', { unit: 'helm-a', clusters }, [...fields])
  return review({ clusters, folds: [fold('helm-a', { clusters, objects: [object] })] })
}

const password = ['data', 'password']
const one = reviewOf(field(password, '⟨secret a1b2⟩', '⟨secret c3d4⟩'))
const each = reviewOf(
  field(password, undefined, undefined, {
    values: [
      { clusters: ['fleet/a'], before: '⟨secret a1b2⟩', after: '⟨secret c3d4⟩' },
      { clusters: ['fleet/b'], before: '⟨secret e5f6⟩', after: '⟨secret 0a0b⟩' },
    ],
  }),
)
const textOf = (of: typeof one): string =>
  readTags(formatPage(of, { templates: pageTemplates, title: 'x' })).text

describe('a value that is a mask before and after', () => {
  test.each([
    ['⟨secret a1b2⟩', '⟨secret c3d4⟩', '⟨secret a1b2 → c3d4⟩'],
    ['⟨secret 1⟩', '⟨secret 2⟩', '⟨secret 1 → 2⟩'],
    ['user:⟨secret a1b2⟩', '⟨secret c3d4⟩', undefined],
    ['⟨secret a1b2⟩⟨secret a1b2⟩', '⟨secret c3d4⟩', undefined],
    ['⟨written secret a1b2⟩', '⟨secret c3d4⟩', undefined],
    [undefined, '⟨secret c3d4⟩', undefined],
    [1, '⟨secret c3d4⟩', undefined],
  ])('%j and %j → %j', (before, after, joined) => {
    expect(joinMasks(before, after)).toBe(joined)
  })

  test('is told as one mask, of all clusters alike', () => {
    const shown = '⟨secret a1b2 → c3d4⟩'
    for (const text of [formatReview(one), formatComment(one, { templates }).body, textOf(one)]) {
      expect(text).toContain(shown)
      expect(text).not.toContain('⟨secret c3d4⟩')
    }
    expect(formatReview(one)).toContain(`@@ data.password\n      ${shown}\n`)
  })

  test('is told as one mask, for each cluster its own', () => {
    for (const text of [formatReview(each), formatComment(each, { templates }).body, textOf(each)]) {
      expect(text).toContain('⟨secret a1b2 → c3d4⟩')
      expect(text).toContain('⟨secret e5f6 → 0a0b⟩')
      expect(text).not.toContain('⟨secret c3d4⟩')
    }
  })

  test('has both in JSON', () => {
    expect(toReviewOutput(one).changes[0]?.objects[0]?.fields[0]?.values).toMatchObject([
      { before: '⟨secret a1b2⟩', after: '⟨secret c3d4⟩' },
    ])
  })

  test('stays two lines where something else shows beside it', () => {
    const text = formatReview(reviewOf(field(password, 'x:⟨secret a1b2⟩', 'x:⟨secret c3d4⟩')))
    expect(text).toMatch(/^ +- "?x:⟨secret a1b2⟩"?\n +\+ "?x:⟨secret c3d4⟩"?$/m)
  })
})

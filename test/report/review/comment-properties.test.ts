import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatCheck } from '../../../src/report/review/check.ts'
import { formatComment } from '../../../src/report/review/comment.ts'
import { formatReview } from '../../../src/report/review/review-text.ts'
import { toReviewOutput } from '../../../src/report/review/review-output.ts'
import { toSarif } from '../../../src/report/review/sarif.ts'
import { readTemplates } from './read-templates.ts'
import { anyReview } from './review-arbitrary.ts'
import { isBalanced, scanMarkdown } from './scan-markdown.ts'

const templates = await readTemplates()
const limits = fc.constantFrom(4096, 8192, 20_000, 65_024)

/** What would move, hide or end what is seen. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

test('whatever a review holds, its comment is balanced, whole, within its limit, and touches nobody', () => {
  fc.assert(
    fc.property(anyReview(), limits, (review, limit) => {
      const { body } = formatComment(review, { templates, limit })
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(limit)
      expect(body.isWellFormed()).toBe(true)
      expect(body.replace(/[\n\t]/g, '')).not.toMatch(invisible)
      const { details, openFences, prose, comments, tags } = scanMarkdown(body)
      expect(isBalanced(details)).toBe(true)
      expect(openFences).toBe(0)
      expect(comments).toHaveLength(1)
      expect(body.split('<!--')).toHaveLength(2)
      expect(body.trimEnd().split('\n').at(-1)).toMatch(/^<!-- fleetwright-state \{.*\} -->$/)
      expect(tags.filter((tag) => !/^<\/?(?:details|summary|code|br)>$/.test(tag))).toEqual([])
      expect(prose).not.toMatch(/@\w/)
      expect(prose).not.toMatch(/&(?:#64|#x40|commat);/i)
      expect(prose).not.toMatch(/#\d|\bGH-\d|:\/\/|\bwww\.|!\[|\]\(|^\[/m)
      expect(prose).not.toMatch(/\b[0-9a-f]{7,40}\b/)
    }),
    { numRuns: 400 },
  )
}, 120_000)

test('what a comment shows and what it summarises are all that there is', () => {
  fc.assert(
    fc.property(anyReview({ folds: 10, dangers: 12 }), limits, (review, limit) => {
      const { told } = formatComment(review, { templates, limit })
      const { objects } = review.comparison.totals
      const all = objects.added + objects.removed + objects.changed + objects.renamed + objects.moved
      expect(told.objects.all).toBe(all)
      expect(told.objects.shown + told.objects.summarised).toBe(all)
      expect(told.units.shown + told.units.summarised).toBe(review.comparison.folds.length)
      expect(told.dangers.named + told.dangers.summarised).toBe(told.dangers.all)
    }),
    { numRuns: 100 },
  )
}, 60_000)

test('the same review gives the same text, and a check that keeps its limit', () => {
  fc.assert(
    fc.property(anyReview(), (review) => {
      const one = formatCheck(review, { templates })
      expect(formatCheck(review, { templates })).toEqual(one)
      expect(Buffer.byteLength(one.summary)).toBeLessThanOrEqual(65_535)
      expect(one.summary).not.toContain('<!--')
      expect(one.title.length).toBeLessThanOrEqual(400)
      for (const { title, message } of one.annotations) {
        expect(title).not.toMatch(invisible)
        expect(message.replaceAll('\n', '')).not.toMatch(invisible)
      }
    }),
    { numRuns: 50 },
  )
}, 60_000)

test('no text of a review steers a terminal', () => {
  fc.assert(
    fc.property(anyReview(), fc.boolean(), (review, details) => {
      const text = formatReview(review, { details })
      expect(text.replace(/[\n\t]/g, '')).not.toMatch(invisible)
    }),
    { numRuns: 100 },
  )
}, 60_000)

test('data of any review can be printed', () => {
  fc.assert(
    fc.property(anyReview(), (review) => {
      expect(JSON.stringify(toReviewOutput(review))).toContain('"verdict"')
      expect(JSON.stringify(toSarif(review))).toContain('"2.1.0"')
    }),
    { numRuns: 50 },
  )
}, 60_000)

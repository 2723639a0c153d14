import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dangerTexts } from '../../src/compare/compare.ts'
import type { Danger } from '../../src/compare/types.ts'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { allDangers, createReviewedDemo, readCase, type ReviewedDemo } from './review-demo.ts'

const folder = resolve(import.meta.dirname, '../../fixtures/review')
const casesOf = (kind: string): readonly string[] => readdirSync(join(folder, kind)).sort()

interface Expected {
  /** All of them, in the order in which they are told. */
  readonly dangers: readonly (Pick<Danger, 'rule' | 'severity' | 'clusters'> & {
    /** Part of the message: what it is about. */
    readonly says: string
  })[]
}

/** Dangers that can only be told with a place where the change itself says something about a unit. */
function hasPlace({ unit, span }: Danger): boolean {
  return unit === undefined || unit === 'namespaces' || span !== undefined
}

/** Pull requests of the demo fleet, each a diff: some that should never be merged unseen, and near misses of them. */
describe('pull requests of the demo fleet', () => {
  let engine: Engine
  let demo: ReviewedDemo
  beforeAll(async () => {
    engine = await createTestEngine({ workers: 2 })
    demo = await createReviewedDemo(engine)
  }, 120_000)
  afterAll(() => engine.close())

  test.each(casesOf('mistakes'))(
    'the mistake in %s is found, and nothing else',
    async (name) => {
      const place = join(folder, 'mistakes', name)
      const expected = JSON.parse(await readCase(place, 'expected.json')) as Expected
      const review = await demo.review(await readCase(place, 'change.diff'))
      const dangers = allDangers(review)
      expect(
        dangers.map(({ rule, severity, clusters, message }, position) => {
          const says = expected.dangers[position]?.says ?? ''
          return { rule, severity, clusters, says: message.includes(says) ? says : message }
        }),
      ).toEqual(expected.dangers)
      expect(dangers.filter((danger) => !hasPlace(danger))).toEqual([])
    },
    30_000,
  )

  test.each(casesOf('clean'))(
    'nothing is dangerous about %s',
    async (name) => {
      const review = await demo.review(await readCase(join(folder, 'clean', name), 'change.diff'))
      expect(allDangers(review)).toEqual([])
      // A twin that changes nothing would prove nothing.
      expect(review.comparison.changes.length).toBeGreaterThan(0)
      expect(review.diagnostics.added.filter(({ severity }) => severity === 'error')).toEqual([])
    },
    30_000,
  )

  test('every danger that a pull request of the demo can have is seeded', async () => {
    const seeded = await Promise.all(
      casesOf('mistakes').map(async (name) => {
        const text = await readCase(join(folder, 'mistakes', name), 'expected.json')
        return (JSON.parse(text) as Expected).dangers.map(({ rule }) => rule)
      }),
    )
    const found = new Set<string>(seeded.flat())
    const missing = Object.keys(dangerTexts).filter((rule) => !found.has(rule))
    // No version of a cluster of the demo takes an API away that is served now: see the upgrade from 1.24.
    expect(missing).toEqual(['api-removed'])
  })
})

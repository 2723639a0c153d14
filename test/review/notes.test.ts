import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { headKey, mergeNote, parseDeclinedNote, parseHeadNote } from '../../src/review/notes.ts'
import { planOf, pullRequestPayload, repository } from './deliveries.ts'

const noted = (commit: string, since: string) => JSON.stringify({ commit, since })

describe('what is noted', () => {
  test('is the first that comes', () => {
    const coming = noted('a', '2026-11-20T10:00:00Z')
    expect(mergeNote(undefined, coming)).toBe(coming)
    expect(mergeNote('nonsense', coming)).toBe(coming)
  })

  test('goes forward in time only', () => {
    const [early, late] = [noted('b', '2026-11-20T10:00:00Z'), noted('a', '2026-11-20T10:00:01Z')]
    expect(mergeNote(early, late)).toBe(late)
    expect(mergeNote(late, early)).toBe(late)
    expect(mergeNote(noted('b', '2026-11-20T10:00:00.500Z'), late)).toBe(late)
  })

  test('is read back', () => {
    const text = noted('a', '2026-11-20T10:00:00Z')
    expect(parseHeadNote(text)).toEqual({ commit: 'a', since: '2026-11-20T10:00:00Z' })
    expect(parseDeclinedNote('{"digest":"d","since":"2026-11-20T10:00:00Z"}')).toEqual({
      ...{ digest: 'd', since: '2026-11-20T10:00:00Z' },
    })
  })

  test.each([undefined, '', '{', 'null', '{"commit":"a"}', '{"commit":"a","since":"x"}'])(
    '%j is none',
    (text) => {
      expect(parseHeadNote(text)).toBeUndefined()
      expect(parseDeclinedNote(text)).toBeUndefined()
    },
  )
})

/** A head that goes back to where it was counts from then on: moves of one pull request, one per second or several. */
const moves = fc.array(
  fc.record({
    action: fc.constantFrom('synchronize', 'reopened', 'labeled', 'closed', 'ready_for_review'),
    commit: fc.constantFrom('a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)),
    second: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 1, maxLength: 8 },
)

test('in whatever order and however often deliveries come, the same is noted in the end', () => {
  const orders = moves.chain((list) => {
    const indices = list.map((_, index) => index)
    const shuffled = fc.shuffledSubarray(indices, { minLength: indices.length })
    const repeated = fc.array(fc.constantFrom(...indices), { maxLength: 6 })
    return fc.tuple(fc.constant(list), shuffled, repeated)
  })
  const key = headKey(repository, 4)
  fc.assert(
    fc.property(orders, ([list, shuffled, repeated]) => {
      const deliver = (indices: readonly number[]): string | undefined => {
        let value: string | undefined
        for (const index of indices) {
          const { action, commit, second } = list[index] ?? { action: 'labeled', commit: '', second: 0 }
          const given = {
            head: { sha: commit, ref: 'change', repo: { id: 5 } },
            updated_at: `2026-11-20T10:00:0${second}Z`,
          }
          const coming = planOf(
            'pull_request',
            pullRequestPayload(action, { pull_request: given }),
          ).notes.get(key)
          if (coming !== undefined) value = mergeNote(value, coming)
        }
        return value
      }
      const inOrder = deliver(list.map((_, index) => index))
      expect(deliver([...shuffled, ...repeated])).toBe(inOrder)
      expect(deliver([...repeated, ...shuffled])).toBe(inOrder)
      const last = Math.max(
        ...list.map(({ action, second }) => (['synchronize', 'reopened'].includes(action) ? second : -1)),
      )
      expect(parseHeadNote(inOrder)?.since).toBe(last < 0 ? undefined : `2026-11-20T10:00:0${last}Z`)
    }),
  )
})

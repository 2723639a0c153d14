import { describe, expect, test } from 'vitest'
import { commentMarker, markedBody, readMarkedBody } from '../../src/review/comment-marker.ts'
import { planComment } from '../../src/review/plan-comment.ts'
import type { CommentSituation } from '../../src/review/types.ts'
import { pullRequest } from './posting.ts'

const body = (head: string, run: number, text: string): string =>
  markedBody('fleetwright', { head, run }, text)
const comment = (id: number, text: string) => ({ id, body: text, url: `#${id}` })

function plan(more: Partial<CommentSituation> & { readonly isEmpty?: boolean } = {}) {
  const { isEmpty = false, ...rest } = more
  return planComment({
    existing: [],
    pullRequest: pullRequest(),
    own: { name: 'fleetwright', head: 'head-1', run: 10, text: 'two clusters', isEmpty },
    ...rest,
  })
}

describe('the first line of a comment', () => {
  test('is an HTML comment with commit and run', () => {
    expect(body('abc', 12, 'text\n')).toBe(
      '<!-- fleetwright-review "fleetwright" {"head":"abc","run":12} -->\ntext\n',
    )
    expect(body('abc', 12, 'text').startsWith(commentMarker('fleetwright'))).toBe(true)
  })

  test('is read back, with whatever line ends GitHub gives', () => {
    const read = readMarkedBody(body('abc', 12, 'a\nb').replaceAll('\n', '\r\n'))
    expect(read).toEqual({ state: { head: 'abc', run: 12 }, text: 'a\nb' })
  })

  test.each(['{', '{}', '{"head":1,"run":2}', '{"head":"x"}', ''])('that says %j is of nobody', (state) => {
    expect(readMarkedBody(`${commentMarker('fleetwright')}${state} -->\ntext`)).toEqual({
      ...{ state: { head: '', run: 0 }, text: 'text' },
    })
  })

  test('of a name that would end it is not made', () => {
    for (const name of ['a --> b', 'a--b', '', 'a"b', 'a\nb']) expect(() => commentMarker(name)).toThrow()
  })
})

describe('nothing is written', () => {
  test.each([
    ['nothing changes and there is no comment', { isEmpty: true }, 'silent'],
    ['the pull request is a draft', { pullRequest: pullRequest({ isDraft: true }) }, 'quiet'],
    ['the pull request is closed', { pullRequest: pullRequest({ isOpen: false }) }, 'quiet'],
    ['the head is another', { pullRequest: pullRequest({ commit: 'head-2' }) }, 'stale'],
    ['it stands already', { existing: [comment(1, body('head-1', 3, 'two clusters'))] }, 'unchanged'],
    ['a later run said more', { existing: [comment(1, body('head-1', 11, 'three'))] }, 'unchanged'],
    [
      'it stands already, but for line ends and space',
      { existing: [comment(1, `${body('head-1', 3, 'two clusters').replace('\n', '\r\n')}\n`)] },
      'unchanged',
    ],
  ])('when %s', (_, situation, rest) => {
    expect(plan(situation)).toEqual({ effects: [], rest })
  })
})

describe('what is written', () => {
  const own = body('head-1', 10, 'two clusters')

  test('a comment where there is none', () => {
    expect(plan().effects).toEqual([{ type: 'create', body: own }])
  })

  test.each([
    ['another commit', body('head-0', 30, 'two clusters')],
    ['an earlier run', body('head-1', 9, 'one cluster')],
    ['nobody knows which run', `${commentMarker('fleetwright')}whatever -->\ntwo clusters`],
    [
      'a commit that was no longer current',
      markedBody('fleetwright', { head: 'head-1', run: 12, outdated: true }, 'x'),
    ],
  ])('its text in place of that of %s', (_, old) => {
    expect(plan({ existing: [comment(7, old)] }).effects).toEqual([{ type: 'update', id: 7, body: own }])
  })

  test('an edit of a draft and of a closed pull request', () => {
    const existing = [comment(7, body('head-0', 1, 'old'))]
    for (const state of [{ isDraft: true }, { isOpen: false }]) {
      expect(plan({ existing, pullRequest: pullRequest(state) }).effects).toEqual([
        { type: 'update', id: 7, body: own },
      ])
    }
  })

  test('of several comments the oldest stays, with what the latest run on the head says', () => {
    const latest = body('head-1', 12, 'three')
    const existing = [
      comment(3, body('head-0', 40, 'of another commit')),
      comment(5, latest),
      comment(8, body('head-1', 11, 'two')),
    ]
    expect(plan({ existing }).effects).toEqual([
      { type: 'update', id: 3, body: latest },
      { type: 'delete', id: 5 },
      { type: 'delete', id: 8 },
    ])
  })

  test('nothing of the text but its place, by a run whose commit is no longer the head', () => {
    const current = body('head-2', 20, 'of the head')
    const existing = [comment(3, own), comment(5, current)]
    expect(plan({ existing, pullRequest: pullRequest({ commit: 'head-2' }) }).effects).toEqual([
      { type: 'update', id: 3, body: current },
      { type: 'delete', id: 5 },
    ])
  })

  test('a comment is taken back when the head moved while it was created', () => {
    const situation = { existing: [comment(3, own)], pullRequest: pullRequest({ commit: 'head-2' }) }
    expect(plan({ ...situation, created: 3 }).effects).toEqual([{ type: 'delete', id: 3 }])
  })

  test('a comment is marked when the head moved while it was changed, once', () => {
    const situation = { existing: [comment(3, own)], pullRequest: pullRequest({ commit: 'head-2' }) }
    const marked = markedBody(
      'fleetwright',
      { head: 'head-1', run: 10, outdated: true },
      '> [!NOTE]\n> This is about `head-1`. The pull request has moved on to `head-2`.\n\ntwo clusters',
    )
    expect(plan(situation).effects).toEqual([{ type: 'update', id: 3, body: marked }])
    expect(plan({ ...situation, existing: [comment(3, marked)] })).toEqual({ effects: [], rest: 'stale' })
  })
})

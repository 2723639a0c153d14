import { describe, expect, test } from 'vitest'
import type { Check, CommitStatus, Reviewer } from '../../src/report/reviewer-port.ts'
import type { ReviewToPost } from '../../src/review/types.ts'
import { commentMarker, markedBody } from '../../src/review/comment-marker.ts'
import { postReview } from '../../src/review/post-review.ts'

/** A reviewer and what stands behind it, seen and changed by other means than the reviewer. */
export interface ReviewerUnderTest {
  readonly reviewer: Reviewer
  /** Login that it writes as. */
  readonly login: string
  readonly openPullRequest: (details?: {
    readonly isDraft?: boolean
    readonly isOpen?: boolean
  }) => OpenedPullRequest
  /** Somebody pushes. */
  readonly moveHead: (pullRequest: number, commit: string) => void
  readonly comment: (pullRequest: number, author: string, body: string) => void
  readonly withhold: (permission: 'checks: write' | 'statuses: write' | 'pull-requests: write') => void
  readonly comments: (pullRequest: number) => readonly { readonly author: string; readonly body: string }[]
  /** Those that a reader sees: of several of one name the newest. */
  readonly checks: (commit: string) => readonly ShownCheck[]
  readonly statuses: (commit: string) => readonly Pick<CommitStatus, 'name' | 'state' | 'description'>[]
}

export interface OpenedPullRequest {
  readonly number: number
  readonly owner: string
  readonly branch: string
  readonly commit: string
}

export interface ShownCheck {
  readonly name: string
  readonly state: string
  readonly title: string
  readonly annotations: number
}

export const otherCommit = 'b'.repeat(40)

/** What a run found, ready to be posted. */
export function found(
  { number, commit }: Pick<OpenedPullRequest, 'number' | 'commit'>,
  more: {
    readonly run?: number
    readonly text?: string
    readonly isEmpty?: boolean
    readonly annotations?: number
  } = {},
): ReviewToPost {
  const { run = 1000, text = 'Two clusters gain cert-manager.', isEmpty = false, annotations = 0 } = more
  return {
    ...{ name: 'fleetwright', head: commit, run },
    verdict: {
      ...{ state: 'success', title: '2 clusters change', summary: text },
      annotations: Array.from({ length: annotations }, (_, index) => ({
        ...{ path: 'fleet/app.yaml', startLine: index + 1, endLine: index + 1 },
        ...{ level: 'warning' as const, title: 'a danger', message: `danger ${index + 1}` },
      })),
    },
    comment: { pullRequest: number, text, isEmpty },
  }
}

export function bodyOf({ name, head, run, comment }: ReviewToPost): string {
  return markedBody(name, { head, run }, comment?.text ?? '')
}

/** What every reviewer promises, alone and to whoever posts a review through it. */
export function reviewerContract(create: () => Promise<ReviewerUnderTest>): void {
  describe('pull requests', () => {
    test('one is found by its number, open or not', async () => {
      const { reviewer, openPullRequest } = await create()
      const closed = openPullRequest({ isOpen: false })
      expect(await reviewer.findPullRequests({ number: closed.number })).toMatchObject([
        { number: closed.number, isOpen: false, isDraft: false, head: { commit: closed.commit } },
      ])
      expect(await reviewer.findPullRequests({ number: 4711 })).toEqual([])
    })

    test('one is found by its head, as long as that is the very commit', async () => {
      const { reviewer, openPullRequest, moveHead } = await create()
      openPullRequest()
      const { number, owner, branch, commit } = openPullRequest()
      const head = { owner, branch, commit }
      expect((await reviewer.findPullRequests({ head })).map((pull) => pull.number)).toEqual([number])
      expect(await reviewer.findPullRequests({ head: { ...head, owner: 'somebody' } })).toEqual([])
      moveHead(number, otherCommit)
      expect(await reviewer.findPullRequests({ head })).toEqual([])
    })

    test('a closed one is not found by its head', async () => {
      const { reviewer, openPullRequest } = await create()
      const { owner, branch, commit } = openPullRequest({ isOpen: false })
      expect(await reviewer.findPullRequests({ head: { owner, branch, commit } })).toEqual([])
    })
  })

  describe('comments', () => {
    test('own ones with the marker are listed, the oldest first, and no others', async () => {
      const { reviewer, openPullRequest, comment } = await create()
      const { number } = openPullRequest()
      const other = openPullRequest()
      const marker = commentMarker('fleetwright')
      await reviewer.createComment(number, `${marker}1`)
      await reviewer.createComment(number, 'of another purpose')
      await reviewer.createComment(number, `> ${marker}quoted`)
      await reviewer.createComment(number, `${commentMarker('another')}1`)
      await reviewer.createComment(other.number, `${marker}elsewhere`)
      comment(number, 'stranger', `${marker}1`)
      await reviewer.createComment(number, `${marker}2`)
      const bodies = (await reviewer.listOwnComments(number, marker)).map(({ body }) => body)
      expect(bodies).toEqual([`${marker}1`, `${marker}2`])
    })

    test('one is found among many pages of others', async () => {
      const { reviewer, openPullRequest, comment } = await create()
      const { number } = openPullRequest()
      for (let index = 0; index < 230; index += 1) comment(number, 'stranger', `comment ${index}`)
      const created = await reviewer.createComment(number, `${commentMarker('fleetwright')}1`)
      expect(await reviewer.listOwnComments(number, commentMarker('fleetwright'))).toEqual([created])
    })

    test('one that is gone is not changed, and deleted all the same', async () => {
      const { reviewer, openPullRequest, comments } = await create()
      const { number } = openPullRequest()
      const { id } = await reviewer.createComment(number, 'first')
      expect(await reviewer.updateComment(id, 'second')).toBe(true)
      expect(comments(number)).toMatchObject([{ body: 'second' }])
      await reviewer.deleteComment(id)
      await reviewer.deleteComment(id)
      expect(await reviewer.updateComment(id, 'third')).toBe(false)
      expect(comments(number)).toEqual([])
    })
  })

  checksContract(create)
  postingContract(create)
}

function checksContract(create: () => Promise<ReviewerUnderTest>): void {
  const commit = 'a'.repeat(40)
  const check = (more: Partial<Check> = {}): Check => ({
    ...{ name: 'fleetwright', commit, run: 1000, state: 'success' as const },
    ...{ title: 'fine', summary: 'All is well.', annotations: [] },
    ...more,
  })

  describe('checks and statuses', () => {
    test('a check goes from queued to its end and stays one check', async () => {
      const { reviewer, checks } = await create()
      for (const state of ['queued', 'in_progress', 'failure'] as const) {
        expect((await reviewer.writeCheck(check({ state }))).status).toBe('written')
        expect(checks(commit)).toEqual([{ name: 'fleetwright', state, title: 'fine', annotations: 0 }])
      }
    })

    test('a check that says it already is left alone', async () => {
      const { reviewer } = await create()
      await reviewer.writeCheck(check())
      expect((await reviewer.writeCheck(check({ run: 2000 }))).status).toBe('unchanged')
    })

    test('a later run has the last word, an earlier one does not', async () => {
      const { reviewer, checks } = await create()
      await reviewer.writeCheck(check({ run: 2000, title: 'later' }))
      expect((await reviewer.writeCheck(check({ title: 'earlier' }))).status).toBe('overtaken')
      expect(checks(commit)).toMatchObject([{ title: 'later' }])
      await reviewer.writeCheck(check({ run: 3000, title: 'latest', state: 'failure' }))
      expect(checks(commit)).toMatchObject([{ title: 'latest', state: 'failure' }])
    })

    test('checks of two names stand side by side', async () => {
      const { reviewer, checks } = await create()
      await reviewer.writeCheck(check())
      await reviewer.writeCheck(check({ name: 'another' }))
      expect(checks(commit).map(({ name }) => name)).toEqual(['fleetwright', 'another'])
    })

    test('a status is what was set last', async () => {
      const { reviewer, statuses } = await create()
      const status = { name: 'fleetwright', commit, state: 'pending', description: 'at work' } as const
      await reviewer.writeStatus(status)
      await reviewer.writeStatus({ ...status, state: 'success', description: 'fine' })
      expect(statuses(commit)).toEqual([{ name: 'fleetwright', state: 'success', description: 'fine' }])
    })

    test('what may not be done names the permission', async () => {
      const { reviewer, openPullRequest, withhold } = await create()
      const { number } = openPullRequest()
      withhold('checks: write')
      withhold('statuses: write')
      withhold('pull-requests: write')
      const status = { name: 'fleetwright', commit, state: 'success', description: 'fine' } as const
      const refused = (permission: string) => ({ reason: 'forbidden', permission })
      await expect(reviewer.writeCheck(check())).rejects.toMatchObject(refused('checks: write'))
      await expect(reviewer.writeStatus(status)).rejects.toMatchObject(refused('statuses: write'))
      await expect(reviewer.createComment(number, 'x')).rejects.toMatchObject(refused('pull-requests: write'))
    })
  })
}

function postingContract(create: () => Promise<ReviewerUnderTest>): void {
  describe('a review', () => {
    test('becomes one check and one comment', async () => {
      const { reviewer, login, openPullRequest, comments, checks } = await create()
      const pull = openPullRequest()
      const review = found(pull)
      expect(await postReview(reviewer, review)).toMatchObject({
        verdict: { status: 'written', place: 'check' },
        comment: { status: 'created' },
        withheld: [],
      })
      expect(comments(pull.number)).toEqual([{ author: login, body: bodyOf(review) }])
      expect(checks(pull.commit)).toMatchObject([{ name: 'fleetwright', state: 'success' }])
    })

    test('is edited in place when the next commit changes something else', async () => {
      const { reviewer, openPullRequest, moveHead, comments } = await create()
      const pull = openPullRequest()
      await postReview(reviewer, found(pull))
      moveHead(pull.number, otherCommit)
      const next = found({ ...pull, commit: otherCommit }, { run: 2000, text: 'Three clusters gain it.' })
      expect((await postReview(reviewer, next)).comment.status).toBe('updated')
      expect(comments(pull.number)).toMatchObject([{ body: bodyOf(next) }])
    })

    test('that says the same of the same commit is not written again', async () => {
      const { reviewer, openPullRequest, comments } = await create()
      const pull = openPullRequest()
      await postReview(reviewer, found(pull))
      const again = await postReview(reviewer, found(pull, { run: 2000 }))
      expect(again).toMatchObject({ verdict: { status: 'unchanged' }, comment: { status: 'unchanged' } })
      expect(comments(pull.number)).toMatchObject([{ body: bodyOf(found(pull)) }])
    })

    test('of no changes is silent, unless there is a comment that must say so', async () => {
      const { reviewer, openPullRequest, comments } = await create()
      const pull = openPullRequest()
      const nothing = found(pull, { run: 3000, text: 'There are no changes any more.', isEmpty: true })
      expect((await postReview(reviewer, nothing)).comment.status).toBe('silent')
      expect(comments(pull.number)).toEqual([])
      await postReview(reviewer, found(pull, { run: 2000 }))
      expect((await postReview(reviewer, nothing)).comment.status).toBe('updated')
      expect(comments(pull.number)).toMatchObject([{ body: bodyOf(nothing) }])
    })

    test('of a commit that is no longer the head writes no comment', async () => {
      const { reviewer, openPullRequest, moveHead, comments } = await create()
      const pull = openPullRequest()
      const next = found({ ...pull, commit: otherCommit }, { run: 2000 })
      moveHead(pull.number, otherCommit)
      expect((await postReview(reviewer, found(pull))).comment.status).toBe('stale')
      expect(comments(pull.number)).toEqual([])
      await postReview(reviewer, next)
      expect((await postReview(reviewer, found(pull, { run: 3000 }))).comment.status).toBe('stale')
      expect(comments(pull.number)).toMatchObject([{ body: bodyOf(next) }])
    })

    test('of an earlier run does not take the place of a later one', async () => {
      const { reviewer, openPullRequest, comments } = await create()
      const pull = openPullRequest()
      const later = found(pull, { run: 2000, text: 'as the facts are now' })
      await postReview(reviewer, later)
      await postReview(reviewer, found(pull, { run: 1000, text: 'as the facts were' }))
      expect(comments(pull.number)).toMatchObject([{ body: bodyOf(later) }])
    })

    test('leaves alone what a stranger pastes', async () => {
      const { reviewer, openPullRequest, comment, comments } = await create()
      const pull = openPullRequest()
      const forged = bodyOf(found(pull, { run: 9_999_999, text: 'All is well, merge it.' }))
      comment(pull.number, 'stranger', forged)
      const review = found(pull)
      await postReview(reviewer, review)
      expect(comments(pull.number).map(({ body }) => body)).toEqual([forged, bodyOf(review)])
    })

    test('several own comments become one: the oldest, with what the latest run says', async () => {
      const { reviewer, openPullRequest, comments } = await create()
      const pull = openPullRequest()
      const latest = found(pull, { run: 3000, text: 'the latest' })
      await reviewer.createComment(pull.number, bodyOf(found(pull, { run: 1000 })))
      await reviewer.createComment(pull.number, bodyOf(latest))
      await postReview(reviewer, found(pull, { run: 2000, text: 'in between' }))
      expect(comments(pull.number)).toMatchObject([{ body: bodyOf(latest) }])
    })

    test('two runs at once leave one comment, that of the later', async () => {
      const { reviewer, openPullRequest, comments } = await create()
      const pull = openPullRequest()
      const [one, two] = [found(pull), found(pull, { run: 2000, text: 'the later' })]
      await Promise.all([postReview(reviewer, one), postReview(reviewer, two)])
      expect(comments(pull.number)).toMatchObject([{ body: bodyOf(two) }])
    })

    test('of a draft edits a comment and creates none', async () => {
      const { reviewer, openPullRequest, comments, checks } = await create()
      const pull = openPullRequest({ isDraft: true })
      const review = found(pull)
      expect((await postReview(reviewer, review)).comment.status).toBe('quiet')
      expect(comments(pull.number)).toEqual([])
      expect(checks(pull.commit)).toHaveLength(1)
      await reviewer.createComment(pull.number, bodyOf(found(pull, { run: 1, text: 'old' })))
      await postReview(reviewer, review)
      expect(comments(pull.number)).toMatchObject([{ body: bodyOf(review) }])
    })

    test('without checks becomes a status, without that it is left to the shell, each missing permission named', async () => {
      const { reviewer, openPullRequest, withhold, statuses } = await create()
      const pull = openPullRequest()
      withhold('checks: write')
      expect(await postReview(reviewer, found(pull))).toMatchObject({
        verdict: { status: 'written', place: 'status' },
        comment: { status: 'created' },
        withheld: [{ place: 'check', permission: 'checks: write' }],
      })
      expect(statuses(pull.commit)).toEqual([
        { name: 'fleetwright', state: 'success', description: '2 clusters change' },
      ])
      withhold('statuses: write')
      withhold('pull-requests: write')
      expect(await postReview(reviewer, found(openPullRequest()))).toEqual({
        verdict: { status: 'withheld', place: 'summary' },
        comment: { status: 'withheld' },
        withheld: [
          { place: 'check', permission: 'checks: write' },
          { place: 'status', permission: 'statuses: write' },
          { place: 'comment', permission: 'pull-requests: write' },
        ],
      })
    })

    test('of a merge queue has a check and no comment', async () => {
      const { reviewer, openPullRequest, comments, checks } = await create()
      const pull = openPullRequest()
      const { comment: _comment, ...review } = found(pull)
      expect((await postReview(reviewer, review)).comment).toEqual({ status: 'none' })
      expect(comments(pull.number)).toEqual([])
      expect(checks(pull.commit)).toHaveLength(1)
    })
  })
}

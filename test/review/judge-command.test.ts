import { describe, expect, test } from 'vitest'
import type { SaidComment } from '../../src/review/conversation-port.ts'
import { judgeCommand, type CommandSituation } from '../../src/review/judge-command.ts'
import { parseCommand } from '../../src/review/parse-command.ts'
import { pullRequest } from './posting.ts'

const commit = 'abcdef0123456789abcdef0123456789abcdef01'
/** By GitHub's clock. */
const shownAt = '2026-11-20T10:05:03Z'
const comment: SaidComment = {
  ...{ id: 501, pullRequest: 1, body: '', author: 'Mona', isBot: false, isEdited: false },
  createdAt: '2026-11-20T10:05:00Z',
}

function judge(
  said: string,
  {
    comment: other,
    ...more
  }: Partial<Omit<CommandSituation, 'comment'>> & {
    readonly comment?: Partial<SaidComment>
  } = {},
) {
  const command = parseCommand(said)
  if (command === undefined) throw new Error(`${said} is no command`)
  return judgeCommand({
    ...{ command, comment: { ...comment, ...other }, pullRequest: pullRequest({ commit, shownAt }) },
    noted: { commit, since: '2026-11-20T10:00:00Z' },
    ...{ permission: 'write', allow: ['write'], isPrivate: false },
    ...more,
  })
}

const all = [
  'diff',
  'explain a/b',
  'what-if cluster=a version=1.34',
  'approve-delete',
  'compile',
  'rollback a',
]

describe('who may command', () => {
  test.each(all)('gives /fleet %s', (said) => {
    expect(judge(`/fleet ${said}`)).toEqual({ type: 'accepted' })
  })

  test.each([
    ['write', ['write'], true],
    ['maintain', ['write'], true],
    ['admin', ['write'], true],
    ['triage', ['write'], false],
    ['write', ['admin'], false],
    ['read', ['read'], true],
    ['triage', ['mona'], true],
    ['triage', ['@MONA'], true],
    ['triage', ['lisa', 'triage'], true],
    ['admin', ['lisa'], false],
    ['admin', [], false],
    ['triage', ['none'], false],
    ['none', ['mona'], true],
  ] as const)('%s with allow %j: %j', (permission, allow, accepted) => {
    expect(judge('/fleet diff', { permission, allow }).type).toBe(accepted ? 'accepted' : 'refused')
  })

  test('a login that is called like a permission is not meant by it', () => {
    expect(judge('/fleet diff', { permission: 'triage', comment: { author: 'write' } }).type).toBe('refused')
  })

  test('a colleague is told why not', () => {
    expect(judge('/fleet compile', { permission: 'triage' })).toEqual({
      ...{ type: 'refused', why: 'not-allowed' },
      reason:
        'You may not give `/fleet compile` here: that needs the permission `write`, or to be named (`review.commands.allow` of fleetwright.yaml on `main`).',
    })
    expect(judge('/fleet compile', { permission: 'read', isPrivate: true, allow: ['lisa'] })).toEqual({
      ...{ type: 'refused', why: 'not-allowed' },
      reason:
        'You may not give `/fleet compile` here: only those whom `review.commands.allow` names may (`review.commands.allow` of fleetwright.yaml on `main`).',
    })
  })

  test.each([...all, 'help', 'nonsense'])('a stranger gets no answer to /fleet %s', (said) => {
    const nobody = { type: 'refused', why: 'stranger' }
    expect(judge(`/fleet ${said}`, { permission: 'read' })).toEqual(nobody)
    expect(judge(`/fleet ${said}`, { permission: 'none', isPrivate: true })).toEqual(nobody)
  })

  test.each(['help', 'nonsense'])('everybody else gets help for /fleet %s', (said) => {
    for (const permission of ['triage', 'admin'] as const)
      expect(judge(`/fleet ${said}`, { permission, allow: [], noted: undefined })).toEqual({
        type: 'accepted',
      })
    expect(judge(`/fleet ${said}`, { permission: 'read', isPrivate: true }).type).toBe('accepted')
  })

  test('bots never may, whatever is allowed', () => {
    const bot = { isBot: true, author: 'renovate[bot]' }
    expect(judge('/fleet diff', { comment: bot, allow: ['renovate[bot]'], permission: 'admin' })).toEqual({
      ...{ type: 'refused', why: 'bot' },
    })
  })
})

describe('what was said', () => {
  test('and edited does not count', () => {
    expect(judge('/fleet diff', { comment: { isEdited: true } })).toEqual({
      ...{ type: 'refused', why: 'edited' },
      reason: 'This comment was edited, and only what nobody changed counts. Say it in a new one.',
    })
  })

  test('by a stranger and edited is not answered', () => {
    expect(judge('/fleet diff', { comment: { isEdited: true }, permission: 'read' })).toEqual({
      ...{ type: 'refused', why: 'stranger' },
    })
  })

  test('on a draft counts', () => {
    expect(judge('/fleet diff', { pullRequest: pullRequest({ commit, isDraft: true }) }).type).toBe(
      'accepted',
    )
  })

  test('where nobody can be answered is not done', () => {
    expect(judge('/fleet compile', { pullRequest: pullRequest({ commit, isLocked: true }) })).toEqual({
      ...{ type: 'refused', why: 'locked' },
    })
  })

  test.each([
    ['diff', false],
    ['explain a/b', false],
    ['what-if cluster=a version=1.34', false],
    ['compile', false],
    ['approve-delete', true],
    ['rollback a', true],
    ['help', true],
  ])('on a closed pull request: /fleet %s counts: %j', (said, counts) => {
    const judgement = judge(`/fleet ${said}`, { pullRequest: pullRequest({ commit, isOpen: false }) })
    expect(judgement.type).toBe(counts ? 'accepted' : 'refused')
  })

  test('too late is told', () => {
    expect(judge('/fleet diff', { pullRequest: pullRequest({ commit, isOpen: false }) })).toEqual({
      ...{ type: 'refused', why: 'closed' },
      reason: 'This pull request is closed: it changes nothing that `/fleet diff` could tell of.',
    })
  })
})

describe('the head', () => {
  const moved =
    'The head has moved to `abcdef012345` since you said this. Look at the report for it, then say it again.'
  const unknown =
    'It is not known whether `abcdef012345` was the head when you said this. Look at the report for it, then say it again.'

  test.each(['2026-11-20T10:05:01Z', '2026-11-20T10:05:00Z'])(
    'that is one since %s was not meant',
    (since) => {
      expect(judge('/fleet approve-delete', { noted: { commit, since } })).toEqual({
        ...{ type: 'refused', why: 'moved', reason: moved },
      })
    },
  )

  test('that was there a second before was meant', () => {
    expect(judge('/fleet approve-delete', { noted: { commit, since: '2026-11-20T10:04:59Z' } })).toEqual({
      type: 'accepted',
    })
  })

  test('of which nothing is noted is noted, and the command refused', () => {
    expect(judge('/fleet compile', { noted: undefined })).toEqual({
      ...{ type: 'refused', why: 'moved', reason: unknown },
      note: { commit, since: '2026-11-20T10:05:03.000Z' },
    })
  })

  test('that is another than the noted one is noted, and the command refused', () => {
    const noted = { commit: 'another', since: '2026-11-20T10:00:00Z' }
    expect(judge('/fleet rollback a', { noted })).toEqual({
      ...{ type: 'refused', why: 'moved', reason: unknown },
      note: { commit, since: '2026-11-20T10:05:03.000Z' },
    })
  })

  test('is not noted where GitHub does not say what time it is', () => {
    expect(judge('/fleet diff', { noted: undefined, pullRequest: pullRequest({ commit }) })).toEqual({
      ...{ type: 'refused', why: 'moved', reason: unknown },
    })
  })

  test('is noted as later than what was noted before, whatever the clock says', () => {
    const noted = { commit: 'another', since: '2026-11-20T11:00:00Z' }
    expect(judge('/fleet diff', { noted })).toMatchObject({ note: { since: '2026-11-20T11:00:01.000Z' } })
  })

  test.each([
    ['2026-11-20T10:04:59Z', 'accepted'],
    // It may have moved in that second.
    ['2026-11-20T10:05:00Z', 'refused'],
    ['2026-11-20T10:05:01Z', 'refused'],
  ])('of one that was closed at %s moves no more: %s', (closedAt, type) => {
    const closed = pullRequest({ commit, isOpen: false, closedAt })
    expect(judge('/fleet rollback a', { noted: undefined, pullRequest: closed }).type).toBe(type)
  })

  test('may be unknown for help', () => {
    expect(judge('/fleet help', { noted: undefined })).toEqual({ type: 'accepted' })
  })
})

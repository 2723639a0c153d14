import { describe, expect, test } from 'vitest'
import {
  approvalIdentifier,
  approvalKey,
  countingApprovals,
  isApprovalIdentifier,
  isApproved,
  judgeApproval,
  parseApproval,
  recordApproval,
} from '../../src/review/approvals.ts'

const repository = { installation: 12, owner: 'Acme', name: 'fleet' }
const digest = '0123456789abcdef0123456789abcdef01234567'
const other = 'fedcba9876543210fedcba9876543210fedcba98'
const at = '2026-11-01T00:00:00.000Z'
const approval = { digest, by: 'mona', at, via: 'check' } as const
const key = '12/acme/fleet/approvals/0123456789abcdef0123456789abcdef01234567'
const now = Date.parse('2026-11-20T00:00:00Z')

describe('the button of an approval', () => {
  test('names the tree by 102 bits in the 20 characters that GitHub gives it', () => {
    expect(approvalIdentifier(digest)).toBe('ok:ASNFZ4mrze8BI0Vni')
    expect(approvalIdentifier(other)).toBe('ok:_ty6mHZUMhD-3LqYd')
    expect([digest, other].map(approvalIdentifier).every(isApprovalIdentifier)).toBe(true)
  })

  test('differs for trees whose digests begin alike', () => {
    const begin = digest.slice(0, 25)
    expect(approvalIdentifier(begin.padEnd(40, '0'))).not.toBe(approvalIdentifier(begin.padEnd(40, '8')))
  })
})

describe('an approval', () => {
  test('is kept under the digest of the tree', () => {
    expect(approvalKey(repository, digest)).toBe(key)
    expect(
      recordApproval(repository, new Map(), { digest, by: 'mona', via: 'check' }, Date.parse(at)),
    ).toEqual(
      new Map([
        [
          key,
          '{"digest":"0123456789abcdef0123456789abcdef01234567","by":"mona","at":"2026-11-01T00:00:00.000Z","via":"check"}',
        ],
      ]),
    )
  })

  test('is read back', () => {
    expect(parseApproval(JSON.stringify(approval))).toEqual(approval)
  })

  test.each([
    '',
    '{',
    '{}',
    'null',
    JSON.stringify({ ...approval, digest: 'x' }),
    JSON.stringify({ ...approval, at: 'once' }),
  ])('%j is none', (text) => {
    expect(parseApproval(text)).toBeUndefined()
    expect(countingApprovals([text], now)).toEqual(new Map())
  })

  test('counts for its tree and no other', () => {
    const approvals = countingApprovals([JSON.stringify(approval)], now)
    expect(isApproved(approvals, digest, now)).toBe(true)
    expect(isApproved(approvals, other, now)).toBe(false)
  })

  test('counts for 30 days', () => {
    const [before, after] = [Date.parse('2026-11-30T23:59:59.999Z'), Date.parse('2026-12-01T00:00:00Z')]
    const kept = [JSON.stringify(approval)]
    expect(isApproved(countingApprovals(kept, before), digest, before)).toBe(true)
    expect(countingApprovals(kept, after)).toEqual(new Map())
    expect(isApproved(new Map([[digest, approval]]), digest, after)).toBe(false)
  })

  test('stays the first one while it counts', () => {
    const kept = new Map([[key, JSON.stringify(approval)]])
    expect(recordApproval(repository, kept, { digest, by: 'lisa', via: 'comment' }, now)).toEqual(new Map())
  })

  test('that is too old, or is none, goes when the next one comes', () => {
    const late = Date.parse('2026-12-24T00:00:00Z')
    const kept = new Map([
      [key, JSON.stringify(approval)],
      ['12/acme/fleet/approvals/x', 'nonsense'],
    ])
    expect(recordApproval(repository, kept, { digest: other, by: 'lisa', via: 'comment' }, late)).toEqual(
      new Map([
        [key, undefined],
        ['12/acme/fleet/approvals/x', undefined],
        [
          '12/acme/fleet/approvals/fedcba9876543210fedcba9876543210fedcba98',
          '{"digest":"fedcba9876543210fedcba9876543210fedcba98","by":"lisa","at":"2026-12-24T00:00:00.000Z","via":"comment"}',
        ],
      ]),
    )
  })

  test('of the same tree that is too old is written anew', () => {
    const late = Date.parse('2026-12-24T00:00:00Z')
    const kept = new Map([[key, JSON.stringify(approval)]])
    expect(recordApproval(repository, kept, { digest, by: 'lisa', via: 'comment' }, late)).toEqual(
      new Map([
        [
          key,
          '{"digest":"0123456789abcdef0123456789abcdef01234567","by":"lisa","at":"2026-12-24T00:00:00.000Z","via":"comment"}',
        ],
      ]),
    )
  })
})

describe('the button', () => {
  const pressed = {
    login: 'mona',
    permission: 'write',
    allow: ['write'],
    digest,
    stopped: digest,
    baseBranch: 'main',
  } as const

  test('approves what it was shown with', () => {
    expect(judgeApproval(pressed)).toEqual({ type: 'accepted' })
  })

  test('of another tree than the one that is stopped now does not', () => {
    expect(judgeApproval({ ...pressed, stopped: other })).toEqual({
      ...{ type: 'refused', why: 'another-tree' },
      reason:
        'mona approved the tree `0123456789abcdef0123456789abcdef01234567`, and it is another one by now: `fedcba9876543210fedcba9876543210fedcba98`. Look at what that deletes, then approve it.',
    })
  })

  test('does nothing where nothing is stopped', () => {
    expect(judgeApproval({ ...pressed, stopped: undefined })).toEqual({
      ...{ type: 'refused', why: 'nothing-stopped' },
      reason: 'No brake stops anything here any more: there is nothing to approve.',
    })
  })

  test('is not for everybody who may press it', () => {
    expect(judgeApproval({ ...pressed, allow: ['admin'] })).toEqual({
      ...{ type: 'refused', why: 'not-allowed' },
      reason:
        'mona may not approve deletions: that needs the permission `admin`, or to be named (`review.commands.allow` of fleetwright.yaml on `main`).',
    })
  })
})

import { describe, expect, test } from 'vitest'
import { parseDelivery } from '../../src/review/parse-delivery.ts'
import { toQueuedWork } from '../../src/review/queued-work.ts'
import type { Work } from '../../src/review/types.ts'
import {
  base,
  checkRunPayload,
  checkSuitePayload,
  commentPayload,
  head,
  mergeGroupPayload,
  payload,
  planOf,
  pullRequestPayload,
  pushPayload,
  repository,
} from './deliveries.ts'

const bot = { login: 'fleetwright[bot]', type: 'Bot' }
const review = { type: 'review', repository, pullRequest: 4 }
const compile = { type: 'compile', repository, branch: 'main' }
const reviewAgain = { ...review, again: true }
const compileAgain = { ...compile, again: true }
const worksOf = (name: string, given: object) => planOf(name, given).works
const marked = '<!-- fleetwright-proposal 0123456789abcdef -->\nprod/eu was upgraded'

describe('a pull request', () => {
  test.each(['opened', 'synchronize', 'reopened', 'ready_for_review', 'closed'])(
    'that is %s is reviewed',
    (action) => {
      expect(worksOf('pull_request', pullRequestPayload(action))).toEqual([review])
    },
  )

  test.each(['opened', 'synchronize', 'reopened'])('whose head moved by %s has it noted', (action) => {
    expect([...planOf('pull_request', pullRequestPayload(action)).notes]).toEqual([
      ['12/acme/fleet/heads/4', `{"commit":"${head}","since":"2026-11-20T10:00:00Z"}`],
    ])
  })

  test.each(['ready_for_review', 'labeled', 'closed'])('that is %s has not moved', (action) => {
    expect(planOf('pull_request', pullRequestPayload(action)).notes).toEqual(new Map())
  })

  test('that was merged needs nothing more: the push comes', () => {
    expect(worksOf('pull_request', pullRequestPayload('closed', { pull_request: { merged: true } }))).toEqual(
      [],
    )
  })

  test('with another label asks for nothing, whatever it says', () => {
    const given = pullRequestPayload('labeled', { label: { name: 'fleetwright' } })
    expect(planOf('pull_request', given)).toEqual({ works: [], notes: new Map() })
  })

  test('whose base was changed is reviewed again, and one whose title was changed is not', () => {
    const changed = pullRequestPayload('edited', { changes: { base: { ref: { from: 'next' } } } })
    expect(worksOf('pull_request', changed)).toEqual([reviewAgain])
    const retitled = pullRequestPayload('edited', { changes: { title: { from: 'x' } } })
    expect(parseDelivery('pull_request', retitled)).toEqual({ type: 'ignored' })
  })

  test('onto any branch is reviewed against it', () => {
    const given = pullRequestPayload('opened', { pull_request: { base: { ref: 'next', repo: { id: 5 } } } })
    expect(worksOf('pull_request', given)).toEqual([review])
  })

  test('onto the rendered branch is not reviewed, and its head is not noted', () => {
    const onto = { base: { ref: 'rendered', repo: { id: 5 } } }
    const given = pullRequestPayload('opened', { pull_request: onto })
    expect(planOf('pull_request', given)).toEqual({ works: [], notes: new Map() })
    expect(planOf('pull_request', given, { renderedBranch: 'live' }).works).toEqual([review])
  })

  test('of the app that rolls back is reviewed as any', () => {
    const from = { head: { sha: head, ref: 'fleetwright/rollback/prod-aaaaaaa', repo: { id: 5 } }, user: bot }
    const given = pullRequestPayload('opened', { pull_request: from, sender: bot })
    expect(worksOf('pull_request', given)).toEqual([review])
  })

  test('of a fork that was deleted is reviewed', () => {
    const given = pullRequestPayload('closed', {
      pull_request: { head: { sha: head, ref: 'main', repo: null } },
    })
    expect(worksOf('pull_request', given)).toEqual([review])
  })
})

describe('a proposal of the app', () => {
  const proposal = (action: string, more: object = {}, rest: object = {}) => {
    const from = { ref: 'fleetwright/fleet/prod/eu', sha: head, repo: { id: 5 } }
    const pull_request = { head: from, base: { ref: 'rendered', repo: { id: 5 } }, user: bot, body: marked }
    return planOf(
      'pull_request',
      pullRequestPayload(action, { pull_request: { ...pull_request, ...more }, ...rest }),
    )
  }
  const key = '12/acme/fleet/declined/fleetwright/fleet/prod/eu'

  test('that a person closes is noted as declined, with what it proposed', () => {
    expect(proposal('closed')).toEqual({
      works: [],
      notes: new Map([[key, '{"digest":"0123456789abcdef","since":"2026-11-20T10:00:00Z"}']]),
    })
  })

  test('that a person opens again is no more declined', () => {
    expect(proposal('reopened').notes).toEqual(
      new Map([[key, '{"digest":"","since":"2026-11-20T10:00:00Z"}']]),
    )
  })

  test.each([
    ['that was merged', { merged: true }, {}],
    ['that the app closes itself', {}, { sender: bot }],
    ['whose body somebody wrote', { body: 'mine' }, {}],
    ['that somebody else opened', { user: { login: 'mallory', type: 'User' } }, {}],
    ['of a fork', { head: { ref: 'fleetwright/fleet/x', sha: head, repo: { id: 6 } } }, {}],
    ['of another branch', { head: { ref: 'fleet/x', sha: head, repo: { id: 5 } } }, {}],
  ])('%s leaves no note', (_, more, rest) => {
    expect(proposal('closed', more, rest)).toEqual({ works: [], notes: new Map() })
  })
})

describe('a push', () => {
  test('to the default branch → a compile', () => {
    expect(worksOf('push', pushPayload())).toEqual([compile])
  })

  test('to the rendered branch → a compile, unless it is by the app', () => {
    const ref = 'refs/heads/rendered'
    expect(worksOf('push', pushPayload({ ref }))).toEqual([compile])
    expect(worksOf('push', pushPayload({ ref, deleted: true }))).toEqual([compile])
    expect(worksOf('push', pushPayload({ ref, sender: undefined }))).toEqual([compile])
    expect(worksOf('push', pushPayload({ ref, sender: bot }))).toEqual([])
    expect(worksOf('push', pushPayload({ ref, sender: { ...bot, login: 'Fleetwright[bot]' } }))).toEqual([])
  })

  test.each([
    ['to another branch', { ref: 'refs/heads/change' }],
    ['that deletes a branch', { ref: 'refs/heads/change', deleted: true }],
    ['that deletes the default branch', { deleted: true }],
  ])('%s → nothing', (_, more) => {
    expect(worksOf('push', pushPayload(more))).toEqual([])
  })

  test('of a tag is ignored, also of one that is called like a branch', () => {
    expect(parseDelivery('push', pushPayload({ ref: 'refs/tags/main' }))).toEqual({ type: 'ignored' })
  })
})

describe('"Re-run"', () => {
  test('of all checks of a pull request → its review again', () => {
    expect(worksOf('check_suite', checkSuitePayload())).toEqual([reviewAgain])
  })

  test('of all checks of the default branch → compile again', () => {
    const suite = { head_branch: 'main', pull_requests: [] }
    expect(worksOf('check_suite', checkSuitePayload(suite))).toEqual([compileAgain])
  })

  test('of a commit whose pull request GitHub does not say → it is looked for', () => {
    const found = [{ type: 'reconcile', repository, again: head }]
    expect(worksOf('check_suite', checkSuitePayload({ pull_requests: [] }))).toEqual(found)
    expect(worksOf('check_suite', checkSuitePayload({ pull_requests: [], head_branch: null }))).toEqual(found)
    expect(worksOf('check_run', checkRunPayload('rerequested', { pull_requests: [] }))).toEqual(found)
  })

  test('of one check → what it is a check of', () => {
    expect(worksOf('check_run', checkRunPayload('rerequested'))).toEqual([reviewAgain])
    const ofCompile = { name: 'fleetwright compile', pull_requests: [] }
    expect(worksOf('check_run', checkRunPayload('rerequested', ofCompile))).toEqual([compileAgain])
  })

  test('of a check of another app or name → nothing', () => {
    expect(worksOf('check_suite', checkSuitePayload({ app: { id: 78 } }))).toEqual([])
    expect(worksOf('check_run', checkRunPayload('rerequested', { app: { id: 78 } }))).toEqual([])
    expect(worksOf('check_run', checkRunPayload('rerequested', { name: 'lint' }))).toEqual([])
  })
})

describe('a button', () => {
  const pressed = (identifier: string, more: object = {}, rest: object = {}) => {
    const action = { requested_action: { identifier } }
    return worksOf('check_run', checkRunPayload('requested_action', more, { ...action, ...rest }))
  }

  const approve = 'ok:ASNFZ4mrze8BI0Vni'

  test('"Compile again" → again', () => {
    expect(pressed('compile')).toEqual([reviewAgain])
    expect(pressed('compile', { name: 'fleetwright compile' })).toEqual([compileAgain])
  })

  test('"Approve deletions" → an approval of what the button names, by who pressed it', () => {
    expect(pressed(approve, { name: 'fleetwright compile' })).toEqual([
      { type: 'approve', repository, check: 31, head, button: approve, by: 'mona' },
    ])
  })

  test.each([
    ['of another app', 'compile', { app: { id: 78 } }, {}],
    ['of another check', approve, { name: 'lint' }, {}],
    ['that a bot pressed', approve, {}, { sender: { login: 'x[bot]', type: 'Bot' } }],
    ['that nobody pressed', 'compile', {}, { sender: null }],
    ['that names a tree by less', approve.slice(0, -1), {}, {}],
    ['that names a tree by other letters', `${approve.slice(0, -1)}+`, {}, {}],
    ['that names a tree by more', `${approve}0`, {}, {}],
    ['that nobody knows', 'lgtm', {}, {}],
  ])('%s → nothing', (_, identifier, more, rest) => {
    expect(pressed(identifier, more, rest)).toEqual([])
  })
})

describe('a comment', () => {
  const command = { type: 'command', repository, pullRequest: 4, comment: 501 }

  test.each(['/fleet diff', '\n\n/fleet', '/fleet\thelp\r\nplease', '   /fleet diff', '/fleet nonsense'])(
    'that begins with the word is looked at: %j',
    (body) => {
      expect(worksOf('issue_comment', commentPayload(body))).toEqual([command])
    },
  )

  test.each([
    'hello',
    'please\n/fleet diff',
    '> /fleet diff',
    '```\n/fleet diff\n```',
    '~~~\n/fleet diff\n~~~',
    '    /fleet diff',
    '\t/fleet diff',
    '`/fleet diff`',
    '<!--\n/fleet diff\n-->',
    '/fleetwright diff',
    '/Fleet diff',
    '\u200B/fleet diff',
    '',
  ])('%j says nothing to us', (body) => {
    expect(worksOf('issue_comment', commentPayload(body))).toEqual([])
  })

  test.each([
    ['a bot', { user: { login: 'x', type: 'Bot' } }],
    ['a bot by its name', { user: { login: 'x[bot]', type: 'User' } }],
    ['nobody any more', { user: null }],
    ['a person through an app', { performed_via_github_app: { id: 3 } }],
  ])('of %s never counts', (_, more) => {
    expect(worksOf('issue_comment', commentPayload('/fleet diff', more))).toEqual([])
  })

  test('that was edited or deleted never counts', () => {
    for (const action of ['edited', 'deleted'])
      expect(parseDelivery('issue_comment', commentPayload('/fleet diff', {}, { action }))).toEqual({
        type: 'ignored',
      })
  })

  test('on an issue is ignored', () => {
    const given = commentPayload('/fleet diff', {}, { issue: { number: 4 } })
    expect(parseDelivery('issue_comment', given)).toEqual({ type: 'ignored' })
  })
})

describe('a merge queue', () => {
  test('that wants checks gets one', () => {
    expect(worksOf('merge_group', mergeGroupPayload('checks_requested'))).toEqual([
      { type: 'merge-group', repository, head, base },
    ])
  })

  test('whose group is gone, or merges onto the rendered branch, gets none', () => {
    expect(worksOf('merge_group', mergeGroupPayload('destroyed'))).toEqual([])
    const onto = mergeGroupPayload('checks_requested', { base_ref: 'refs/heads/rendered' })
    expect(worksOf('merge_group', onto)).toEqual([])
  })
})

describe('of the rest', () => {
  test('repository_dispatch of our name compiles again, and no other does', () => {
    const dispatch = (action: string) => payload(action, { branch: 'main', client_payload: {} })
    expect(worksOf('repository_dispatch', dispatch('fleetwright'))).toEqual([compileAgain])
    expect(worksOf('repository_dispatch', dispatch('deploy'))).toEqual([])
  })

  const forget = { type: 'forget', repository }
  const reconcile = { type: 'reconcile', repository }
  test.each([
    ['archived', {}, [forget]],
    ['deleted', {}, [forget]],
    ['unarchived', {}, [reconcile]],
    ['edited', { default_branch: { from: 'master' } }, [reconcile]],
    [
      'renamed',
      { repository: { name: { from: 'old' } } },
      [{ ...forget, repository: { ...repository, name: 'old' } }, reconcile],
    ],
    [
      'transferred',
      { owner: { from: { user: null, organization: { login: 'Before' } } } },
      [{ ...forget, repository: { ...repository, owner: 'Before' } }, reconcile],
    ],
  ])('a repository that is %s', (action, changes, works) => {
    expect(worksOf('repository', payload(action, { changes }))).toEqual(works)
  })

  test.each(['created', 'privatized', 'publicized', 'edited'])(
    'a repository that is %s is ignored',
    (action) => {
      const given = payload(action, { changes: { description: { from: 'x' } } })
      expect(parseDelivery('repository', given)).toEqual({ type: 'ignored' })
    },
  )

  test('ping is heard, and asks for nothing', () => {
    expect(planOf('ping', { zen: 'Design for failure.' })).toEqual({ works: [], notes: new Map() })
  })
})

describe('a payload that is not as GitHub documents it', () => {
  test.each([
    [
      'a commit that is none',
      pullRequestPayload('opened', {
        pull_request: { head: { sha: '--upload-pack', ref: 'x', repo: null } },
      }),
    ],
    [
      'a name with a slash',
      pullRequestPayload('opened', {
        repository: { name: '../x', owner: { login: 'a' }, default_branch: 'main' },
      }),
    ],
    [
      'a name that is a folder above',
      pullRequestPayload('opened', {
        repository: { name: '..', owner: { login: 'a' }, default_branch: 'main' },
      }),
    ],
    ['a time that is none', pullRequestPayload('opened', { pull_request: { updated_at: 'yesterday' } })],
    ['no pull request', payload('opened')],
  ])('has %s → malformed, with the place', (_, given) => {
    expect(parseDelivery('pull_request', given)).toMatchObject({
      type: 'malformed',
      why: expect.stringContaining('at ') as string,
    })
  })

  test.each([undefined, null, 3, 'x', [], { action: 4 }])('is %j → no event', (given) => {
    expect(parseDelivery('pull_request', given)).toEqual({ type: 'ignored' })
    expect(parseDelivery('push', given).type).toBe('malformed')
  })

  test('has a name that no event has → ignored', () => {
    for (const name of ['constructor', '__proto__', ''])
      expect(parseDelivery(name, {})).toEqual({ type: 'ignored' })
  })
})

test('what somebody wants again waits beside what an event asks for, and neither takes the place of the other', () => {
  const keys = [review, reviewAgain, compile, compileAgain].map((work) => toQueuedWork(work as Work))
  expect(new Set(keys.map(({ key }) => key)).size).toBe(4)
  expect(new Set(keys.map(({ lane }) => lane)).size).toBe(2)
})

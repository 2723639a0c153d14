import { createRequire } from 'node:module'
import type { WebhookDefinition } from '@octokit/webhooks-examples'
import { describe, expect, test } from 'vitest'
import { parseDelivery } from '../../src/review/parse-delivery.ts'
import { planWork } from '../../src/review/plan-work.ts'
import type { KnownToApp, PlannedWork, Work } from '../../src/review/types.ts'

/** Examples that GitHub and others gave for every event. Most were sent to a hook of a repository: it has no installation. */
interface Example {
  readonly name: string
  readonly action: string | undefined
  readonly payload: Readonly<Record<string, unknown>>
}

/** What the package holds is JSON; its types tell of a default export. */
const definitions = createRequire(import.meta.url)(
  '@octokit/webhooks-examples',
) as readonly WebhookDefinition[]

const examples: readonly Example[] = definitions.flatMap(({ name, examples: payloads }) =>
  (payloads as unknown as readonly Example['payload'][]).map((payload) => {
    return { name, action: payload['action'] as string | undefined, payload }
  }),
)

/** As it would come to the app. */
function toApp(payload: Example['payload']): Example['payload'] {
  return { installation: { id: 1, node_id: 'x' }, ...payload }
}

function planOf({ name, payload }: Example, known: Partial<KnownToApp> = {}): PlannedWork {
  const parsed = parseDelivery(name, toApp(payload))
  if (parsed.type !== 'event') return { works: [], notes: new Map() }
  return planWork(parsed.event, { login: 'app[bot]', app: 29310, renderedBranch: 'rendered', ...known })
}

function worksOf(example: Example, known: Partial<KnownToApp> = {}): readonly Work[] {
  return planOf(example, known).works
}

const of = (name: string, action?: string): readonly Example[] =>
  examples.filter((each) => each.name === name && each.action === action)

describe('of the examples of all events', () => {
  test('there are many', () => {
    expect(examples.length).toBeGreaterThan(250)
  })

  test('none is malformed once it comes from an installation', () => {
    const malformed = examples.flatMap(({ name, action, payload }) => {
      const parsed = parseDelivery(name, toApp(payload))
      return parsed.type === 'malformed' ? [{ name, action, why: parsed.why }] : []
    })
    expect(malformed).toEqual([])
  })

  test('those of these names and actions are read, and all others ignored', () => {
    const read = examples.flatMap(({ name, action, payload }) => {
      return parseDelivery(name, toApp(payload)).type === 'event' ? [`${name} ${action ?? ''}`.trim()] : []
    })
    expect([...new Set(read)].sort()).toEqual([
      'check_run requested_action',
      'check_run rerequested',
      'check_suite rerequested',
      'installation created',
      'installation deleted',
      'installation new_permissions_accepted',
      'installation suspend',
      'installation unsuspend',
      'installation_repositories added',
      'installation_repositories removed',
      'merge_group checks_requested',
      'ping',
      'pull_request closed',
      'pull_request labeled',
      'pull_request opened',
      'pull_request ready_for_review',
      'pull_request reopened',
      'pull_request synchronize',
      'push',
      'repository edited',
      'repository renamed',
      'repository transferred',
      'repository_dispatch on-demand-test',
    ])
  })

  test('those without an installation were not sent to an app: they are malformed where they would be read', () => {
    const [opened] = of('pull_request', 'opened').filter(({ payload }) => !('installation' in payload))
    expect(parseDelivery('pull_request', opened?.payload)).toEqual({
      type: 'malformed',
      why: '✖ Invalid input: expected object, received undefined\n  → at installation',
    })
  })
})

const hello = { installation: 1, owner: 'Codertocat', name: 'Hello-World' }
const renamed = { installation: 1, owner: 'Octocoders', name: 'Hello-World' }

describe('the work of the examples', () => {
  test.each(['opened', 'synchronize', 'reopened', 'ready_for_review', 'closed'])(
    'pull_request %s → a review',
    (action) => {
      const found = of('pull_request', action)
      expect(found.length).toBeGreaterThan(0)
      for (const example of found)
        expect(worksOf(example)).toEqual([{ type: 'review', repository: hello, pullRequest: 2 }])
    },
  )

  test('pull_request labeled → nothing', () => {
    for (const example of of('pull_request', 'labeled')) expect(worksOf(example)).toEqual([])
  })

  test('push → a compile of the default branch, and nothing for tags', () => {
    const pushes = of('push')
    expect(pushes.map((each) => [each.payload['ref'], worksOf(each)])).toEqual(
      pushes.map(({ payload: { ref } }) => [
        ref,
        ref === 'refs/heads/master' ? [{ type: 'compile', repository: hello, branch: 'master' }] : [],
      ]),
    )
    expect(pushes.filter(({ payload: { ref } }) => ref === 'refs/heads/master')).toHaveLength(2)
  })

  test('check_suite rerequested → the review of its pull request, again', () => {
    for (const example of of('check_suite', 'rerequested')) {
      const repository = { ...hello, installation: 957387 }
      expect(worksOf(example)).toEqual([{ type: 'review', repository, pullRequest: 2, again: true }])
      expect(worksOf(example, { app: 1 })).toEqual([])
    }
  })

  test('check_run of a check that is not of this app → nothing', () => {
    for (const example of [...of('check_run', 'rerequested'), ...of('check_run', 'requested_action')])
      for (const app of [2, 25811, 29310]) expect(worksOf(example, { app })).toEqual([])
  })

  test('issue_comment on an issue → nothing', () => {
    for (const example of of('issue_comment', 'created')) expect(worksOf(example)).toEqual([])
  })

  test('installation and its repositories → looks at what was added, forgets what went', () => {
    const works = (name: string, action: string) => of(name, action).flatMap((each) => worksOf(each))
    const reconciled = { type: 'reconcile', repository: { ...hello, installation: 957387 } }
    const forgotten = {
      type: 'forget',
      repository: { installation: 2, owner: 'octocat', name: 'Hello-World' },
    }
    expect(works('installation', 'created')).toEqual([reconciled, reconciled])
    expect(works('installation', 'new_permissions_accepted')).toEqual([reconciled])
    expect(works('installation', 'deleted')).toEqual([forgotten, forgotten])
    expect(works('installation', 'suspend')).toEqual([])
    expect(works('installation', 'unsuspend')).toEqual([])
    const [returned] = of('installation', 'unsuspend')
    expect(returned && planOf(returned).notes).toEqual(new Map([['app/returned/16598467', 'asked']]))
    const space = { ...reconciled, repository: { ...reconciled.repository, name: 'Space' } }
    expect(works('installation_repositories', 'added')).toEqual([space, space])
    expect(works('installation_repositories', 'removed')).toEqual([forgotten])
  })

  test('merge_group checks_requested → its check', () => {
    const [example] = of('merge_group', 'checks_requested')
    expect(example && worksOf(example)).toMatchObject([
      {
        type: 'merge-group',
        head: '2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d',
        base: '380387fbc80638b734a49e1be1c4dfec1c01b33c',
      },
    ])
  })

  test('repository_dispatch of another name → nothing', () => {
    for (const example of of('repository_dispatch', 'on-demand-test')) expect(worksOf(example)).toEqual([])
  })

  test('repository edited → looks anew where the default branch is another', () => {
    const works = of('repository', 'edited').flatMap((each) => worksOf(each))
    expect(works).toEqual([{ type: 'reconcile', repository: renamed }])
  })
})

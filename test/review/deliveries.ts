import { parseDelivery } from '../../src/review/parse-delivery.ts'
import { planWork } from '../../src/review/plan-work.ts'
import type { FleetEvent, KnownToApp, PlannedWork } from '../../src/review/types.ts'

/** Payloads as GitHub documents them, in the fields that matter here and some that do not. */

export const head = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
export const base = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
export const repository = { installation: 12, owner: 'Acme', name: 'fleet' } as const
export const known: KnownToApp = { login: 'fleetwright[bot]', app: 77, renderedBranch: 'rendered' }

const person = { login: 'mona', type: 'User' }
const about = {
  installation: { id: 12, node_id: 'x' },
  repository: {
    id: 5,
    name: 'fleet',
    full_name: 'Acme/fleet',
    owner: { login: 'Acme' },
    default_branch: 'main',
  },
  sender: person,
}

export function pullRequestPayload(
  action: string,
  { pull_request, ...more }: { readonly pull_request?: object; readonly [field: string]: unknown } = {},
): object {
  return {
    ...{ action, number: 4, ...about },
    pull_request: {
      ...{ number: 4, user: person, body: null, merged: false, updated_at: '2026-11-20T10:00:00Z' },
      head: { sha: head, ref: 'change', repo: { id: 5 } },
      base: { sha: base, ref: 'main', repo: { id: 5 } },
      ...pull_request,
    },
    ...more,
  }
}

export function pushPayload(more: object = {}): object {
  return { ref: 'refs/heads/main', before: base, after: head, deleted: false, ...about, ...more }
}

export function checkSuitePayload(more: object = {}): object {
  const suite = {
    id: 9,
    head_sha: head,
    head_branch: 'change',
    app: { id: 77 },
    pull_requests: [{ number: 4 }],
  }
  return { action: 'rerequested', ...about, check_suite: { ...suite, ...more } }
}

export function checkRunPayload(action: string, more: object = {}, rest: object = {}): object {
  const run = {
    ...{ id: 31, name: 'fleetwright', head_sha: head, app: { id: 77 }, pull_requests: [{ number: 4 }] },
    check_suite: { head_branch: 'change' },
  }
  return { action, ...about, check_run: { ...run, ...more }, ...rest }
}

export function commentPayload(body: string, more: object = {}, rest: object = {}): object {
  return {
    ...{ action: 'created', ...about },
    issue: { number: 4, pull_request: { url: '…' } },
    comment: { id: 501, body, user: person, performed_via_github_app: null, ...more },
    ...rest,
  }
}

export function mergeGroupPayload(action: string, more: object = {}): object {
  const group = {
    head_sha: head,
    base_sha: base,
    base_ref: 'refs/heads/main',
    head_ref: 'refs/heads/gh-readonly-queue/main/pr-4',
  }
  return { action, ...about, merge_group: { ...group, ...more } }
}

export function payload(action: string, more: object = {}): object {
  return { action, ...about, ...more }
}

export function eventOf(name: string, given: unknown): FleetEvent {
  const parsed = parseDelivery(name, given)
  if (parsed.type !== 'event') throw new Error(`${name} is ${JSON.stringify(parsed)}`)
  return parsed.event
}

export function planOf(name: string, given: unknown, more: Partial<KnownToApp> = {}): PlannedWork {
  return planWork(eventOf(name, given), { ...known, ...more })
}

import { Buffer } from 'node:buffer'
import { z } from 'zod'
import { describeWhoMay, mayCommand, type WhoCommands } from './command-permission.ts'
import { parseKept } from './parse-kept.ts'
import { repositoryKey } from './queued-work.ts'
import type { RepositoryId } from './types.ts'

const digest = z.string().regex(/^[0-9a-f]{40}$/)
const approval = z.object({
  digest,
  by: z.string(),
  at: z.iso.datetime(),
  via: z.enum(['check', 'comment']),
})

/** Somebody who may lets compiles delete what the tree of this digest deletes, whatever commit renders it. */
export type Approval = Readonly<z.infer<typeof approval>>

/** So that nobody is surprised by what somebody wanted long ago. */
const lifetimeMs = 30 * 24 * 3_600_000

/** What the keys of all approvals of a repository start with. */
export function approvalsPrefix(repository: RepositoryId): string {
  return `${repositoryKey(repository)}/approvals/`
}

export function approvalKey(repository: RepositoryId, approved: string): string {
  return `${approvalsPrefix(repository)}${approved}`
}

/** Undefined for what is none: then nothing was approved. */
export function parseApproval(text: string): Approval | undefined {
  return parseKept(approval, text)
}

/** Those of the kept values that count, by digest. Time is in milliseconds since the epoch. */
export function countingApprovals(kept: Iterable<string>, now: number): ReadonlyMap<string, Approval> {
  const parsed = [...kept].map(parseApproval).filter((each) => each !== undefined)
  return new Map(parsed.filter(({ at }) => isInTime(at, now)).map((each) => [each.digest, each]))
}

export function isApproved(approvals: ReadonlyMap<string, Approval>, asked: string, now: number): boolean {
  const found = approvals.get(asked)
  return found !== undefined && isInTime(found.at, now)
}

function isInTime(at: string, now: number): boolean {
  return Date.parse(at) + lifetimeMs > now
}

/**
 * What changes in the state store when somebody approves: the first approval of a tree stays, since it is the one that holds;
 * those that are too old go. `kept` has the values of all keys with `approvalsPrefix`.
 */
export function recordApproval(
  repository: RepositoryId,
  kept: ReadonlyMap<string, string>,
  approving: Omit<Approval, 'at'>,
  now: number,
): ReadonlyMap<string, string | undefined> {
  const counting = countingApprovals(kept.values(), now)
  const keys = new Set([...counting.keys()].map((each) => approvalKey(repository, each)))
  const changes = new Map<string, string | undefined>()
  for (const key of kept.keys()) if (!keys.has(key)) changes.set(key, undefined)
  const key = approvalKey(repository, approving.digest)
  const { digest: approved, by, via } = approving
  const written: Approval = { digest: approved, by, at: new Date(now).toISOString(), via }
  if (!keys.has(key)) changes.set(key, JSON.stringify(written))
  return changes
}

/** What the identifier of the button "Approve deletions" starts with. */
const approveIdentifier = 'ok:'

/**
 * Identifier of the button that approves a tree: as much of its digest, 102 bits, as GitHub's 20 characters hold. It says which
 * tree was shown to who pressed it; what is approved is the whole digest, which the check has.
 */
export function approvalIdentifier(approved: string): string {
  return `${approveIdentifier}${Buffer.from(approved, 'hex').toString('base64url').slice(0, 17)}`
}

export function isApprovalIdentifier(identifier: string): boolean {
  return /^ok:[\w-]{17}$/.test(identifier)
}

export interface ApprovalSituation extends WhoCommands {
  /** Of the tree that was shown with the button. */
  readonly digest: string
  /** Of the tree that a brake stops now, if one does. */
  readonly stopped: string | undefined
  /** Whose configuration says who may. */
  readonly baseBranch: string
}

export type ApprovalJudgement =
  | { readonly type: 'accepted' }
  | {
      readonly type: 'refused'
      readonly why: 'not-allowed' | 'nothing-stopped' | 'another-tree'
      /** To be shown with the check. */
      readonly reason: string
    }

/** Whether a pressed button approves: who may, of the very tree that is stopped now. */
export function judgeApproval(situation: ApprovalSituation): ApprovalJudgement {
  const { login, digest: shown, stopped, allow, baseBranch } = situation
  const refused = (why: 'not-allowed' | 'nothing-stopped' | 'another-tree', reason: string) =>
    ({ type: 'refused', why, reason }) as const
  if (!mayCommand(situation))
    return refused('not-allowed', `${login} may not approve deletions: ${describeWhoMay(allow, baseBranch)}.`)
  if (stopped === undefined)
    return refused('nothing-stopped', 'No brake stops anything here any more: there is nothing to approve.')
  if (shown !== stopped)
    return refused(
      'another-tree',
      `${login} approved the tree \`${shown}\`, and it is another one by now: \`${stopped}\`. Look at what that deletes, then approve it.`,
    )
  return { type: 'accepted' }
}

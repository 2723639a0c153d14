import { isApprovalIdentifier } from './approvals.ts'
import { isCommand } from './command-line.ts'
import { declinedKey, formatNote, headKey, returnedPrefix } from './notes.ts'
import { ownBranchPrefix, readProposalMarker } from './proposal-marker.ts'
import type {
  CommentEvent,
  FleetEvent,
  InstallationEvent,
  KnownToApp,
  PlannedWork,
  PullRequestEvent,
  PushEvent,
  RepositoryEvent,
  RequestedActionEvent,
  RerequestEvent,
  Work,
} from './types.ts'

/** Names of the app's checks: on pull requests and merge groups, and on commits of the source branch. */
export const checkNames = { review: 'fleetwright', compile: 'fleetwright compile' } as const

/** Button "Compile again". */
export const compileIdentifier = 'compile'

const nothing: PlannedWork = { works: [], notes: new Map() }

/**
 * An event → the work that it asks for, and what is noted of it. It says no more than that something may have to be done:
 * whoever does it looks what stands then, so that events may come late, twice, or in another order. Pure.
 */
export function planWork(event: FleetEvent, known: KnownToApp): PlannedWork {
  switch (event.type) {
    case 'pull-request':
      return planPullRequest(event, known)
    case 'push':
      return of(planPush(event, known))
    case 'rerequest':
      return of(event.app === known.app ? planAgain(event) : [])
    case 'requested-action':
      return of(event.app === known.app ? planButton(event) : [])
    case 'comment':
      return of(planComment(event))
    case 'merge-group': {
      const { repository, head, base, baseBranch, action } = event
      // Of one that is gone nobody looks at the check.
      const isWanted = action === 'checks_requested' && baseBranch !== known.renderedBranch
      return of(isWanted ? [{ type: 'merge-group', repository, head, base }] : [])
    }
    case 'dispatch':
      return of(event.eventType === 'fleetwright' ? [compileAgain(event)] : [])
    case 'installation':
      return planInstallation(event)
    case 'repository':
      return of(planRepository(event))
    case 'ping':
      return nothing
  }
}

function of(works: readonly Work[]): PlannedWork {
  return works.length === 0 ? nothing : { works, notes: nothing.notes }
}

/**
 * Whatever the base, a pull request is reviewed against it. Nothing of the intent is in one onto the rendered branch, such as
 * the app's own proposals. A closed one is looked at once more, so that what is being done for it ends; one that was merged is
 * compiled by the push that comes of it, and its review may end as it will. A label asks for nothing: those who may not give
 * commands may set labels.
 */
function planPullRequest(event: PullRequestEvent, known: KnownToApp): PlannedWork {
  const { repository, number: pullRequest, action } = event
  if (event.base === known.renderedBranch) return { works: [], notes: noteDeclined(event, known) }
  const work = { type: 'review', repository, pullRequest } as const
  switch (action) {
    case 'opened':
    case 'synchronize':
    case 'reopened':
      return { works: [work], notes: noteHead(event) }
    case 'ready_for_review':
      return of([work])
    case 'edited':
      // The check stands on the head, and tells of another base.
      return of([{ ...work, again: true }])
    case 'closed':
      return of(event.isMerged ? [] : [work])
    case 'labeled':
      return nothing
  }
}

/** Only what moves a head is noted: any later look at the same head would make it look as if it had moved then. */
function noteHead({ repository, number, head, updatedAt }: PullRequestEvent): ReadonlyMap<string, string> {
  return new Map([[headKey(repository, number), formatNote({ commit: head.commit, since: updatedAt })]])
}

/** Somebody does not want what the app proposed: it is not proposed again until it is something else, or he wants it after all. */
function noteDeclined(event: PullRequestEvent, { login }: KnownToApp): ReadonlyMap<string, string> {
  const { action, head, author, sender, isMerged, body, repository, updatedAt } = event
  const digest = readProposalMarker(body)
  const isOwn = head.isOwn && head.branch.startsWith(ownBranchPrefix) && isSameLogin(author, login)
  if (!isOwn || digest === undefined || isSameLogin(sender, login)) return nothing.notes
  const isDeclined = action === 'closed' && !isMerged
  if (!isDeclined && action !== 'reopened') return nothing.notes
  const note = { digest: isDeclined ? digest : '', since: updatedAt }
  return new Map([[declinedKey(repository, head.branch), formatNote(note)]])
}

/** Of other branches the pull request tells. */
function planPush({ repository, branch, isDeleted, ...event }: PushEvent, known: KnownToApp): Work[] {
  const { defaultBranch, sender } = event
  const isSource = branch === defaultBranch && !isDeleted
  // Compiling finds out what somebody else wrote there, and repairs or reports it.
  const isTampered = branch === known.renderedBranch && !isSameLogin(sender, known.login)
  return isSource || isTampered ? [{ type: 'compile', repository, branch: defaultBranch }] : []
}

function planAgain(event: Omit<RerequestEvent, 'type'>): Work[] {
  const { repository, checkName, branch, defaultBranch, pullRequests, commit } = event
  if (checkName !== undefined && !isOwnCheck(checkName)) return []
  const isOfSource = branch === defaultBranch
  if (checkName === checkNames.compile) return [compileAgain(event)]
  const reviews = pullRequests.map((pullRequest): Work => {
    return { type: 'review', repository, pullRequest, again: true }
  })
  const compiles = checkName === undefined && isOfSource ? [compileAgain(event)] : []
  if (reviews.length + compiles.length > 0) return [...compiles, ...reviews]
  // A fork's, or one of a merge queue: whoever looks finds out which.
  return [{ type: 'reconcile', repository, again: commit }]
}

function planButton(event: RequestedActionEvent): Work[] {
  const { repository, identifier, check, commit: head, sender: by, isBot } = event
  if (isBot || by === undefined || !isOwnCheck(event.checkName)) return []
  if (identifier === compileIdentifier) return planAgain(event)
  const isApproval = isApprovalIdentifier(identifier)
  return isApproval ? [{ type: 'approve', repository, check, head, button: identifier, by }] : []
}

function isOwnCheck(name: string): boolean {
  return name === checkNames.review || name === checkNames.compile
}

/** Whether it is one that counts, and for whom, is judged when it is done. */
function planComment({ repository, pullRequest, comment, body, isBot }: CommentEvent): Work[] {
  return !isBot && isCommand(body) ? [{ type: 'command', repository, pullRequest, comment }] : []
}

/** Only GitHub knows the repositories of one that returned: whoever keeps the schedule asks. */
function planInstallation({ added, removed, returned }: InstallationEvent): PlannedWork {
  const works = [
    ...removed.map((repository): Work => ({ type: 'forget', repository })),
    ...added.map((repository): Work => ({ type: 'reconcile', repository })),
  ]
  return { works, notes: new Map(returned === undefined ? [] : [[`${returnedPrefix}${returned}`, 'asked']]) }
}

/** What is kept under the old name would never be asked for again. Nothing can be written in an archived one. */
function planRepository({ repository, action, formerly }: RepositoryEvent): Work[] {
  switch (action) {
    case 'archived':
    case 'deleted':
      return [{ type: 'forget', repository }]
    case 'unarchived':
    case 'default-branch':
    case 'renamed':
    case 'transferred': {
      const forget: Work[] = formerly ? [{ type: 'forget', repository: formerly }] : []
      return [...forget, { type: 'reconcile', repository }]
    }
  }
}

function compileAgain({ repository, defaultBranch }: Pick<PushEvent, 'repository' | 'defaultBranch'>): Work {
  return { type: 'compile', repository, branch: defaultBranch, again: true }
}

/** GitHub tells logins apart without regard to case. */
function isSameLogin(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase()
}

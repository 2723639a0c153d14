import { z } from 'zod'
import type {
  CommentEvent,
  DispatchEvent,
  InstallationEvent,
  MergeGroupEvent,
  PullRequestEvent,
  PushEvent,
  RepositoryEvent,
  RepositoryId,
  RequestedActionEvent,
  RerequestEvent,
} from './types.ts'

/** Each payload in the fields that are used, and the event that it becomes; undefined where nothing follows from it. */

const commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
/** Keys and paths are made of them. */
const slug = z.string().regex(/^(?!\.{1,2}$)[\w.-]{1,100}$/)
const id = z.int().positive()
const user = z.object({ login: z.string(), type: z.string().optional() })

/** What every delivery to an app has that is about one repository; to a hook of a repository it has no installation. */
const about = z.object({
  installation: z.object({ id }),
  repository: z.object({ name: slug, owner: z.object({ login: slug }), default_branch: z.string() }),
  sender: user.nullish(),
})

function toAbout({ installation, repository, sender }: z.infer<typeof about>) {
  return {
    repository: { installation: installation.id, owner: repository.owner.login, name: repository.name },
    defaultBranch: repository.default_branch,
    ...(sender && { sender: sender.login }),
  }
}

export const pullRequestDelivery = about
  .extend({
    action: z.enum(['opened', 'synchronize', 'reopened', 'ready_for_review', 'labeled', 'closed', 'edited']),
    pull_request: z.object({
      number: id,
      // A fork that was deleted is null.
      head: z.object({ sha: commit, ref: z.string(), repo: z.object({ id }).nullable() }),
      base: z.object({ ref: z.string(), repo: z.object({ id }) }),
      user: user.nullish(),
      body: z.string().nullish(),
      merged: z.boolean().nullish(),
      updated_at: z.iso.datetime(),
    }),
    changes: z.object({ base: z.unknown() }).partial().optional(),
  })
  .transform(({ action, pull_request: { head, base, ...rest }, changes, ...payload }) => {
    if (action === 'edited' && changes?.base === undefined) return undefined
    return {
      ...{ type: 'pull-request', action, ...toAbout(payload), number: rest.number },
      head: { commit: head.sha, branch: head.ref, isOwn: head.repo?.id === base.repo.id },
      base: base.ref,
      ...(rest.user && { author: rest.user.login }),
      body: rest.body ?? '',
      isMerged: rest.merged === true,
      updatedAt: rest.updated_at,
    } satisfies PullRequestEvent
  })

export const pushDelivery = about
  .extend({ ref: z.string(), deleted: z.boolean().default(false) })
  .transform(({ ref, deleted, ...payload }) => {
    const branch = branchOf(ref)
    if (branch === undefined) return undefined
    return { type: 'push', ...toAbout(payload), branch, isDeleted: deleted } satisfies PushEvent
  })

const ofCheck = {
  app: z.object({ id }),
  head_sha: commit,
  pull_requests: z.array(z.object({ number: id })).default([]),
}

export const checkSuiteDelivery = about
  .extend({ check_suite: z.object({ ...ofCheck, head_branch: z.string().nullish() }) })
  .transform(({ check_suite: suite, ...payload }): RerequestEvent => {
    return { type: 'rerequest', ...toAbout(payload), ...toCheck(suite, suite.head_branch) }
  })

export const checkRunDelivery = about
  .extend({
    check_run: z.object({
      ...{ ...ofCheck, id, name: z.string() },
      check_suite: z.object({ head_branch: z.string().nullish() }),
    }),
    requested_action: z.object({ identifier: z.string() }).optional(),
  })
  .transform(({ check_run: run, requested_action: action, ...payload }) => {
    const common = {
      ...{ ...toAbout(payload), ...toCheck(run, run.check_suite.head_branch), checkName: run.name },
    }
    if (action === undefined) return { type: 'rerequest', ...common } satisfies RerequestEvent
    return {
      ...{ type: 'requested-action', ...common, check: run.id, identifier: action.identifier },
      isBot: isBot(payload.sender),
    } satisfies RequestedActionEvent
  })

function toCheck(
  { app, head_sha, pull_requests }: z.infer<z.ZodObject<typeof ofCheck>>,
  branch: string | null | undefined,
) {
  const pullRequests = pull_requests.map(({ number }) => number)
  return { app: app.id, commit: head_sha, pullRequests, ...(branch != null && { branch }) }
}

export const commentDelivery = about
  .extend({
    issue: z.object({ number: id, pull_request: z.unknown().optional() }),
    comment: z.object({
      id,
      body: z.string(),
      user: user.nullish(),
      performed_via_github_app: z.unknown().optional(),
    }),
  })
  .transform(({ issue, comment, ...payload }) => {
    if (issue.pull_request == null) return undefined
    return {
      ...{ type: 'comment', ...toAbout(payload), pullRequest: issue.number, comment: comment.id },
      body: comment.body,
      isBot: isBot(comment.user) || comment.performed_via_github_app != null,
    } satisfies CommentEvent
  })

/** Nobody any more counts as one. */
function isBot(who: z.infer<typeof user> | null | undefined): boolean {
  return who == null || who.type === 'Bot' || who.login.endsWith('[bot]')
}

const listed = z.array(
  z.object({ full_name: z.templateLiteral([slug, '/', slug]).transform((name) => name.split('/')) }),
)

/** `suspend` takes nothing away: it may come back. `unsuspend` comes without the list. */
export const installationDelivery = z
  .object({
    action: z.string(),
    installation: z.object({ id }),
    repositories: listed.default([]),
  })
  .transform(({ action, installation, repositories }): InstallationEvent => {
    const ids = toIds(installation.id, repositories)
    const isGiven = ['created', 'unsuspend', 'new_permissions_accepted'].includes(action)
    return {
      type: 'installation',
      added: isGiven ? ids : [],
      removed: action === 'deleted' ? ids : [],
      ...(isGiven && ids.length === 0 && { returned: installation.id }),
    }
  })

export const installationRepositoriesDelivery = z
  .object({
    installation: z.object({ id }),
    repositories_added: listed.default([]),
    repositories_removed: listed.default([]),
  })
  .transform((payload): InstallationEvent => {
    return {
      type: 'installation',
      added: toIds(payload.installation.id, payload.repositories_added),
      removed: toIds(payload.installation.id, payload.repositories_removed),
    }
  })

function toIds(installation: number, repositories: z.infer<typeof listed>): RepositoryId[] {
  return repositories.map(({ full_name: [owner = '', name = ''] }) => ({ installation, owner, name }))
}

export const mergeGroupDelivery = about
  .extend({
    action: z.enum(['checks_requested', 'destroyed']),
    merge_group: z.object({ head_sha: commit, base_sha: commit, base_ref: z.string() }),
  })
  .transform(({ action, merge_group: { head_sha, base_sha, base_ref }, ...payload }) => {
    return {
      ...{ type: 'merge-group', action, ...toAbout(payload), head: head_sha, base: base_sha },
      baseBranch: branchOf(base_ref) ?? base_ref,
    } satisfies MergeGroupEvent
  })

/** The action is what whoever sent it calls it. */
export const dispatchDelivery = about
  .extend({ action: z.string() })
  .transform(({ action, ...payload }): DispatchEvent => {
    return { type: 'dispatch', ...toAbout(payload), eventType: action }
  })

const owner = z.object({ login: slug })

export const repositoryDelivery = about
  .extend({
    action: z.enum(['renamed', 'transferred', 'archived', 'unarchived', 'deleted', 'edited']),
    changes: z
      .object({
        repository: z.object({ name: z.object({ from: slug }) }),
        owner: z.object({
          from: z.object({ user: owner.nullable(), organization: owner.nullable() }).partial(),
        }),
        default_branch: z.unknown(),
      })
      .partial()
      .optional(),
  })
  .transform(({ action, changes, ...payload }) => {
    if (action === 'edited' && changes?.default_branch === undefined) return undefined
    const own = toAbout(payload)
    const formerOwner = changes?.owner?.from.user ?? changes?.owner?.from.organization
    const formerly = {
      ...own.repository,
      ...(changes?.repository && { name: changes.repository.name.from }),
      ...(formerOwner && { owner: formerOwner.login }),
    }
    const isElsewhere = action === 'renamed' || action === 'transferred'
    return {
      ...{ type: 'repository', action: action === 'edited' ? 'default-branch' : action, ...own },
      ...(isElsewhere && { formerly }),
    } satisfies RepositoryEvent
  })

function branchOf(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined
}

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { ActionError, type Environment } from './action-io.ts'

/** A change that is reviewed. */
export interface ReviewedRange {
  readonly base: Tip
  readonly head: Tip
  /** Absent in a merge queue. */
  readonly pullRequest?: number
  /** The head is in another repository, or in one that is gone. */
  readonly isFork: boolean
}

export interface Tip {
  readonly commit: string
  /** Refs of the remote, one of which has it. */
  readonly refs: readonly string[]
}

/** What brought this run about, as far as the action has to know. */
export type ActionEvent =
  | { readonly name: 'pull_request'; readonly range: ReviewedRange }
  /** With the rights of the base repository, whoever wrote the head. */
  | { readonly name: 'pull_request_target'; readonly range: ReviewedRange }
  | { readonly name: 'merge_group'; readonly range: ReviewedRange }
  | { readonly name: 'workflow_run'; readonly run: TriggeringRun }
  | { readonly name: 'other'; readonly event: string }

/** The run that ended. */
export interface TriggeringRun {
  readonly id: number
  readonly event: string
  readonly head: {
    readonly repository: string
    readonly owner: string
    readonly branch: string
    readonly commit: string
  }
  readonly defaultBranch: string
}

const commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
const repository = z.object({ full_name: z.string() })

const pullRequestEvent = z.object({
  pull_request: z.object({
    number: z.int(),
    head: z.object({ sha: commit, repo: repository.nullable() }),
    base: z.object({ sha: commit, ref: z.string(), repo: repository }),
  }),
})

const mergeGroupEvent = z.object({
  merge_group: z.object({
    base_sha: commit,
    head_sha: commit,
    base_ref: z.string(),
    head_ref: z.string(),
  }),
})

const workflowRunEvent = z.object({
  workflow_run: z.object({
    id: z.int(),
    event: z.string(),
    head_sha: commit,
    head_branch: z.string(),
    head_repository: z.object({ full_name: z.string(), owner: z.object({ login: z.string() }) }),
  }),
  repository: z.object({ default_branch: z.string() }),
})

/** From GITHUB_EVENT_NAME and the file GITHUB_EVENT_PATH. Throws ActionError where they are not what GitHub documents. */
export async function readEvent(env: Environment): Promise<ActionEvent> {
  const name = env['GITHUB_EVENT_NAME'] ?? ''
  if (!['pull_request', 'pull_request_target', 'merge_group', 'workflow_run'].includes(name))
    return { name: 'other', event: name }
  const path = env['GITHUB_EVENT_PATH'] ?? ''
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) throw new ActionError(`the event ${name} has no payload at GITHUB_EVENT_PATH`)
  return parseEvent(name, text)
}

export function parseEvent(name: string, text: string): ActionEvent {
  try {
    const payload = JSON.parse(text) as unknown
    if (name === 'pull_request' || name === 'pull_request_target')
      return { name, range: toRange(pullRequestEvent.parse(payload)) }
    if (name === 'merge_group') return { name, range: toGroup(mergeGroupEvent.parse(payload)) }
    return { name: 'workflow_run', run: toRun(workflowRunEvent.parse(payload)) }
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw new ActionError(`the payload of the event ${name} is not as GitHub documents it: ${why}`)
  }
}

function toRange({ pull_request: { number, head, base } }: z.infer<typeof pullRequestEvent>): ReviewedRange {
  return {
    base: { commit: base.sha, refs: [`refs/heads/${base.ref}`] },
    // The base repository has the heads of forks too.
    head: { commit: head.sha, refs: [`refs/pull/${number}/head`] },
    pullRequest: number,
    isFork: head.repo?.full_name !== base.repo.full_name,
  }
}

function toGroup({ merge_group: group }: z.infer<typeof mergeGroupEvent>): ReviewedRange {
  return {
    base: { commit: group.base_sha, refs: [group.base_ref] },
    head: { commit: group.head_sha, refs: [group.head_ref] },
    // A queue tests what is to become the base: forks are in it once somebody who may merge put them there.
    isFork: false,
  }
}

function toRun({ workflow_run: run, repository: own }: z.infer<typeof workflowRunEvent>): TriggeringRun {
  return {
    ...{ id: run.id, event: run.event },
    head: {
      repository: run.head_repository.full_name,
      owner: run.head_repository.owner.login,
      branch: run.head_branch,
      commit: run.head_sha,
    },
    defaultBranch: own.default_branch,
  }
}

import { z } from 'zod'
import type { FleetEvent, ParsedDelivery } from './types.ts'
import {
  commentDelivery,
  checkRunDelivery,
  checkSuiteDelivery,
  dispatchDelivery,
  installationDelivery,
  installationRepositoriesDelivery,
  mergeGroupDelivery,
  pullRequestDelivery,
  pushDelivery,
  repositoryDelivery,
} from './delivery-schema.ts'

/**
 * A webhook's name (`X-GitHub-Event`) and payload → what follows from it, in the few fields that are used. Everything else is
 * ignored. Throws nothing, whatever the payload. Pure.
 */
export function parseDelivery(name: string, payload: unknown): ParsedDelivery {
  const action = actionOf(payload)
  const read = readers.get(action === undefined ? name : `${name}.${action}`) ?? readers.get(name)
  if (read === undefined) return { type: 'ignored' }
  const { success, data, error } = read.safeParse(payload)
  if (!success) return { type: 'malformed', why: z.prettifyError(error) }
  return data === undefined ? { type: 'ignored' } : { type: 'event', event: data }
}

type Reader = z.ZodType<FleetEvent | undefined>

/** By name, or name and action. An action that is not here is ignored. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...rows('pull_request', pullRequestDelivery, [
    ...['opened', 'synchronize', 'reopened', 'ready_for_review', 'labeled', 'closed', 'edited'],
  ]),
  ['push', pushDelivery],
  ...rows('check_suite', checkSuiteDelivery, ['rerequested']),
  ...rows('check_run', checkRunDelivery, ['rerequested', 'requested_action']),
  ...rows('issue_comment', commentDelivery, ['created']),
  ...rows('installation', installationDelivery, [
    ...['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'],
  ]),
  ...rows('installation_repositories', installationRepositoriesDelivery, ['added', 'removed']),
  ...rows('merge_group', mergeGroupDelivery, ['checks_requested', 'destroyed']),
  ['repository_dispatch', dispatchDelivery],
  ...rows('repository', repositoryDelivery, [
    ...['renamed', 'transferred', 'archived', 'unarchived', 'deleted', 'edited'],
  ]),
  ['ping', z.unknown().transform(() => ({ type: 'ping' as const }))],
])

function rows(name: string, reader: Reader, actions: readonly string[]): [string, Reader][] {
  return actions.map((action) => [`${name}.${action}`, reader])
}

function actionOf(payload: unknown): string | undefined {
  const parsed = z.object({ action: z.string() }).safeParse(payload)
  return parsed.data?.action
}

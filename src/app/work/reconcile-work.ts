import { checkNames, planReconcile, toQueuedWork } from '../../review/review.ts'
import type { OpenPullRequest } from '../../review/repository-host-port.ts'
import type { ReconcileWork } from '../../review/types.ts'
import { isWatched } from '../fleet/fleet-facts.ts'
import type { DoWork } from '../types.ts'
import { forgetClosed } from './closed-pull-requests.ts'
import { findConfigFile, noteRenderedBranch, readFleetConfig } from './fleet-config.ts'
import { fetchBranch, inRepository, type OpenedRepository } from './open-repository.ts'
import { readGroups } from './merge-groups.ts'
import { listUnsaid } from './unsaid-comment.ts'
import { parseCompiled } from './compiled-note.ts'
import { compiledKey } from './state-keys.ts'
import { createContext, type WorkContext } from './work-context.ts'

/** Looks for what no webhook told, or told in vain. */
export const reconcileWork: DoWork<ReconcileWork> = async (ports, work, run) => {
  const context = createContext(ports, work, run)
  await inRepository(context, async (opened) => {
    if (!opened.hosted.isArchived) await reconcile(context, opened, work)
  })
}

async function reconcile(
  context: WorkContext,
  { hosted, working }: OpenedRepository,
  { again }: ReconcileWork,
): Promise<void> {
  const { ports, repository, github, run } = context
  const listOpen = listOnce(context)
  // Somebody waits for what is asked for again.
  const branch = hosted.defaultBranch
  if (again === undefined) await forgetClosed(context, branch, listOpen)
  const head = await fetchBranch(context, working, branch)
  if (head === undefined || (await findConfigFile(working, head)) === undefined) return
  const { rendered } = await readFleetConfig(context, working, head)
  await noteRenderedBranch(context, rendered.branch)
  const [pullRequests, unsaid, check, renderedHead, compiled, groups] = await Promise.all([
    listOpen(),
    listUnsaid(context),
    github.host.findCheck(head, checkNames.compile),
    github.host.readHead(rendered.branch),
    ports.state.get(compiledKey(repository, branch)),
    readGroups(context),
  ])
  const groupBase = again === undefined ? undefined : groups.get(again)
  const left = parseCompiled(compiled)
  const works = planReconcile({
    ...{ repository, pullRequests, unsaid, now: ports.now() },
    source: { branch, head, ...(check && { check }) },
    rendered: { branch: rendered.branch, isMoved: left !== undefined && left.rendered !== renderedHead },
    isWatched: isWatched(ports.fleets, repository),
    ...(again !== undefined && { again }),
    ...(groupBase !== undefined && { groupBase }),
  })
  if (works.length === 0) return
  run.log.info('reconciled', { works: works.map(({ type }) => type) })
  await ports.queue.add(works.map(toQueuedWork))
}

function listOnce({ github }: WorkContext): () => Promise<readonly OpenPullRequest[]> {
  let listed: Promise<readonly OpenPullRequest[]> | undefined
  return () => (listed ??= github.host.listOpenPullRequests(checkNames.review))
}

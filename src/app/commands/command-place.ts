import { findConfigFile, readFleetConfig } from '../work/fleet-config.ts'
import { fetchBranch, fetchRefs, type OpenedRepository } from '../work/open-repository.ts'
import { commitsNotThere, isFromFork } from '../work/pull-request-commits.ts'
import type { WorkContext } from '../work/work-context.ts'
import type { GivenCommand } from './types.ts'
import { findCommandBranches, type Asked } from './who-may.ts'

/** What a command is about, as far as it does not depend on who gave it. */
export interface CommandPlace extends Pick<
  GivenCommand,
  'opened' | 'pullRequest' | 'base' | 'head' | 'isFork' | 'isAboutRendered' | 'spec'
> {
  /** Who may give it, and the branch whose configuration says so. */
  readonly allowed: { readonly branch: string; readonly allow: readonly string[] }
}

/** Undefined where the repository is no fleet's. */
export async function readCommandPlace(
  context: WorkContext,
  opened: OpenedRepository,
  asked: Asked,
): Promise<CommandPlace | undefined> {
  const { working } = opened
  const { pullRequest } = asked
  const head = pullRequest.head.commit
  const { isAboutRendered, branch, deciding } = await findCommandBranches(context, opened, asked)
  const [baseRef, decidingRef] = [`refs/heads/${branch}`, `refs/heads/${deciding}`]
  const fetched = await fetchRefs(context, working, [...new Set([baseRef, decidingRef]), head])
  const [base, decides] = [fetched.get(baseRef), fetched.get(decidingRef)]
  const hasHead = fetched.has(head)
  if (pullRequest.isOpen && (base === undefined || !hasHead)) throw commitsNotThere(pullRequest)
  // Of what is closed, both may be gone.
  if (base === undefined || decides === undefined) return undefined
  const files = (hasHead ? [base, head] : [base]).map((commit) => findConfigFile(working, commit))
  if ((await Promise.all(files)).every((file) => file === undefined)) return undefined
  const spec = await readFleetConfig(context, working, base)
  const { review } = decides === base ? spec : await readFleetConfig(context, working, decides)
  // The children read it.
  await fetchBranch(context, working, spec.rendered.branch)
  const isFork = isFromFork(pullRequest)
  return {
    ...{ opened, pullRequest, base, head, isFork, isAboutRendered, spec },
    allowed: { branch: deciding, allow: review.commands.allow },
  }
}

import { EnvironmentError } from '../../diagnostics/errors.ts'
import type { PullRequest } from '../../report/reviewer-port.ts'
import { findConfigFile, guessRenderedBranch, readFleetConfig } from '../work/fleet-config.ts'
import { fetchBranch, fetchRefs, type OpenedRepository } from '../work/open-repository.ts'
import type { WorkContext } from '../work/work-context.ts'
import type { GivenCommand } from './types.ts'

/** What a command is about, as far as it does not depend on who gave it. */
export type CommandPlace = Pick<
  GivenCommand,
  'opened' | 'pullRequest' | 'base' | 'head' | 'isFork' | 'isAboutRendered' | 'spec'
>

/** Undefined where the repository is no fleet's. Who may do what is read of the base alone, whatever the head says of it. */
export async function readCommandPlace(
  context: WorkContext,
  opened: OpenedRepository,
  pullRequest: PullRequest,
): Promise<CommandPlace | undefined> {
  const { working, hosted } = opened
  const head = pullRequest.head.commit
  const isAboutRendered = pullRequest.base.branch === (await guessRenderedBranch(context))
  const trusted = `refs/heads/${isAboutRendered ? hosted.defaultBranch : pullRequest.base.branch}`
  const fetched = await fetchRefs(context, working, [trusted, head])
  const base = fetched.get(trusted)
  // Of what is closed, both may be gone.
  if (pullRequest.isOpen && (base === undefined || !fetched.has(head))) throw notThere(pullRequest)
  if (base === undefined) return undefined
  const sides = fetched.has(head) ? [base, head] : [base]
  const files = await Promise.all(sides.map((commit) => findConfigFile(working, commit)))
  if (files.every((file) => file === undefined)) return undefined
  const spec = await readFleetConfig(context, working, base)
  // The children read it.
  await fetchBranch(context, working, spec.rendered.branch)
  const isFork = pullRequest.head.repository?.toLowerCase() !== pullRequest.base.repository.toLowerCase()
  return { opened, pullRequest, base, head, isFork, isAboutRendered, spec }
}

function notThere({ number, head }: PullRequest): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation: `fetch pull request ${number}`,
    message: `the repository has no commit ${head.commit.slice(0, 12)}, or no branch that it goes to, yet`,
    retryable: true,
  })
}

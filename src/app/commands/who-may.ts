import { z } from 'zod'
import type { PullRequest } from '../../report/reviewer-port.ts'
import { parseKept, type ParsedCommand } from '../../review/review.ts'
import { findConfigFile, guessRenderedBranch, readFleetConfig } from '../work/fleet-config.ts'
import { fetchBranch, type OpenedRepository } from '../work/open-repository.ts'
import { whoMayKey } from '../work/state-keys.ts'
import type { WorkContext } from '../work/work-context.ts'

export interface Asked {
  readonly pullRequest: PullRequest
  readonly command: ParsedCommand
}

export interface CommandBranches {
  readonly isAboutRendered: boolean
  /** Whose intent the command is about. */
  readonly branch: string
  /** Whose configuration says who may. */
  readonly deciding: string
}

/**
 * Who may do what is read of the base alone, whatever the head says of it; what reaches beyond the pull request is for the
 * default branch to allow, since anybody who may push makes bases of his own.
 */
export async function findCommandBranches(
  context: WorkContext,
  { hosted }: OpenedRepository,
  { pullRequest, command }: Asked,
): Promise<CommandBranches> {
  const { defaultBranch } = hosted
  const isAboutRendered = pullRequest.base.branch === (await guessRenderedBranch(context))
  const branch = isAboutRendered ? defaultBranch : pullRequest.base.branch
  const isWide = command.name === 'approve-delete' || command.name === 'rollback'
  return { isAboutRendered, branch, deciding: isWide ? defaultBranch : branch }
}

const whoMay = z.object({ commit: z.string(), isFleet: z.boolean(), allow: z.array(z.string()) })

/** What a commit of the branch that decides says of who may give commands. */
export type WhoMay = Readonly<z.infer<typeof whoMay>>

/**
 * For strangers, of whom there may be many: nothing of the head is fetched, and nothing at all as long as the branch is where
 * it was. Undefined where there is no such branch.
 */
export async function readWhoMay(
  context: WorkContext,
  opened: OpenedRepository,
  asked: Asked,
): Promise<WhoMay | undefined> {
  const { ports, repository, github } = context
  const { deciding } = await findCommandBranches(context, opened, asked)
  const head = await github.host.readHead(deciding)
  if (head === undefined) return undefined
  const key = whoMayKey(repository, deciding)
  const known = parseKept(whoMay, await ports.state.get(key))
  if (known?.commit === head) return known
  const commit = await fetchBranch(context, opened.working, deciding)
  if (commit === undefined) return undefined
  const isFleet = (await findConfigFile(opened.working, commit)) !== undefined
  const allow = isFleet ? (await readFleetConfig(context, opened.working, commit)).review.commands.allow : []
  const found: WhoMay = { commit, isFleet, allow }
  await ports.state.put(new Map([[key, JSON.stringify(found)]]))
  return found
}

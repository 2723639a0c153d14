import { EnvironmentError } from '../../../diagnostics/errors.ts'
import { formatRollbackProposal, type RollbackResult } from '../../../report/report.ts'
import type { Proposal } from '../../../review/proposals-port.ts'
import type { GivenCommand } from '../types.ts'
import { revertCommits, type SourceCommit } from './revert-commits.ts'

export interface Rollback {
  readonly cluster: string
  /** Of the default branch. */
  readonly tip: string
  /** Commit of the rendered branch that is undone by it. */
  readonly rendered: string
  /** Source commit that the rendered one was made from. */
  readonly after: string
  /** The youngest first. */
  readonly commits: readonly SourceCommit[]
}

const branchPrefix = 'fleetwright/rollback/'

/** The pull request that was opened for the same change of the cluster, if it is open. */
export async function findStanding(
  { context }: GivenCommand,
  change: Pick<Rollback, 'cluster' | 'after'>,
): Promise<Proposal | undefined> {
  const branch = rollbackBranch(change)
  return (await context.github.proposals.list(branchPrefix)).find(({ head }) => head === branch)
}

/** Reverts, pushes a branch of ours, and opens a pull request from it: may be repeated from any point. */
export async function proposeRollback(given: GivenCommand, rollback: Rollback): Promise<RollbackResult> {
  const { context, opened, comment, pullRequest } = given
  const { cluster, tip, rendered, commits } = rollback
  const login = await context.ports.installations.login()
  const link = `${pullRequest.url}#issuecomment-${comment.id}`
  const outcome = await revertCommits(opened.working, {
    ...{ onto: tip, commits },
    author: { name: login, email: `${login}@users.noreply.github.com` },
    trailers: [`Rolls-Back: ${cluster}`, `Asked-By: ${comment.author}`, `Asked-In: ${link}`],
  })
  if (outcome.status === 'old-git') return { kind: 'old-git', version: outcome.version }
  if (outcome.status === 'conflict') return { kind: 'conflict', commit: outcome.commit, files: outcome.files }
  if (outcome.status === 'nothing') return { kind: 'nothing-left', commits }
  const branch = rollbackBranch(rollback)
  await push(given, branch, outcome.commit)
  const { title, body } = formatRollbackProposal({ cluster, commits, rendered, by: comment.author, link })
  const base = opened.hosted.defaultBranch
  const proposal = await context.github.proposals.open({ head: branch, base, title, body })
  return { kind: 'proposed', number: proposal.number, commits }
}

async function push({ context, opened }: GivenCommand, branch: string, commit: string): Promise<void> {
  context.run.signal.throwIfAborted()
  const expected = await context.github.host.readHead(branch)
  const outcome = await opened.working.push({ branch, commit, expected })
  if (outcome === 'pushed') return
  throw new EnvironmentError({
    adapter: 'git',
    operation: `push ${branch}`,
    message: `${branch} was moved by somebody else`,
    retryable: true,
  })
}

/** One for each change of a cluster, so that asking twice finds the first. */
function rollbackBranch({ cluster, after }: Pick<Rollback, 'cluster' | 'after'>): string {
  // Not everything that names a cluster may be in the name of a branch.
  const name = cluster.replace(/[^a-z0-9./-]+/gi, '-').replace(/\.lock(?=\/)/, '-lock')
  return `${branchPrefix}${name}-${after.slice(0, 12)}`
}

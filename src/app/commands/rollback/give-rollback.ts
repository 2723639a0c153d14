import { didYouMean } from '../../../diagnostics/suggestion-list.ts'
import { formatRollbackAnswer, formatWorking, type RollbackResult } from '../../../report/report.ts'
import { fetchBranch } from '../../work/open-repository.ts'
import { compareChange } from '../compare-change.ts'
import type { CommandAnswer, GivenCommand } from '../types.ts'
import { findLastChange, type LastChange } from './find-last-change.ts'
import { findSourceCommits } from './find-source-commits.ts'
import { findStanding, proposeRollback } from './propose-rollback.ts'
import { readBuild } from './read-build.ts'
import type { SourceCommit } from './revert-commits.ts'

/** Each is compiled: more than this takes longer than anybody waits. */
const mostCommits = 20

/**
 * `/fleet rollback CLUSTER`: a pull request that reverts the commits of the intent that last changed a cluster. Nothing is
 * written but a branch of ours; said twice, it is one pull request.
 */
export async function giveRollback(
  given: GivenCommand,
  { cluster: written }: { readonly cluster: string },
): Promise<CommandAnswer> {
  const { context, opened, spec, tell } = given
  const { working, hosted } = opened
  await tell(formatWorking('Looking for what changed the cluster last'))
  const source = await fetchBranch(context, working, hosted.defaultBranch)
  const rendered = await fetchBranch(context, working, spec.rendered.branch)
  if (source === undefined || rendered === undefined) return toAnswer(written, { kind: 'unknown-cluster' })
  const known = Object.keys((await readBuild(working, rendered))?.clusters ?? {})
  const matching = known.filter((id) => id === written || id.slice(id.indexOf('/') + 1) === written)
  const [cluster = written, second] = matching
  if (second !== undefined) {
    const hint = `It may be any of ${matching.map((id) => `\`${id}\``).join(', ')}.`
    return toAnswer(written, { kind: 'unknown-cluster', hint })
  }
  // One that is gone has a last change too: the one that took it away.
  const last = cluster.includes('/') ? await findLastChange(working, rendered, cluster) : undefined
  if (last === undefined) {
    const hint = didYouMean(written, known)
    return toAnswer(written, { kind: 'unknown-cluster', ...(hint !== undefined && { hint: sentence(hint) }) })
  }
  const outcome = await rollBack(given, { cluster, tip: source, last })
  return 'kind' in outcome ? toAnswer(cluster, outcome) : outcome
}

interface Found {
  readonly cluster: string
  /** Of the default branch. */
  readonly tip: string
  readonly last: LastChange
}

async function rollBack(given: GivenCommand, found: Found): Promise<RollbackResult | CommandAnswer> {
  const { cluster, tip, last } = found
  const { rendered, before, after } = last
  if (before === undefined || after === undefined) return { kind: 'first' }
  if (before === after) return { kind: 'not-intent', rendered, commits: 0 }
  const standing = await findStanding(given, { cluster, after })
  if (standing !== undefined) return { kind: 'standing', number: standing.number }
  const source = await findSourceCommits(given.opened.working, { before, after, tip })
  if (source.status === 'rewritten') return { kind: 'rewritten', rendered }
  const { length } = source.commits
  if (length > mostCommits) return { kind: 'too-many', commits: length, most: mostCommits }
  const guilty = await findGuilty(given, cluster, source.commits)
  if (guilty.status === 'answered') return guilty.answer
  const { commits } = guilty
  if (commits.length === 0) return { kind: 'not-intent', rendered, commits: length }
  return proposeRollback(given, { cluster, tip, rendered, after, commits })
}

type Guilty =
  | { readonly status: 'found'; readonly commits: readonly SourceCommit[] }
  | { readonly status: 'answered'; readonly answer: CommandAnswer }

/** Those of the commits that change what the cluster gets, the youngest first; or why that cannot be said. */
async function findGuilty(
  given: GivenCommand,
  cluster: string,
  commits: readonly SourceCommit[],
): Promise<Guilty> {
  const guilty: SourceCommit[] = []
  for (const [index, each] of commits.entries()) {
    if (index > 0) await given.tell(formatWorking(`Looking at commit ${index + 1} of ${commits.length}`))
    // What is on the default branch is trusted, whoever wrote it.
    const compared = await compareChange({ ...given, isFork: false }, [
      ...[each.parent, each.commit],
      `--cluster=${cluster}`,
    ])
    if (compared.status === 'answered') return compared
    if (compared.review.comparison.totals.clusters.changed > 0) guilty.push(each)
  }
  return { status: 'found', commits: guilty }
}

function toAnswer(cluster: string, result: RollbackResult): CommandAnswer {
  const body = formatRollbackAnswer(cluster, result)
  switch (result.kind) {
    case 'proposed':
    case 'standing':
      return { state: 'done', body }
    case 'unknown-cluster':
      return { state: 'confused', body }
    default:
      return { state: 'refused', body }
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

import { printable } from '../../diagnostics/printable.ts'
import { listOf } from '../review/counts.ts'
import { codeSpan } from '../review/markdown.ts'
import type { FailedCheck } from './failed-check.ts'

export interface RewrittenBranch {
  readonly branch: string
  /** The branch of the intent. */
  readonly source: string
  /** Times that it was written anew of late. */
  readonly count: number
  /** Of commits of others, the newest first. */
  readonly commits: readonly { readonly id: string; readonly author: string }[]
}

const longestName = 60

/** A check that says that somebody else writes the rendered branch, so that it is left as it is, and what to do. Pure. */
export function formatRewrittenCheck(rewritten: RewrittenBranch): FailedCheck {
  const { branch, source, count } = rewritten
  return {
    state: 'failure',
    title: titleOf(rewritten),
    summary: [
      `${codeSpan(branch)} was changed by somebody else each time after it was written, ${count} times within an hour, with the same intent. It is left as it was found, so that this does not go on for ever: **clusters may get what nobody wrote in ${codeSpan(source)}.**${describeCommits(rewritten)}`,
      '',
      `${stopThem(branch)} Then press *Compile again*. The next commit on ${codeSpan(source)} is compiled in any case.`,
      '',
    ].join('\n'),
  }
}

/** The same as an issue, where what clusters say was to be written. Pure. */
export function formatRewrittenIssue(rewritten: RewrittenBranch): {
  readonly title: string
  /** Markdown. */
  readonly body: string
} {
  const { branch, source, count } = rewritten
  return {
    title: titleOf(rewritten),
    body: [
      `${codeSpan(branch)} was changed by somebody else each time after it was brought to what the clusters say, ${count} times within an hour. It is left as it was found, so that this does not go on for ever: **clusters may get what is not meant for them as they are now.**${describeCommits(rewritten)}`,
      '',
      `${stopThem(branch)} Then press *Compile again* in the check ${codeSpan('fleetwright compile')} of the last commit on ${codeSpan(source)}. The next commit there, or a cluster that says something else, is written in any case; this issue is closed then.`,
      '',
    ].join('\n'),
  }
}

function titleOf({ branch }: RewrittenBranch): string {
  return `${printable(branch)} is left as it is: somebody else rewrites it`
}

function stopThem(branch: string): string {
  return `Find what writes there (a bot, a workflow, another installation of fleetwright) and stop it, or let a ruleset allow this app alone to push to ${codeSpan(branch)}.`
}

function describeCommits({ commits }: RewrittenBranch): string {
  const shown = commits.map(
    ({ id, author }) =>
      `${codeSpan(id.slice(0, 12))} by ${codeSpan(printable(author).slice(0, longestName))}`,
  )
  return shown.length === 0 ? '' : ` Its last commits of others are ${listOf(shown)}.`
}

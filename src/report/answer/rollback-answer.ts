import { codeSpan, linkTo, prose } from '../review/markdown.ts'
import { visibleText } from '../review/visible-text.ts'
import { boundedList } from './bounded.ts'

export interface RevertedCommit {
  readonly commit: string
  /** With whatever somebody wrote. */
  readonly subject: string
}

/** Why a cluster is as it is, and what was made of it. */
export type RollbackResult =
  | { readonly kind: 'proposed'; readonly number: number; readonly commits: readonly RevertedCommit[] }
  /** It was asked for before. */
  | { readonly kind: 'standing'; readonly number: number }
  | { readonly kind: 'unknown-cluster'; readonly hint?: string }
  /** The branch never had it in another state. */
  | { readonly kind: 'first' }
  /** The intent is the same before and after, or none of its commits changes the cluster. */
  | { readonly kind: 'not-intent'; readonly rendered: string; readonly commits: number }
  /** The default branch does not hold what was compiled then. */
  | { readonly kind: 'rewritten'; readonly rendered: string }
  | { readonly kind: 'too-many'; readonly commits: number; readonly most: number }
  | { readonly kind: 'nothing-left'; readonly commits: readonly RevertedCommit[] }
  | { readonly kind: 'conflict'; readonly commit: RevertedCommit; readonly files: readonly string[] }
  | { readonly kind: 'old-git'; readonly version: string }

const mostCommits = 30
const mostFiles = 50

/** What became of `/fleet rollback`. Markdown; pure. */
export function formatRollbackAnswer(cluster: string, result: RollbackResult): string {
  const name = codeSpan(cluster)
  switch (result.kind) {
    case 'proposed':
      return `#${result.number} reverts what last changed ${name}:\n\n${listCommits(result.commits)}\n\nIts review says what that does to the other clusters. Nothing is rolled back before it is merged.`
    case 'standing':
      return `#${result.number} is open for that already.`
    case 'unknown-cluster':
      return `The rendered branch has no cluster ${name}.${result.hint === undefined ? '' : ` ${prose(result.hint)}`}`
    case 'first':
      return `Nothing is recorded of ${name} before its last change: there is no state to go back to.`
    case 'not-intent':
      return [
        `What last changed ${name} (rendered commit ${shortCommit(result.rendered)}) was not the intent${result.commits === 0 ? '' : `, although ${result.commits === 1 ? 'a commit' : `${result.commits} commits`} came with it`}: the facts of the cluster changed, or fleetwright itself. There is nothing to revert.`,
        `${codeSpan(`/fleet explain ${cluster}`)} says why the cluster has what it has. To keep an add-on as it was, pin it in the intent: a version of the chart, a label of the cluster, or a narrower selector.`,
      ].join('\n\n')
    case 'rewritten':
      return `The commits that the rendered commit ${shortCommit(result.rendered)} was made from are not in the history of the default branch: it was rewritten since. There is nothing that could be reverted with certainty.`
    case 'too-many':
      return `${result.commits} commits came with the last change of ${name}, more than the ${result.most} that are looked at. Revert what is wrong by hand.`
    case 'nothing-left':
      return `What last changed ${name} was reverted already: the default branch holds nothing of it any more.\n\n${listCommits(result.commits)}`
    case 'conflict':
      return `${describeCommit(result.commit)} cannot be reverted by itself: later commits changed the same lines of these files.\n\n${boundedList(result.files.map(codeSpan), mostFiles)}\n\nRevert it by hand: ${codeSpan(`git revert ${result.commit.commit.slice(0, 12)}`)}.`
    case 'old-git':
      return `The app has ${codeSpan(result.version)}, and reverting without a work tree needs git 2.38. Ask whoever operates it.`
  }
}

export interface RollbackReason {
  readonly cluster: string
  /** The youngest first. */
  readonly commits: readonly RevertedCommit[]
  /** Rendered commit that took them over. */
  readonly rendered: string
  /** Login. */
  readonly by: string
  /** Where it was asked for. */
  readonly link: string
}

const longestTitle = 120

/** Title and body of the pull request. Pure. */
export function formatRollbackProposal(reason: RollbackReason): {
  readonly title: string
  readonly body: string
} {
  const { cluster, commits, rendered, by, link } = reason
  const [only, second] = commits
  const what =
    only !== undefined && second === undefined
      ? `revert "${plainText(only.subject)}"`
      : `revert ${commits.length} commits`
  const title = plainText(`Roll back ${cluster}: ${what}`)
  const body = [
    `Reverts what last changed ${codeSpan(cluster)}, as its rendered commit ${shortCommit(rendered)} has it:`,
    listCommits(commits),
    `${codeSpan(by)} asked for it ${linkTo('in a comment', link)}.`,
    'A commit is reverted as a whole: the review of this pull request says what that does to the other clusters.',
  ].join('\n\n')
  return {
    title: title.length <= longestTitle ? title : `${title.slice(0, longestTitle - 1)}…`,
    body: `${body}\n`,
  }
}

/** Titles are plain text: nobody is called by one, but references would be made links. */
function plainText(text: string): string {
  return visibleText(text).replace(/[@#`]/g, '')
}

function listCommits(commits: readonly RevertedCommit[]): string {
  return boundedList(commits.map(describeCommit), mostCommits)
}

function describeCommit({ commit, subject }: RevertedCommit): string {
  return `${shortCommit(commit)} ${prose(subject)}`
}

function shortCommit(commit: string): string {
  return codeSpan(commit.slice(0, 12))
}

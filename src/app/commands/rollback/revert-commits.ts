import { printable } from '../../../diagnostics/printable.ts'
import type { WorkingRepository } from '../../../review/repositories-port.ts'

export interface Revert {
  /** Commit that they are reverted on. */
  readonly onto: string
  /** The youngest first. */
  readonly commits: readonly SourceCommit[]
  readonly author: { readonly name: string; readonly email: string }
  /** Lines below each message that say why. */
  readonly trailers: readonly string[]
}

export interface SourceCommit {
  readonly commit: string
  readonly parent: string
  /** First line of its message, with whatever is in it. */
  readonly subject: string
}

export type RevertOutcome =
  | { readonly status: 'reverted'; readonly commit: string }
  /** Nothing of them is there any more. */
  | { readonly status: 'nothing' }
  | { readonly status: 'conflict'; readonly commit: SourceCommit; readonly files: readonly string[] }
  /** This git cannot merge without a work tree. */
  | { readonly status: 'old-git'; readonly version: string }

/**
 * Reverts commits one after another, without a work tree: what a commit did to its first parent is taken from what stands.
 * The same revert gives the same commits, whenever it is made. Throws EnvironmentError when git fails.
 */
export async function revertCommits(repository: WorkingRepository, revert: Revert): Promise<RevertOutcome> {
  const { stdout: version } = await repository.git(['version'])
  if (!canMergeTrees(version)) return { status: 'old-git', version: version.trim() }
  const { stdout: seconds } = await repository.git(['log', '-1', '--format=%ct', revert.onto])
  const date = seconds.trim()
  let tip = revert.onto
  for (const each of revert.commits) {
    const merged = await mergeWithout(repository, tip, { each, date })
    if ('files' in merged) return { status: 'conflict', commit: each, files: merged.files }
    if (merged.tree === (await treeOf(repository, tip))) continue
    tip = await writeCommit(repository, {
      ...{ tree: merged.tree, parents: [tip], author: revert.author, date },
      message: [
        revertTitle(each.subject),
        '',
        `This reverts commit ${each.commit}.`,
        '',
        ...revert.trailers,
        '',
      ].join('\n'),
    })
  }
  return tip === revert.onto ? { status: 'nothing' } : { status: 'reverted', commit: tip }
}

const longestSubject = 100

/** A subject of a person as one that calls nobody and closes no issue when it is merged. */
export function revertTitle(subject: string): string {
  const plain = printable(subject).replace(/[@#]/g, '').trim()
  return `Revert "${plain.length > longestSubject ? `${plain.slice(0, longestSubject)}…` : plain}"`
}

/** `git version 2.39.5` */
function canMergeTrees(version: string): boolean {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38)
}

/**
 * Three-way merge whose base is the commit, and whose other side is its parent. Commits that exist for this alone make the
 * base what git finds by itself, since `--merge-base` came after `--write-tree`.
 */
async function mergeWithout(
  repository: WorkingRepository,
  tip: string,
  { each, date }: { readonly each: SourceCommit; readonly date: string },
): Promise<{ readonly tree: string } | { readonly files: readonly string[] }> {
  const nobody = { author: { name: 'nobody', email: 'nobody' }, date, message: 'merge\n' }
  const trees = await Promise.all([each.commit, tip, each.parent].map((commit) => treeOf(repository, commit)))
  const [baseTree = '', ourTree = '', theirTree = ''] = trees
  const base = await writeCommit(repository, { ...nobody, tree: baseTree, parents: [] })
  // Equal sides would be one commit, of which git says that there is nothing to merge, as it should.
  const ours = await writeCommit(repository, { ...nobody, tree: ourTree, parents: [base] })
  const theirs = await writeCommit(repository, { ...nobody, tree: theirTree, parents: [base] })
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', ours, theirs]
  const { exitCode, stdout } = await repository.git(args, { codes: [0, 1] })
  const [tree = '', ...files] = stdout.split('\0').filter((word) => word !== '')
  return exitCode === 0 ? { tree } : { files: [...new Set(files)].sort() }
}

async function treeOf(repository: WorkingRepository, commit: string): Promise<string> {
  const { stdout } = await repository.git(['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`])
  return stdout.trim()
}

interface NewCommit {
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: { readonly name: string; readonly email: string }
  /** Seconds since the epoch. */
  readonly date: string
  readonly message: string
}

/** As an object, so that no clock and no identity of this machine gets into it. */
async function writeCommit(repository: WorkingRepository, commit: NewCommit): Promise<string> {
  const { tree, parents, author, date, message } = commit
  const person = `${author.name} <${author.email}> ${date} +0000`
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${person}`,
    `committer ${person}`,
    '',
    message,
  ]
  const { stdout } = await repository.git(['hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: lines.join('\n'),
  })
  return stdout.trim()
}

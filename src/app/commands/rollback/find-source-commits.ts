import type { WorkingRepository } from '../../../review/repositories-port.ts'
import type { SourceCommit } from './revert-commits.ts'

export type SourceCommits =
  /** The youngest first, each of the branch itself: what a merge brought in counts as the merge. */
  | { readonly status: 'found'; readonly commits: readonly SourceCommit[] }
  /** The branch does not go through both. */
  | { readonly status: 'rewritten' }

/** Commits of the intent after `before` up to `after`, as the branch at `tip` has them. */
export async function findSourceCommits(
  repository: WorkingRepository,
  range: { readonly before: string; readonly after: string; readonly tip: string },
): Promise<SourceCommits> {
  const { before, after, tip } = range
  const isKept = (await isAncestor(repository, before, after)) && (await isAncestor(repository, after, tip))
  if (!isKept) return { status: 'rewritten' }
  const args = ['log', '--first-parent', '--format=%H%x00%P%x00%s', '--end-of-options', `${before}..${after}`]
  const { stdout } = await repository.git(args)
  const commits = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [commit = '', parents = '', ...subject] = line.split('\0')
      return { commit, parent: parents.split(' ')[0] ?? '', subject: subject.join(' ') }
    })
  return { status: 'found', commits }
}

/** False also where one of them is not there. */
async function isAncestor(repository: WorkingRepository, one: string, other: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', one, other]
  const { exitCode } = await repository.git(args, { codes: [0, 1, 128] })
  return exitCode === 0
}

import { clusterFolders } from '../../../branch/branch.ts'
import type { WorkingRepository } from '../../../review/repositories-port.ts'
import { readBuild } from './read-build.ts'

/** The commit of the rendered branch that last changed what is applied for a cluster. */
export interface LastChange {
  readonly rendered: string
  /** Source commits that the rendered commit, and its first parent, were made from; absent where none is recorded. */
  readonly after?: string
  readonly before?: string
}

/** Undefined for a cluster that the branch never had. Commits that a merge brought in count as the merge. */
export async function findLastChange(
  repository: WorkingRepository,
  branchTip: string,
  cluster: string,
): Promise<LastChange | undefined> {
  // No text of a person is a pattern here.
  const options = ['--literal-pathspecs', 'log', '--first-parent', '-1', '--format=%H', '--end-of-options']
  const { stdout } = await repository.git([...options, branchTip, '--', ...clusterFolders(cluster)])
  const rendered = stdout.trim()
  if (rendered === '') return undefined
  const parent = await repository.git(['rev-parse', '--verify', '--quiet', `${rendered}^`], { codes: [0, 1] })
  const after = await readSourceCommit(repository, rendered)
  const before = parent.exitCode === 0 ? await readSourceCommit(repository, parent.stdout.trim()) : undefined
  return { rendered, ...(after !== undefined && { after }), ...(before !== undefined && { before }) }
}

async function readSourceCommit(repository: WorkingRepository, commit: string): Promise<string | undefined> {
  const source = (await readBuild(repository, commit))?.source.commit
  // Anybody may have written the file.
  return source !== undefined && /^[0-9a-f]{40,64}$/.test(source) ? source : undefined
}

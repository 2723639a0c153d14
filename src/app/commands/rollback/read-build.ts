import { buildPath, tryParseBuildRecord } from '../../../branch/branch.ts'
import type { BuildRecord } from '../../../branch/types.ts'
import type { WorkingRepository } from '../../../review/repositories-port.ts'

/** What a commit of the rendered branch was made from; undefined where it does not say. */
export async function readBuild(
  repository: WorkingRepository,
  commit: string,
): Promise<BuildRecord | undefined> {
  const blob = await repository.fileId(commit, buildPath)
  if (blob === undefined) return undefined
  const { stdout } = await repository.git(['cat-file', 'blob', blob])
  return tryParseBuildRecord(stdout)
}

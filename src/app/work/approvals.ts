import {
  approvalsPrefix,
  countingApprovals,
  recordApproval as planRecording,
  type Approval,
} from '../../review/review.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { AppPorts } from '../types.ts'

type Means = Pick<AppPorts, 'state' | 'now'>

/** Those that count, by digest. */
export async function listApprovals(
  { state, now }: Means,
  repository: RepositoryId,
): Promise<ReadonlyMap<string, Approval>> {
  return countingApprovals((await state.list(approvalsPrefix(repository))).values(), now())
}

/** Keeps the first approval of a digest, and throws away those that are too old. */
export async function recordApproval(
  { state, now }: Means,
  repository: RepositoryId,
  approving: Omit<Approval, 'at'>,
): Promise<void> {
  const kept = await state.list(approvalsPrefix(repository))
  const changes = planRecording(repository, kept, approving, now())
  if (changes.size > 0) await state.put(changes)
}

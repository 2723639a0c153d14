import { EnvironmentError } from '../../diagnostics/errors.ts'
import type { PullRequest } from '../../report/reviewer-port.ts'

/** The head is a stranger's: of another repository, or of one that is gone. */
export function isFromFork({ head, base }: PullRequest): boolean {
  return head.repository?.toLowerCase() !== base.repository.toLowerCase()
}

/** GitHub tells of a head before its Git has it everywhere. */
export function commitsNotThere({ number, head }: PullRequest): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation: `fetch pull request ${number}`,
    message: `the repository has no commit ${head.commit.slice(0, 12)}, or no branch that it goes to, yet`,
    retryable: true,
  })
}

import { ReviewerError, type CommitStatus } from '../../report/reviewer-port.ts'
import type { Operation } from './failure.ts'
import { repeatedly, type Repository } from './repository.ts'

/** GitHub keeps every status that was ever set on a commit, a thousand at most: one that says nothing new is not set. */
export async function writeStatus(repository: Repository, status: CommitStatus): Promise<void> {
  const { client, at, name } = repository
  const operation: Operation = {
    name: `set the status of ${status.commit.slice(0, 12)} of ${name}`,
    permission: 'statuses: write',
    writes: true,
  }
  await repeatedly(5, async () => {
    if (await stands(repository, status, operation)) return
    await client.ask(operation, (octokit) =>
      octokit.rest.repos.createCommitStatus({
        ...{ ...at, sha: status.commit, context: status.name },
        ...{ state: status.state, description: status.description },
        ...(status.url !== undefined && { target_url: status.url }),
      }),
    )
  })
}

async function stands(
  { client, at }: Repository,
  { name, commit, state, description, url }: CommitStatus,
  operation: Operation,
): Promise<boolean> {
  try {
    const { data } = await client.ask(operation, (octokit) =>
      octokit.rest.repos.listCommitStatusesForRef({ ...at, ref: commit, per_page: 100 }),
    )
    // The newest is the first; names are told apart without regard to case.
    const newest = data.find(({ context }) => context.toLowerCase() === name.toLowerCase())
    return (
      newest !== undefined &&
      newest.state === state &&
      newest.description === description &&
      (newest.target_url ?? undefined) === url
    )
  } catch (error) {
    // Whether it may be written is not said by whether it may be read.
    if (error instanceof ReviewerError && ['forbidden', 'not-found'].includes(error.reason)) return false
    throw error
  }
}

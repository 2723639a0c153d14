import type { HostedRepository } from '../../review/repository-host-port.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import { measured, type WorkContext } from './work-context.ts'

export interface OpenedRepository {
  readonly hosted: HostedRepository
  readonly working: WorkingRepository
}

/** A repository for as long as `use` takes. */
export async function inRepository<T>(
  context: WorkContext,
  use: (opened: OpenedRepository) => Promise<T>,
): Promise<T> {
  const { ports, repository, github } = context
  const hosted = await github.host.describe()
  const working = await measured(context, 'open', () =>
    ports.repositories.open(repository, {
      url: `${hosted.url}.git`,
      token: () => ports.installations.token(repository),
    }),
  )
  try {
    return await use({ hosted, working })
  } finally {
    await working.close()
  }
}

export function fetchRefs(
  context: WorkContext,
  working: WorkingRepository,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return measured(context, 'fetch', () => working.fetch(wanted))
}

/** Brings a branch up to where it is at the remote, also when it is gone there. Gives its commit. */
export async function fetchBranch(
  context: WorkContext,
  working: WorkingRepository,
  branch: string,
): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`
  const commit = (await fetchRefs(context, working, [ref])).get(ref)
  // What an earlier attempt of this work wrote must not stand for what the remote has.
  if (commit === undefined) await working.git(['update-ref', '-d', ref])
  return commit
}

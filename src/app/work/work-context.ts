import type { RepositoryId, Work } from '../../review/types.ts'
import type { AppPorts, GitHubPorts, WorkRun } from '../types.ts'

/** One piece of work with all that it is done with. */
export interface WorkContext {
  readonly ports: AppPorts
  readonly repository: RepositoryId
  readonly github: GitHubPorts
  readonly run: WorkRun
  /** For metrics: `review`; `page` for what somebody looks at. */
  readonly kind: Work['type'] | 'page'
}

export function createContext(ports: AppPorts, work: Work, run: WorkRun): WorkContext {
  const { repository, type } = work
  return { ports, repository, github: ports.github(repository), run, kind: type }
}

/** Measures a stage of the work, failed or not. */
export async function measured<T>(
  { ports, kind }: Pick<WorkContext, 'ports' | 'kind'>,
  stage: string,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = ports.now()
  try {
    return await work()
  } finally {
    ports.metrics.stage(kind, stage, (ports.now() - startedAt) / 1000)
  }
}

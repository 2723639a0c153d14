import type { RepositoryId } from './types.ts'

/** The app as GitHub knows it. Throws ReviewerError, as Reviewer does. */
export interface Installations {
  /** Login of the app's bot: `fleetwright[bot]`. */
  login(): Promise<string>
  /** Every repository of every installation that is not suspended, or of this one. */
  listRepositories(installation?: number): Promise<readonly RepositoryId[]>
  /** A repository by its names, whatever their case; undefined where the app is not installed, or is suspended. */
  find(owner: string, name: string): Promise<RepositoryId | undefined>
  /** A token for one repository alone, that lives for some minutes at least. Throws ReviewerError `not-found` when the app is no more installed there. */
  token(repository: RepositoryId): Promise<string>
  /** Ids of deliveries since then (ISO 8601) that did not reach the app, or were answered with a failure, the oldest first; none where the API does not give them. */
  listFailedDeliveries(since: string): Promise<readonly FailedDelivery[]>
  redeliver(id: number): Promise<void>
}

export interface FailedDelivery {
  readonly id: number
  /** `X-GitHub-Delivery`, equal for each attempt. */
  readonly guid: string
}

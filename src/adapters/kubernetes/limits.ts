/** How long and how much of one cluster is waited for. */
export interface ClusterLimits {
  /** Until a connection stands. */
  readonly connectTimeoutMs: number
  /** Longest time without a byte. */
  readonly idleTimeoutMs: number
  /** Of one attempt of one request, its whole answer included: a server that trickles does not end otherwise. */
  readonly requestDeadlineMs: number
  /** Of one list, from its first page to its last, retries included; the time that the reader takes does not count. */
  readonly listDeadlineMs: number
  /** Of one watch, after which the server ends it. */
  readonly watchSeconds: number
  /** What a server may take longer to end a watch. */
  readonly watchGraceMs: number
  /** Objects in one page; fewer are asked for when they turn out too large. */
  readonly pageSize: number
  /** Of one answer, or of one event of a watch. */
  readonly maxAnswerBytes: number
  /** Of an exec plugin, which is ended after that. */
  readonly pluginTimeoutMs: number
}

export const defaultClusterLimits: ClusterLimits = {
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  requestDeadlineMs: 60_000,
  listDeadlineMs: 300_000,
  watchSeconds: 300,
  watchGraceMs: 30_000,
  pageSize: 500,
  maxAnswerBytes: 64 * 1024 * 1024,
  pluginTimeoutMs: 30_000,
}

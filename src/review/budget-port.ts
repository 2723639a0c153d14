/** What a host takes of requests from one installation. */
export interface RequestBudget {
  /** Of the hour's requests. */
  readonly remaining: number
  readonly limit: number
  /** Milliseconds since the epoch. */
  readonly resetsAt: number
  /** Milliseconds since the epoch at which it last asked for fewer requests at once; absent where it never did. */
  readonly limitedAt?: number
  /** How long it asked then to be left alone, in milliseconds. */
  readonly limitedForMs?: number
}

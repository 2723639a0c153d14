/** The world failed: a disk, a network, a remote. The user's input is not at fault, and a retry may help. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
  /** Which adapter: `git`, `charts`, `disk`. */
  readonly adapter: string
  /** What it was doing, in words: `push rendered to origin`. */
  readonly operation: string
  /** Whether the same call may succeed later. */
  readonly retryable: boolean
  /** What to do next. */
  readonly hint: string | undefined

  constructor(details: {
    adapter: string
    operation: string
    message: string
    retryable: boolean
    hint?: string
    cause?: unknown
  }) {
    super(details.message, { cause: details.cause })
    this.adapter = details.adapter
    this.operation = details.operation
    this.retryable = details.retryable
    this.hint = details.hint
  }
}

/** We are wrong. Printed with what to report; never shown for a user's mistake. */
export class InternalError extends Error {
  override readonly name = 'InternalError'
}

/** States what must be true here; a failure is our bug. */
export function assert(condition: unknown, message: string): asserts condition {
  if (condition === false || condition === undefined || condition === null) throw new InternalError(message)
}

/** Marks a branch that the types rule out. */
export function unreachable(value: never): never {
  throw new InternalError(`unreachable: ${JSON.stringify(value)}`)
}

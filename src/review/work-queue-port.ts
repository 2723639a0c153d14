/** Work as a queue sees it: what it is about is not the queue's business. */
export interface QueuedWork<Work = unknown> {
  /** Equal keys are the same work. */
  readonly key: string
  /** One at a time is done of each lane. */
  readonly lane: string
  /** 1 to 9; of what is due, the small numbers are done first. */
  readonly priority: number
  /** JSON. */
  readonly work: Work
}

/**
 * Work that is not lost: what `add` took is there after any crash, until somebody has done it. Several processes may share one queue. Methods throw EnvironmentError when what keeps the queue fails.
 */
export interface WorkQueue {
  /**
   * Takes work that a delivery asks for, all of it or none, and resolves when it would survive a loss of power as far as the
   * store promises that. A delivery that was taken before adds nothing and gives false; ids are remembered for three days.
   * Work whose key waits already is replaced by this one; where its key is being done, it is done again afterwards with this
   * one, and the claim learns that it is superseded.
   */
  add(works: readonly QueuedWork[], options?: AddOptions): Promise<boolean>
  /** The next work that is due and whose lane is free, or undefined. Of one lane one claim is out at most. */
  claim(worker: string): Promise<Claim | undefined>
  /** Resolves when there may be something to claim, at the latest after so many milliseconds, or when the signal is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
  /** For metrics: what waits, what is being done, and for how long the oldest has waited since it was due, in milliseconds. */
  depth(): Promise<QueueDepth>
  /** Ends connections; what is claimed stays claimed until its lease runs out. */
  close(): Promise<void>
}

export interface AddOptions {
  /** Id of the delivery (`X-GitHub-Delivery`); absent for what the app itself finds. */
  readonly delivery?: string
  /** Not before so many milliseconds have passed. Default 0. */
  readonly afterMs?: number
}

export interface QueueDepth {
  readonly waiting: number
  readonly active: number
  /** 0 when nothing waits. */
  readonly oldestMs: number
}

/** Work that somebody does now. The lease is kept up by the queue while the process lives. */
export interface Claim {
  readonly work: QueuedWork
  /** 1 for the first. A claim that was lost in a crash counts. */
  readonly attempt: number
  /** Of those that asked for it, as far as they are known. */
  readonly deliveries: readonly string[]
  /** Aborted with `superseded` when the same key was added again, and with `lost` when somebody else may do it by now. */
  readonly signal: AbortSignal
  /** It is done. Work of the same key that came meanwhile is due at once. */
  done(): Promise<void>
  /** It is not done, and is due again after so many milliseconds. */
  again(afterMs: number): Promise<void>
}

/** Reason of the abort of a claim's signal. */
export class ClaimAborted extends Error {
  readonly reason: 'superseded' | 'lost' | 'shutdown'

  constructor(reason: ClaimAborted['reason']) {
    super(`the claim was given up: ${reason}`)
    this.name = 'ClaimAborted'
    this.reason = reason
  }
}

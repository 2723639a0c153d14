import { EnvironmentError } from './errors.ts'

/** Why a cluster could not be read. */
export type ClusterFailure =
  | 'address' // no such context, no kubeconfig, or one that wants what it may not
  | 'unreachable' // no connection, or it broke off
  | 'certificate' // TLS: the server is not who it should be
  | 'timeout' // connected, and then silent for too long
  | 'unauthorized' // 401
  | 'forbidden' // 403
  | 'throttled' // 429 or 503 to the end of all retries
  | 'expired' // 410: the resource version is too old
  | 'not-found' // 404: the resource is not served
  | 'bad-answer' // no Kubernetes API, or one that makes no sense

/** A cluster could not be read; `reason` decides what happens next, never the text. */
export class ClusterError extends EnvironmentError {
  readonly reason: ClusterFailure

  constructor(
    reason: ClusterFailure,
    details: { operation: string; message: string; hint?: string; cause?: unknown },
  ) {
    const retryable = ['unreachable', 'timeout', 'throttled', 'expired'].includes(reason)
    super({ adapter: 'kubernetes', retryable, ...details })
    this.reason = reason
  }
}

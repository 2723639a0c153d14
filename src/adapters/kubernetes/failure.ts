import { ClusterError, type ClusterFailure } from '../../diagnostics/cluster-error.ts'

/** One request of one cluster, as messages name it. */
export interface Question {
  /** `context prod`. */
  readonly name: string
  /** `10.0.0.1:6443`. */
  readonly host: string
  /** Default: GET. */
  readonly method?: 'GET' | 'PATCH'
  /** Without its query. */
  readonly path: string
}

/** `GET /api/v1/pods`. */
export function requestOf({ method = 'GET', path }: Omit<Question, 'name' | 'host'>): string {
  return `${method} ${path}`
}

/** One attempt failed. `againAfterMs`: another may do better, after so long at the earliest. */
export class AttemptFailure extends Error {
  readonly failure: ClusterError
  readonly againAfterMs: number | undefined

  constructor(failure: ClusterError, againAfterMs?: number) {
    super(failure.message)
    this.failure = failure
    this.againAfterMs = againAfterMs
  }
}

/** The answer is larger than what is taken in at once; fewer objects may fit. */
export class AnswerTooLarge extends ClusterError {
  constructor(question: Question, maxBytes: number) {
    super('bad-answer', {
      operation: requestOf(question),
      message: `${nameOf(question)} answers ${requestOf(question)} with more than ${Math.round(maxBytes / 1024 / 1024)} MiB`,
    })
  }
}

/** The server answered, and refused. */
export class RefusedRequest extends ClusterError {
  readonly status: number

  constructor(status: number, ...[reason, details]: ConstructorParameters<typeof ClusterError>) {
    super(reason, details)
    this.status = status
  }
}

/** Never made of what an answer says, which may hold anything: of the path, the status, and codes that are known here. */
export function clusterError(
  reason: ClusterFailure,
  question: Question,
  fault: string,
  hint?: string,
): ClusterError {
  return new ClusterError(reason, detailsOf(question, fault, hint))
}

function detailsOf(
  question: Question,
  fault: string,
  hint: string | undefined,
): ConstructorParameters<typeof ClusterError>[1] {
  return {
    operation: requestOf(question),
    message: `${nameOf(question)} ${fault}`,
    ...(hint !== undefined && { hint }),
  }
}

function nameOf({ name, host }: Question): string {
  return `${name} (${host})`
}

/** How a server refused, of which nothing is told on but what is known here. */
export interface Refusal {
  readonly status: number
  /** `reason` of a Kubernetes Status. */
  readonly reason: unknown
  readonly retryAfter?: string | undefined
  /** `Date` of the answer. */
  readonly date?: string | undefined
}

/** Reasons of a Kubernetes Status (k8s.io/apimachinery, metav1.StatusReason): no other text of an answer is repeated. */
const knownReasons = new Set(
  (
    'Unauthorized Forbidden NotFound AlreadyExists Conflict Gone Invalid ServerTimeout StoreReadError Timeout ' +
    'TooManyRequests BadRequest MethodNotAllowed NotAcceptable RequestEntityTooLarge UnsupportedMediaType ' +
    'InternalError Expired ServiceUnavailable'
  ).split(' '),
)

export function refusalFailure(question: Question, refusal: Refusal): AttemptFailure {
  const { status, reason } = refusal
  const said = knownReasons.has(String(reason)) ? `${status} ${String(reason)}` : String(status)
  const request = requestOf(question)
  const failed = (failure: ClusterFailure, fault: string, hint?: string): ClusterError =>
    new RefusedRequest(status, failure, detailsOf(question, fault, hint))
  if (status === 401) {
    const hint = 'its token or certificate may have expired, or the user was removed: log in again'
    return new AttemptFailure(
      failed('unauthorized', `does not take the credentials for ${request} (${said})`, hint),
    )
  }
  if (status === 403) {
    const hint =
      question.method === 'PATCH'
        ? 'applying as a dry run needs the verb patch; docs/live-clusters.md names the role'
        : '`fleetwright observe --print-rbac` prints the role that reading needs'
    return new AttemptFailure(failed('forbidden', `forbids ${request} (${said})`, hint))
  }
  if (status === 404) {
    return new AttemptFailure(failed('not-found', `does not serve ${question.path} (${said})`))
  }
  if (status === 410) {
    return new AttemptFailure(
      failed('expired', `has given up the version that ${request} goes on from (${said})`),
    )
  }
  if (status === 429 || status === 503) {
    const wait = retryAfterMs(refusal)
    const later = wait === 0 ? '' : `, and wants to be asked again in ${Math.ceil(wait / 1000)} s`
    return new AttemptFailure(
      failed('throttled', `has no capacity for ${request} now (${said})${later}`),
      wait,
    )
  }
  if (status >= 500) {
    return new AttemptFailure(failed('unreachable', `fails at ${request} (${said})`), retryAfterMs(refusal))
  }
  const hint =
    status < 400 ? 'it leads elsewhere, as pages to log in do: is this a Kubernetes API?' : undefined
  return new AttemptFailure(failed('bad-answer', `answers ${request} with ${said}`, hint))
}

/** Seconds, or a date, which counts from the server's own clock: ours may differ. */
function retryAfterMs({ retryAfter, date }: Refusal): number {
  if (retryAfter === undefined) return 0
  if (/^\s*\d+\s*$/.test(retryAfter)) return Number(retryAfter) * 1000
  const waitMs = Date.parse(retryAfter) - Date.parse(date ?? '')
  return Number.isNaN(waitMs) ? 0 : Math.max(0, waitMs)
}

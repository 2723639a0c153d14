import { ClusterError, type ClusterFailure } from '../diagnostics/cluster-error.ts'
import { compareText } from '../kubernetes/text-order.ts'

/** Why a cluster keeps its last facts. */
export interface Failure {
  readonly reason: ClusterFailure
  readonly message: string
  /** For `observed.json`: the same for the same cause, without times, addresses or ports. */
  readonly words: string
}

const words: Readonly<Record<ClusterFailure, string>> = {
  address: 'no usable address',
  unreachable: 'no connection',
  certificate: 'its certificate is not trusted',
  timeout: 'no answer in time',
  unauthorized: 'credentials refused',
  forbidden: 'reading is forbidden',
  throttled: 'too busy to answer',
  expired: 'lists expire before they end',
  'not-found': 'a resource that it says it serves is not there',
  'bad-answer': 'its answer makes no sense',
}

/** Lists that the server does not allow, all of them, so that one change of its roles is enough. */
export class ForbiddenLists extends ClusterError {
  /** `configmaps`, `deployments.apps`; sorted. */
  readonly resources: readonly string[]

  constructor(refused: readonly { readonly resource: string; readonly error: ClusterError }[]) {
    const resources = [...new Set(refused.map(({ resource }) => resource))].sort(compareText)
    const [first] = [...refused].sort((a, b) => compareText(a.resource, b.resource))
    super('forbidden', {
      operation: first?.error.operation ?? 'list',
      message:
        resources.length === 1 && first
          ? first.error.message
          : `${enumerate(resources)} may not be listed: ${first?.error.message ?? ''}`,
      ...(first?.error.hint !== undefined && { hint: first.error.hint }),
      cause: first?.error,
    })
    this.resources = resources
  }
}

/** What a reader threw; anything but a ClusterError is thrown on, since it is none of the cluster's. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof ClusterError)) throw error
  const { reason, message } = error
  return {
    reason,
    message,
    words: error instanceof ForbiddenLists ? `may not list ${enumerate(error.resources)}` : words[reason],
  }
}

/** Whether the server was there and answered: what is missing is a permission or a resource, not the cluster. */
export function didAnswer({ reason }: Failure): boolean {
  return reason === 'forbidden' || reason === 'not-found'
}

function enumerate(names: readonly string[]): string {
  const rest = names.length - 5
  return [...names.slice(0, 5), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
}

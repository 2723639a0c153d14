import type { Waiting } from '../retry/waiting.ts'

/** Milliseconds until a limit ends, where an answer says by its status and headers that there is one. */
export function limitOf({ status, headers, data }: Answer, waiting: Waiting): number | undefined {
  if (status !== 403 && status !== 429 && !isGraphqlLimit(data)) return undefined
  const retryAfter = headers['retry-after']
  if (/^\d+$/.test(retryAfter ?? '')) return Number(retryAfter) * 1000
  if (headers['x-ratelimit-remaining'] === '0') {
    const reset = Number(headers['x-ratelimit-reset'])
    // A second more: the limit ends after that second, not with it.
    if (Number.isFinite(reset)) return Math.max(0, (reset + 1) * 1000 - waiting.now())
  }
  return status === 429 ? 60_000 : undefined
}

/** GraphQL says everything with 200. */
function isGraphqlLimit(data: unknown): boolean {
  const { errors } = (data ?? {}) as { errors?: unknown }
  return Array.isArray(errors) && errors.some((each) => (each as { type?: unknown }).type === 'RATE_LIMITED')
}

export interface Answer {
  /** 0 where nothing was answered. */
  readonly status: number
  readonly headers: Readonly<Partial<Record<string, string>>>
  readonly data: unknown
}

/** What the other side answered, out of an error of Octokit, whose own status is 500 for a broken connection. */
export function readAnswer(error: unknown): Answer {
  const { name, headers, response } = (error ?? {}) as Partial<Answer> & {
    readonly name?: string
    readonly response?: Partial<Answer>
  }
  // Answered, with errors instead of data, and its response is the body.
  if (name === 'GraphqlResponseError') return { status: 200, headers: headers ?? {}, data: response }
  return { status: response?.status ?? 0, headers: response?.headers ?? {}, data: response?.data }
}

import type { Waiting } from '../retry/waiting.ts'

/** Milliseconds until a limit ends, where the headers of an error say that there is one. */
export function limitOf(error: unknown, waiting: Waiting): number | undefined {
  const { status, headers } = readAnswer(error)
  if (status !== 403 && status !== 429) return undefined
  const retryAfter = headers['retry-after']
  if (/^\d+$/.test(retryAfter ?? '')) return Number(retryAfter) * 1000
  if (headers['x-ratelimit-remaining'] === '0') {
    const reset = Number(headers['x-ratelimit-reset'])
    // A second more: the limit ends after that second, not with it.
    if (Number.isFinite(reset)) return Math.max(0, (reset + 1) * 1000 - waiting.now())
  }
  return status === 429 ? 60_000 : undefined
}

export interface Answer {
  /** 0 where nothing was answered. */
  readonly status: number
  readonly headers: Readonly<Partial<Record<string, string>>>
  readonly data: unknown
}

/** What the other side answered, out of an error of Octokit, whose own status is 500 for a broken connection. */
export function readAnswer(error: unknown): Answer {
  const response = (error as { response?: Partial<Answer> } | undefined)?.response
  return { status: response?.status ?? 0, headers: response?.headers ?? {}, data: response?.data }
}

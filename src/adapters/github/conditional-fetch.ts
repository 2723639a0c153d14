import { createHash } from 'node:crypto'
import type { Fetch } from './transport.ts'

/** Answers by request, so that what did not change need not be sent again: such an answer costs nothing of the rate limit. */
export interface AnswerCache {
  get(key: string): CachedAnswer | undefined
  set(key: string, answer: CachedAnswer): void
}

export interface CachedAnswer {
  readonly etag: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** In memory; forgets what was not used for longest. */
export function createAnswerCache(maxCharacters = 16 * 1024 * 1024): AnswerCache {
  const answers = new Map<string, CachedAnswer>()
  let characters = 0
  const remove = (key: string): void => {
    characters -= answers.get(key)?.body.length ?? 0
    answers.delete(key)
  }
  return {
    get(key) {
      const answer = answers.get(key)
      if (answer === undefined) return undefined
      answers.delete(key)
      answers.set(key, answer)
      return answer
    },
    set(key, answer) {
      remove(key)
      if (answer.body.length > maxCharacters) return
      answers.set(key, answer)
      characters += answer.body.length
      for (const oldest of answers.keys()) {
        if (characters <= maxCharacters) return
        remove(oldest)
      }
    },
  }
}

/** Asks whether what is known already is still so. Answers are kept apart by token: they differ in what it may see. */
export function withConditionalRequests(fetch: Fetch, cache: AnswerCache): Fetch {
  return async (url, init) => {
    if ((init.method ?? 'GET') !== 'GET') return fetch(url, init)
    const { authorization = '', accept = '' } = init.headers ?? {}
    const key = createHash('sha256')
      .update(JSON.stringify([url, authorization, accept]))
      .digest('hex')
    const known = cache.get(key)
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, ...(known && { 'if-none-match': known.etag }) },
    })
    if (response.status === 304 && known) {
      // Limits and dates are those of now.
      return new Response(known.body, {
        headers: { ...known.headers, ...Object.fromEntries(response.headers) },
      })
    }
    const etag = response.headers.get('etag')
    if (response.status !== 200 || etag === null || !isJson(response)) return response
    const body = await response.text()
    const headers = Object.fromEntries(response.headers)
    // The body is no longer as it was sent.
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) delete headers[name]
    cache.set(key, { etag, headers, body })
    return new Response(body, { headers })
  }
}

function isJson(response: Response): boolean {
  return response.headers.get('content-type')?.includes('json') === true
}

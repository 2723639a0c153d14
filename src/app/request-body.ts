import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

/** GitHub cuts payloads off there. */
export const mostBodyBytes = 25 * 1024 * 1024

/** Bodies are held before anybody knows whether they are signed: of all that come at a time, no more than this. */
const mostBytesAtOnce = 8 * mostBodyBytes

/** A body of which not everything is here yet. */
interface Unfinished {
  readonly request: IncomingMessage
  readonly chunks: Buffer[]
  length: number
  hasGivenWay: boolean
}

/**
 * Bodies of requests, bounded each and together. Where they come to too much together, the one that was begun first gives way:
 * GitHub's are here within moments, so that whoever sends slowly, or not to the end, keeps nobody out but himself.
 */
export function createReadBody(): (request: IncomingMessage) => Promise<BodyRead> {
  // In the order in which they began.
  const unfinished = new Set<Unfinished>()
  let held = 0

  function release(body: Unfinished): void {
    unfinished.delete(body)
    held -= body.length
    body.length = 0
    body.chunks.length = 0
  }

  function makeRoom(): void {
    for (const oldest of unfinished) {
      if (held <= mostBytesAtOnce) return
      release(oldest)
      oldest.hasGivenWay = true
      oldest.request.destroy()
    }
  }

  return async (request) => {
    if (Number(request.headers['content-length'] ?? 0) > mostBodyBytes) return { fault: 'too-large' }
    const body: Unfinished = { request, chunks: [], length: 0, hasGivenWay: false }
    unfinished.add(body)
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        if (body.hasGivenWay) break
        body.chunks.push(chunk)
        body.length += chunk.length
        held += chunk.length
        if (body.length > mostBodyBytes) return { fault: 'too-large' }
        makeRoom()
      }
      return body.hasGivenWay
        ? { fault: 'busy' }
        : { body: Buffer.concat(body.chunks, body.length).toString('utf8') }
    } catch {
      return { fault: body.hasGivenWay ? 'busy' : 'broken' }
    } finally {
      release(body)
    }
  }
}

export type BodyRead = { readonly body: string } | { readonly fault: 'too-large' | 'busy' | 'broken' }

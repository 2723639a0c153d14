import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

/** GitHub cuts payloads off there. */
export const mostBodyBytes = 25 * 1024 * 1024

/** Bodies are held before anybody knows whether they are signed: of all that come at a time, no more than this. */
const mostBytesAtOnce = 8 * mostBodyBytes

/** Bodies of requests, bounded each and together. */
export function createReadBody(): (request: IncomingMessage) => Promise<BodyRead> {
  let held = 0
  return async (request) => {
    if (Number(request.headers['content-length'] ?? 0) > mostBodyBytes) return { fault: 'too-large' }
    const chunks: Buffer[] = []
    let own = 0
    try {
      for await (const chunk of request) {
        const { length } = chunk as Buffer
        own += length
        held += length
        if (own > mostBodyBytes) return { fault: 'too-large' }
        if (held > mostBytesAtOnce) return { fault: 'busy' }
        chunks.push(chunk as Buffer)
      }
      return { body: Buffer.concat(chunks).toString('utf8') }
    } catch {
      return { fault: 'broken' }
    } finally {
      held -= own
    }
  }
}

export type BodyRead = { readonly body: string } | { readonly fault: 'too-large' | 'busy' | 'broken' }

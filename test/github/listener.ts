import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Heard {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly payload: Readonly<Record<string, unknown>>
}

export interface Listener {
  readonly url: string
  /** In the order in which they came. */
  readonly heard: readonly Heard[]
  /** Answers with this from now on. */
  answer(status: number): void
}

/** Takes webhooks, for one test. */
export async function listenForWebhooks(): Promise<Listener> {
  const heard: Heard[] = []
  let status = 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      heard.push({ headers: request.headers, text, payload: JSON.parse(text) as Heard['payload'] })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`
  return { url, heard, answer: (next) => void (status = next) }
}

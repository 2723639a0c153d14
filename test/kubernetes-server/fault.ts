import type { ServerResponse } from 'node:http'

/** What a server does instead of answering, or to its answer. */
export type Misdeed =
  /** Refuses with a Status. */
  | {
      readonly type: 'refuse'
      readonly status: number
      readonly reason?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Takes the request and ends the connection. */
  | { readonly type: 'reset' }
  /** Answers so many bytes, then ends the connection. */
  | { readonly type: 'break'; readonly afterBytes: number }
  /** One byte after the other, without end. */
  | { readonly type: 'trickle'; readonly everyMs: number }
  /** Takes the request and says nothing. */
  | { readonly type: 'silence' }
  /** Answers as usual, with these headers. */
  | { readonly type: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** Answers with something else. */
  | { readonly type: 'body'; readonly text: string; readonly status?: number }

export interface Fault {
  /** Which requests: by path and query. */
  readonly on: RegExp
  /** How many of them; default: all. */
  readonly times?: number
  /** How many of them go well before. */
  readonly after?: number
  readonly does: Misdeed
}

/** Which fault strikes which request. */
export class Faults {
  private readonly active: { readonly fault: Fault; skipped: number; struck: number }[] = []

  add(fault: Fault): void {
    this.active.push({ fault, skipped: 0, struck: 0 })
  }

  clear(): void {
    this.active.length = 0
  }

  /** The misdeed of the first fault that is for this request and still strikes. */
  strike(url: string): Misdeed | undefined {
    for (const each of this.active) {
      const { on, times = Number.POSITIVE_INFINITY, after = 0, does } = each.fault
      if (!on.test(url) || each.struck >= times) continue
      if (each.skipped < after) {
        each.skipped++
        continue
      }
      each.struck++
      return does
    }
    return undefined
  }
}

/** Commits it; false when the answer is to go on as usual. */
export function commit(misdeed: Misdeed, response: ServerResponse): boolean {
  switch (misdeed.type) {
    case 'refuse':
      refuse(response, misdeed)
      return true
    case 'reset':
      response.socket?.destroy()
      return true
    case 'silence':
      return true
    case 'trickle': {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(' ')
      const timer = setInterval(() => response.write(' '), misdeed.everyMs)
      response.on('close', () => {
        clearInterval(timer)
      })
      return true
    }
    case 'body':
      response.writeHead(misdeed.status ?? 200, { 'content-type': 'text/html' }).end(misdeed.text)
      return true
    case 'headers':
      for (const [name, value] of Object.entries(misdeed.headers)) response.setHeader(name, value)
      return false
    case 'break': {
      // The answer is made as usual, yet only its beginning gets out.
      const write = response.write.bind(response)
      response.end = ((text: string | Buffer) => {
        write(Buffer.from(text).subarray(0, misdeed.afterBytes), () => response.socket?.destroy())
        return response
      }) as typeof response.end
      return false
    }
  }
}

/** Answers with a Status, as API servers do. */
export function refuse(
  response: ServerResponse,
  {
    status,
    reason,
    headers,
  }: { status: number; reason?: string; headers?: Readonly<Record<string, string>> },
): void {
  // What a real server writes here may quote anything; whoever repeats it in an error would show it.
  const message = 'a text of the server that must not be repeated: hunter2'
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(
      JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code: status }),
    )
}

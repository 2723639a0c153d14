import type { ServerResponse } from 'node:http'
import { seenBy, type MemoryObjects } from '../../src/adapters/memory/memory-objects.ts'
import { apiVersionOf, toAnswered, type Form } from './answer-form.ts'
import type { Route } from './route.ts'

interface Watch {
  readonly response: ServerResponse
  readonly bookmark: (() => void) | undefined
  readonly end: () => void
}

/** The watches that are under way. */
export class Watches {
  private readonly open = new Set<Watch>()
  private readonly objects: MemoryObjects

  constructor(objects: MemoryObjects) {
    this.objects = objects
  }

  get count(): number {
    return this.open.size
  }

  start(response: ServerResponse, { served, selection, query }: Route, form: Form): void {
    let seen = Number(query.get('resourceVersion') ?? '0')
    const send = (type: string, object: object): void => {
      response.write(`${JSON.stringify({ type, object })}\n`)
    }
    const sendChanges = (): void => {
      const changes = this.objects.changesAfter(seen)
      if (changes === undefined) {
        const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 }
        send('ERROR', status)
        watch.end()
        return
      }
      for (const change of changes) {
        seen = change.resourceVersion
        const event = seenBy(selection, change)
        if (event !== undefined) send(event.type.toUpperCase(), toAnswered(event.object, served, form))
      }
    }
    const ignore = this.objects.onChange(sendChanges)
    const seconds = Number(query.get('timeoutSeconds') ?? '0')
    const timer = setTimeout(
      () => {
        watch.end()
      },
      (seconds || 1800) * 1000,
    )
    const watch: Watch = {
      response,
      bookmark:
        query.get('allowWatchBookmarks') === 'true'
          ? () => {
              const metadata = {
                resourceVersion: `${this.objects.resourceVersion()}`,
                creationTimestamp: null,
              }
              send('BOOKMARK', { kind: served.kind, apiVersion: apiVersionOf(served), metadata })
            }
          : undefined,
      end: () => {
        ignore()
        clearTimeout(timer)
        this.open.delete(watch)
        response.end()
      },
    }
    this.open.add(watch)
    response.on('close', watch.end)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    sendChanges()
  }

  /** Sends a bookmark to all that want some. */
  bookmark(): void {
    for (const { bookmark } of this.open) bookmark?.()
  }

  /** Ends all, as servers do from time to time. */
  end(): void {
    for (const { end } of [...this.open]) end()
  }

  /** Breaks all connections. */
  drop(): void {
    for (const { response } of [...this.open]) response.socket?.destroy()
  }
}

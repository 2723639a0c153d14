import { parseExactJson } from '../../kubernetes/exact-json.ts'
import type { ListRequest, WatchEvent } from '../../observe/cluster-reader-port.ts'
import { acceptOf, isObject, resourceVersionOf, toAskedObject } from './answered-object.ts'
import type { ApiClient } from './api-client.ts'
import { resourcePath, selectorQuery } from './resource-path.ts'

export interface WatchStart {
  readonly resourceVersion: string
  readonly signal: AbortSignal
}

const types: Readonly<Record<string, WatchEvent['type']>> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
  BOOKMARK: 'bookmark',
}

/** Events until the server ends the watch or the signal is aborted; see ClusterReader.watch. */
export async function* watchEvents(
  client: ApiClient,
  list: ListRequest,
  { resourceVersion, signal }: WatchStart,
): AsyncGenerator<WatchEvent, void> {
  const { watchSeconds, watchGraceMs } = client.limits
  const path = resourcePath(list)
  const deadline = AbortSignal.timeout(watchSeconds * 1000 + watchGraceMs)
  const query = {
    watch: '1',
    resourceVersion,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(watchSeconds),
    ...selectorQuery(list),
  }
  const request = { path, query, accept: acceptOf(list, 'PartialObjectMetadata') }
  try {
    for await (const line of linesOf(client, request, AbortSignal.any([signal, deadline]))) {
      yield toEvent(client, list, line)
      if (signal.aborted) return
    }
  } catch (error) {
    if (signal.aborted) return
    if (!deadline.aborted) throw error
    throw client.failure('timeout', path, `did not end its watch at ${path} in time`)
  }
}

/** Lines of the answer; its last one counts only when it is whole. */
async function* linesOf(
  client: ApiClient,
  request: { readonly path: string },
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  let pieces: Uint8Array[] = []
  let size = 0
  const take = (piece: Uint8Array): void => {
    pieces.push(piece)
    size += piece.length
    if (size <= client.limits.maxAnswerBytes) return
    throw client.failure('bad-answer', request.path, `sends an event at ${request.path} that is too large`)
  }
  const finish = (): string => {
    const line = Buffer.concat(pieces).toString('utf8').trim()
    pieces = []
    size = 0
    return line
  }
  for await (const chunk of client.stream(request, signal)) {
    let start = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      take(chunk.subarray(start, end))
      start = end + 1
      const line = finish()
      if (line !== '') yield line
    }
    take(chunk.subarray(start))
  }
  if (finish() !== '') {
    throw client.failure('unreachable', request.path, `broke off its watch at ${request.path}`)
  }
}

function toEvent(client: ApiClient, list: ListRequest, line: string): WatchEvent {
  const path = resourcePath(list)
  const event = parseEvent(line)
  const { type, object } = isObject(event) ? event : {}
  if (type === 'ERROR' && isObject(object)) {
    const { code, reason } = object
    throw client.refusal(path, typeof code === 'number' && code >= 400 ? code : 500, reason)
  }
  const known = types[String(type)]
  const resourceVersion = isObject(object) ? resourceVersionOf(object) : undefined
  if (known === undefined || !isObject(object) || resourceVersion === undefined) {
    throw client.failure('bad-answer', path, `sends an event at ${path} that makes no sense`)
  }
  return { type: known, object: toAskedObject(list, object), resourceVersion }
}

function parseEvent(line: string): unknown {
  try {
    return parseExactJson(line)
  } catch {
    return undefined
  }
}

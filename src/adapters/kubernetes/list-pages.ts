import { ClusterError } from '../../diagnostics/cluster-error.ts'
import type { ListPage, ListRequest } from '../../observe/cluster-reader-port.ts'
import { acceptOf, isObject, resourceVersionOf, toAskedObject } from './answered-object.ts'
import type { ApiClient } from './api-client.ts'
import { AnswerTooLarge } from './failure.ts'
import { resourcePath, selectorQuery } from './resource-path.ts'

/** A list that the server gives up again and again is changed faster than it can be read. */
const maxRestarts = 3
/** By so much a page shrinks that is too large. */
const shrink = 5

/**
 * Pages of a list, each read when it is asked for, so that one is in memory at a time. Starts over when the server has
 * given up the version that it began with, and asks for fewer objects when they are too large together.
 */
export async function* listPages(
  client: ApiClient,
  list: ListRequest,
  signal?: AbortSignal,
): AsyncGenerator<ListPage, void> {
  const { listDeadlineMs, pageSize } = client.limits
  let limit = pageSize
  let from = ''
  let restarts = 0
  let isRestart = false
  let spentMs = 0
  for (;;) {
    const began = performance.now()
    let page: ReadPage
    try {
      page = await readPage(client, list, { from, limit, signal, deadlineMs: listDeadlineMs - spentMs })
    } catch (error) {
      if (error instanceof AnswerTooLarge && limit > 1) {
        limit = Math.ceil(limit / shrink)
        continue
      }
      const isExpired = error instanceof ClusterError && error.reason === 'expired' && from !== ''
      if (!isExpired || restarts >= maxRestarts) throw error
      restarts++
      from = ''
      isRestart = true
      continue
    } finally {
      spentMs += performance.now() - began
    }
    const { objects, resourceVersion } = page
    yield { objects, resourceVersion, ...(isRestart && { restart: true }) }
    isRestart = false
    from = page.next
    if (from === '') return
  }
}

interface ReadPage extends ListPage {
  /** Where the next page begins; empty after the last. */
  readonly next: string
}

async function readPage(
  client: ApiClient,
  list: ListRequest,
  {
    from,
    limit,
    ...within
  }: { from: string; limit: number; signal: AbortSignal | undefined; deadlineMs: number },
): Promise<ReadPage> {
  const path = resourcePath(list)
  const query = {
    limit: String(limit),
    ...(from !== '' && { continue: from }),
    ...selectorQuery(list),
  }
  const answer = await client.get(
    { path, query, accept: acceptOf(list, 'PartialObjectMetadataList') },
    within,
  )
  // Go prints an empty list that was never made as null.
  const items = isObject(answer) ? (answer['items'] ?? []) : undefined
  const resourceVersion = isObject(answer) ? resourceVersionOf(answer) : undefined
  if (!isObject(answer) || !Array.isArray(items) || resourceVersion === undefined || !items.every(isObject)) {
    throw client.failure('bad-answer', path, `answers GET ${path} with something that is no list`)
  }
  const next = (answer['metadata'] as { readonly continue?: unknown }).continue
  return {
    objects: items.map((item) => toAskedObject(list, item)),
    resourceVersion,
    next: typeof next === 'string' ? next : '',
  }
}

import { ClusterError } from '../diagnostics/cluster-error.ts'
import type { ClusterReader, ListPage, ListRequest } from './cluster-reader-port.ts'
import { keepValue, type KeptValue, type WatchTimes } from './watch-value.ts'

type Item = ListPage['objects'][number]

/**
 * Keeps a list as it is in the cluster: lists, watches on from there, and lists again when the watch breaks off or the version
 * that it stands at is too old; the way of client-go's reflectors.
 */
export function watchList(
  reader: ClusterReader,
  request: ListRequest,
  times: WatchTimes,
): KeptValue<() => ListPage> {
  const { wait, signal } = times
  return keepValue<() => ListPage>(times, async ({ update, thrive }) => {
    const items = new Map<string, Item>()
    let resourceVersion = await listAll(reader, request, { items, signal })
    const page = (): ListPage => ({ objects: [...items.values()], resourceVersion })
    update(page)
    while (!signal.aborted) {
      try {
        for await (const event of reader.watch(request, resourceVersion, signal)) {
          resourceVersion = event.resourceVersion
          thrive()
          if (event.type === 'bookmark') continue
          if (event.type === 'deleted') items.delete(placeOf(event.object))
          else items.set(placeOf(event.object), event.object)
          update(page)
        }
      } catch (error) {
        // Listing again tells whether the cluster is still there; nothing is said of it before.
        if (error instanceof ClusterError) return
        throw error
      }
      // A server that ends every watch at once is not to be asked without a pause.
      await wait(pauseMs, signal)
    }
  })
}

const pauseMs = 1000

async function listAll(
  reader: ClusterReader,
  request: ListRequest,
  { items, signal }: { readonly items: Map<string, Item>; readonly signal: AbortSignal },
): Promise<string> {
  let resourceVersion = ''
  for await (const page of reader.list(request, signal)) {
    if (page.restart === true) items.clear()
    for (const object of page.objects) items.set(placeOf(object), object)
    resourceVersion = page.resourceVersion
  }
  return resourceVersion
}

function placeOf({ metadata }: Item): string {
  const { namespace = '', name = '' } = (metadata ?? {}) as { namespace?: string; name?: string }
  return `${namespace}/${name}`
}

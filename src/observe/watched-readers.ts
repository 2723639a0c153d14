import type {
  ClusterAddress,
  ClusterReader,
  ClusterReaders,
  Discovery,
  ListPage,
  ListRequest,
} from './cluster-reader-port.ts'
import { canonicalJson } from '../kubernetes/exact-json.ts'
import { watchList } from './watch-list.ts'
import { keepValue, type KeptValue, type WatchTimes } from './watch-value.ts'

/** Clusters that answer from what is kept of them, so that observing them again costs them nothing. */
export interface WatchedReaders extends ClusterReaders {
  /** Ends what was not read since the last time that this was called. */
  forgetUnread(): void
}

export interface WatchWorld {
  readonly wait: WatchTimes['wait']
  /** Ends all watches. */
  readonly signal: AbortSignal
  readonly onChange: (address: ClusterAddress) => void
  /** Lists that are read from the cluster each time, and not watched. */
  readonly isUnwatched: (address: ClusterAddress, request: ListRequest) => boolean
  /** How often it is asked what a cluster serves, which no watch tells. */
  readonly discoveryPauseMs: number
}

/** Reads each list of each cluster once, and watches it from then on. */
export function createWatchedReaders(readers: ClusterReaders, world: WatchWorld): WatchedReaders {
  const clusters = new Map<string, WatchedCluster>()
  world.signal.addEventListener('abort', () => clusters.forEach((cluster) => cluster.end()))
  return {
    async open(address) {
      const name = nameOf(address)
      const known = clusters.get(name)
      if (known?.content === contentOf(address)) {
        known.isRead = true
        return known.reader
      }
      // A kubeconfig that was replaced: its token was renewed.
      known?.end()
      clusters.delete(name)
      const cluster = watchCluster(await readers.open(address), address, world)
      clusters.set(name, cluster)
      return cluster.reader
    },
    forgetUnread() {
      for (const [name, cluster] of clusters) {
        if (!cluster.isRead) {
          cluster.end()
          clusters.delete(name)
        }
        cluster.isRead = false
        cluster.forgetUnread()
      }
    },
  }
}

/** What tells clusters apart: of a kubeconfig that somebody keeps, not its text, which he may renew. */
function nameOf(address: ClusterAddress): string {
  return address.type === 'kubeconfig' ? address.origin : canonicalJson(address)
}

function contentOf(address: ClusterAddress): string {
  return canonicalJson(address)
}

interface WatchedCluster {
  readonly content: string
  readonly reader: ClusterReader
  isRead: boolean
  forgetUnread(): void
  end(): void
}

interface About {
  readonly version: string
  readonly discovery: Discovery
}

function watchCluster(reader: ClusterReader, address: ClusterAddress, world: WatchWorld): WatchedCluster {
  const ending = new AbortController()
  const times = (signal: AbortSignal): WatchTimes => ({
    wait: world.wait,
    signal: AbortSignal.any([world.signal, signal]),
    onChange: () => world.onChange(address),
  })
  const lists = new Map<string, WatchedList>()
  let about: KeptValue<About> | undefined
  let again = new AbortController()
  const rest = async (): Promise<void> => {
    again = new AbortController()
    await world.wait(world.discoveryPauseMs, AbortSignal.any([world.signal, ending.signal, again.signal]))
  }
  // A server that was exchanged for another version breaks off its watches.
  const listening = tellingEnds(reader, () => again.abort())
  const know = (): Promise<About> => (about ??= followAbout(reader, times(ending.signal), rest)).read()
  const listed = (request: ListRequest): WatchedList => {
    const key = canonicalJson(request)
    const known = lists.get(key)
    if (known) return known
    const own = new AbortController()
    const signal = AbortSignal.any([ending.signal, own.signal])
    const list = { kept: watchList(listening, request, times(signal)), isRead: true, end: () => own.abort() }
    lists.set(key, list)
    return list
  }
  return {
    content: contentOf(address),
    isRead: true,
    reader: {
      version: async () => (await know()).version,
      discover: async () => (await know()).discovery,
      list: (request, signal) =>
        world.isUnwatched(address, request) ? reader.list(request, signal) : answer(listed(request)),
      watch: (request, resourceVersion, signal) => reader.watch(request, resourceVersion, signal),
      // It is read again and again.
      close: () => Promise.resolve(),
    },
    forgetUnread() {
      for (const [key, list] of lists) {
        if (!list.isRead) {
          list.end()
          lists.delete(key)
        }
        list.isRead = false
      }
    },
    end() {
      ending.abort()
      // How a connection ends that nobody reads any more concerns nobody.
      reader.close().catch(() => undefined)
    },
  }
}

interface WatchedList {
  readonly kept: KeptValue<() => ListPage>
  isRead: boolean
  end(): void
}

async function* answer(list: WatchedList): AsyncGenerator<ListPage, void> {
  list.isRead = true
  const page = await list.kept.read()
  yield page()
}

/** What a cluster serves may change, and whether it answers at all. */
function followAbout(reader: ClusterReader, times: WatchTimes, rest: () => Promise<void>): KeptValue<About> {
  const { signal } = times
  return keepValue<About>(times, async ({ update, thrive }) => {
    let before: string | undefined
    while (!signal.aborted) {
      const about = { version: await reader.version(signal), discovery: await reader.discover(signal) }
      const now = canonicalJson(about)
      if (now !== before) update(about)
      before = now
      thrive()
      await rest()
    }
  })
}

/** The same, and says when a watch has ended, however it did. */
function tellingEnds(reader: ClusterReader, onEnd: () => void): ClusterReader {
  return {
    version: (signal) => reader.version(signal),
    discover: (signal) => reader.discover(signal),
    list: (request, signal) => reader.list(request, signal),
    async *watch(request, resourceVersion, signal) {
      try {
        yield* reader.watch(request, resourceVersion, signal)
      } finally {
        onEnd()
      }
    },
    close: () => reader.close(),
  }
}

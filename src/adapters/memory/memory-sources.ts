import { createHash } from 'node:crypto'
import type { CredentialsReader } from '../../sources/credentials-port.ts'
import type { SourceCache } from '../../sources/source-cache-port.ts'
import {
  SourceFailure,
  type Download,
  type Offer,
  type RemoteReference,
  type SourceRemote,
} from '../../sources/source-remote-port.ts'
import type { Pin } from '../../sources/types.ts'

/** One thing that a memory remote publishes. */
export interface PublishedSource {
  readonly offer: Offer
  readonly content: Download['content']
}

/** What lies at an address: `helm-http` by repository URL and chart, others by URL, a bucket by endpoint and name. */
export type PublishedSources = ReadonlyMap<string, readonly PublishedSource[]>

/** Key of a reference in PublishedSources. */
export function addressOf(reference: RemoteReference): string {
  switch (reference.type) {
    case 'helm-http':
      return `${reference.url} ${reference.chart}`
    case 'bucket':
      return `${reference.endpoint} ${reference.bucket}`
    case 'helm-oci':
    case 'oci':
    case 'git':
    case 'remote':
      return reference.url
  }
}

/** Serves sources from memory: for tests and for runs that must not touch a network. */
export function createMemoryRemote(published: PublishedSources): SourceRemote {
  const at = (reference: RemoteReference): readonly PublishedSource[] => {
    const found = published.get(addressOf(reference))
    if (found === undefined) throw notFound(`nothing is published at ${addressOf(reference)}`)
    return found
  }
  return {
    list: (reference) => attempt(() => at(reference).map(({ offer }) => offer)),
    download: (reference, { name, revision }, { onBytes }) =>
      attempt(() => {
        const all = at(reference)
        const found = all.find(({ offer }) =>
          revision === undefined ? offer.name === name : offer.revision === revision,
        )
        if (found === undefined) {
          const named = all.some(({ offer }) => offer.name === name)
          throw revision !== undefined && named
            ? new SourceFailure({
                reason: 'moved',
                operation: 'download',
                message: `${name} means something else now`,
              })
            : notFound(`there is no ${name}`)
        }
        const { offer, content } = found
        if (content.type === 'bytes') onBytes?.(content.bytes.length, content.bytes.length)
        return {
          ...(offer.revision === undefined ? {} : { revision: offer.revision }),
          url: offer.urls[0] ?? addressOf(reference),
          content,
        }
      }),
    close: () => Promise.resolve(),
  }
}

/** Keeps downloads for the life of the process. */
export function createMemoryCache(): SourceCache {
  const contents = new Map<string, Uint8Array>()
  const pins = new Map<string, Pin>()
  return {
    read(digest) {
      const bytes = contents.get(digest)
      const found =
        bytes === undefined ? undefined : `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      return Promise.resolve(found === digest ? bytes : undefined)
    },
    write(digest, bytes) {
      contents.set(digest, bytes)
      return Promise.resolve()
    },
    recall: (key) => Promise.resolve(pins.get(key)),
    remember(key, pin) {
      pins.set(key, pin)
      return Promise.resolve()
    },
  }
}

/** Secrets by `namespace/name`. */
export function createMemoryCredentials(
  secrets: ReadonlyMap<string, Readonly<Record<string, string>>>,
): CredentialsReader {
  return { read: ({ namespace, name }) => Promise.resolve(secrets.get(`${namespace}/${name}`)) }
}

function notFound(message: string): SourceFailure {
  return new SourceFailure({ reason: 'not-found', operation: 'look for a source', message })
}

function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work())
  })
}

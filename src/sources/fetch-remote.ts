import { createHash } from 'node:crypto'
import { EnvironmentError } from '../diagnostics/errors.ts'
import type { CredentialsReference } from '../resolve/types.ts'
import { toAccess } from './access.ts'
import { chooseOffer, offerWithoutList } from './choose-offer.ts'
import {
  digestChanged,
  fileLeftOut,
  credentialsElsewhere,
  missingCredentials,
  notCached,
  notKept,
  remoteFailed,
  unpackFailed,
  wrongDigest,
} from './diagnostics.ts'
import type { Fetching } from './fetching.ts'
import { followLinks } from './linked-files.ts'
import { packTree } from './packed-tree.ts'
import { assertSteady, assertUnchanged, settlePin } from './settle-pin.ts'
import { SourceFault } from './source-fault.ts'
import {
  SourceFailure,
  type Access,
  type Download,
  type Offer,
  type RemoteReference,
} from './source-remote-port.ts'
import type { Pin } from './types.ts'
import { unpack, UnpackFault } from './unpack.ts'
import { foreignUses } from './vouched.ts'

export interface RemoteBytes {
  readonly bytes: Uint8Array
  readonly pin: Pin
}

/**
 * Bytes of a source outside of the repository: from the cache by digest where a pin holds, else downloaded, checked and
 * kept. `links` says what becomes of symbolic links of a Git repository. Throws SourceFault.
 */
export async function fetchRemote(
  reference: RemoteReference,
  links: 'follow' | 'leave-out',
  fetching: Fetching,
): Promise<RemoteBytes> {
  const { cache } = fetching.ports
  const pin = await settlePin(reference, fetching)
  if (pin !== undefined) {
    const cached = await cache.read(pin.digest)
    if (cached !== undefined) return { bytes: cached, pin }
  }
  if (fetching.options.offline === true) throw new SourceFault(notCached(reference))
  const fetched = await fetching.limit(async () => {
    try {
      const access = await readAccess(reference, fetching)
      return pin === undefined
        ? await downloadNew(reference, links, access, fetching)
        : await downloadPinned(reference, links, { access, pin, fetching })
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error
      if (error.reason === 'moved' && pin !== undefined) {
        throw new SourceFault(digestChanged(reference, pin, undefined, fetching.lock))
      }
      throw new SourceFault(remoteFailed(reference, error))
    }
  })
  assertUnchanged(reference, fetched.pin, fetching)
  await keepForLater(reference, fetched, fetching)
  return fetched
}

/** A cache saves time and no more: what it has no room for serves this run all the same. */
async function keepForLater(
  reference: RemoteReference,
  { bytes, pin }: RemoteBytes,
  { ports: { cache }, report }: Fetching,
): Promise<void> {
  try {
    await cache.write(pin.digest, bytes)
    await cache.remember(reference.key, pin)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    report(notKept(reference, error))
  }
}

async function downloadNew(
  reference: RemoteReference,
  links: 'follow' | 'leave-out',
  access: Access,
  fetching: Fetching,
): Promise<RemoteBytes> {
  const { remote, cache } = fetching.ports
  const offer = offerWithoutList(reference) ?? chooseOffer(reference, await remote.list(reference, access))
  assertSteady(reference, offer.name, fetching)
  if (offer.digest !== undefined) {
    const cached = await cache.read(offer.digest)
    if (cached !== undefined) {
      const [url] = offer.urls
      return {
        bytes: cached,
        pin: toPin(offer, { digest: offer.digest, ...(url === undefined ? {} : { url }) }),
      }
    }
  }
  const download = await remote.download(reference, offer, { access, ...progressOf(reference, fetching) })
  const bytes = await toBytes(reference, links, download, fetching)
  const digest = digestOf(bytes)
  if (offer.digest !== undefined && offer.digest !== digest) {
    throw new SourceFault(wrongDigest(reference, offer.digest, digest))
  }
  return { bytes, pin: toPin({ ...offer, ...revisionOf(download) }, { digest, url: download.url }) }
}

async function downloadPinned(
  reference: RemoteReference,
  links: 'follow' | 'leave-out',
  { access, pin, fetching }: { access: Access; pin: Pin; fetching: Fetching },
): Promise<RemoteBytes> {
  const { remote } = fetching.ports
  const options = { access, ...progressOf(reference, fetching) }
  const offer: Offer = {
    name: pin.version,
    urls: pin.url === undefined ? [] : [pin.url],
    ...(pin.revision === undefined ? {} : { revision: pin.revision }),
  }
  let download: Download
  try {
    if (reference.type === 'helm-http' && offer.urls.length === 0) throw gone(reference)
    download = await remote.download(reference, offer, options)
  } catch (error) {
    // The file may have been put elsewhere: the index knows, and the digest says whether it is the same.
    if (reference.type !== 'helm-http' || !(error instanceof SourceFailure) || error.reason !== 'not-found')
      throw error
    const listed = await remote.list(reference, access)
    const same = listed.find(({ name }) => name === pin.version)
    if (same === undefined) throw error
    download = await remote.download(reference, same, options)
  }
  const bytes = await toBytes(reference, links, download, fetching)
  const digest = digestOf(bytes)
  if (digest !== pin.digest) throw new SourceFault(digestChanged(reference, pin, digest, fetching.lock))
  return { bytes, pin }
}

function gone({ key }: RemoteReference): SourceFailure {
  return new SourceFailure({
    reason: 'not-found',
    operation: `fetch ${key}`,
    message: 'its address is not known',
  })
}

/** One byte string for whatever came: an archive as it is, anything else packed. */
async function toBytes(
  reference: RemoteReference,
  links: 'follow' | 'leave-out',
  { content }: Download,
  fetching: Fetching,
): Promise<Uint8Array> {
  switch (content.type) {
    case 'bytes':
      return content.bytes
    case 'layers': {
      const [first, ...more] = content.layers
      if (first !== undefined && more.length === 0) return first
      return packTree(await unpackLayers(reference, content.layers))
    }
    case 'entries': {
      for (const path of content.leftOut) fetching.report(fileLeftOut(reference, path))
      const files = new Map<string, Uint8Array>()
      const targets = new Map<string, string>()
      for (const { path, type, bytes } of content.entries) {
        if (type === 'file') files.set(path, bytes)
        else targets.set(path, new TextDecoder().decode(bytes))
      }
      if (links === 'leave-out') return packTree(files)
      const linked = new Map<string, Uint8Array>()
      for (const [seen, real] of followLinks(files.keys(), targets).files) {
        linked.set(seen, files.get(real) ?? new Uint8Array())
      }
      return packTree(linked)
    }
  }
}

/** Sveltos joins all layers of a remote artifact; a plain one becomes a file of its own. */
async function unpackLayers(
  reference: RemoteReference,
  layers: readonly Uint8Array[],
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const [index, layer] of layers.entries()) {
    try {
      const plainName = `layer-${String(index).padStart(3, '0')}.yaml`
      for (const [path, bytes] of await unpack(layer, { form: 'any', links: 'refuse', plainName })) {
        if (files.has(path)) throw new UnpackFault('unsafe', `\`${path}\` is in two of its layers`)
        files.set(path, bytes)
      }
    } catch (error) {
      if (error instanceof UnpackFault) throw new SourceFault(unpackFailed(reference, error))
      throw error
    }
  }
  return files
}

async function readAccess(reference: RemoteReference, { ports, options }: Fetching): Promise<Access> {
  const { vouched } = options
  const [unknown] = vouched ? foreignUses(reference, vouched) : []
  if (unknown !== undefined) throw new SourceFault(credentialsElsewhere(reference, unknown))
  const read = async (
    secret: CredentialsReference,
    choose: (access: Access) => Access | undefined,
  ): Promise<Access> => {
    const entries = await ports.credentials.read(secret)
    const access = entries === undefined ? undefined : toAccess(entries)
    const found = access && choose(access)
    if (found !== undefined) return found
    const name = `${secret.namespace}/${secret.name}`
    throw new SourceFault(missingCredentials(reference, name, entries !== undefined))
  }
  return {
    // A Secret that is named for its authority is not asked for a password.
    ...(reference.ca && (await read(reference.ca, ({ ca }) => (ca === undefined ? undefined : { ca })))),
    ...(reference.credentials && (await read(reference.credentials, (access) => access))),
  }
}

function progressOf({ key }: RemoteReference, { options }: Fetching) {
  const { onProgress } = options
  if (onProgress === undefined) return {}
  return {
    onBytes: (receivedBytes: number, totalBytes: number | undefined): void =>
      onProgress({ key, receivedBytes, ...(totalBytes === undefined ? {} : { totalBytes }) }),
  }
}

function toPin({ name, revision }: Offer, { digest, url }: { digest: string; url?: string }): Pin {
  return {
    version: name,
    digest,
    ...(revision === undefined ? {} : { revision }),
    ...(url === undefined ? {} : { url }),
  }
}

function revisionOf({ revision }: Download): { revision?: string } {
  return revision === undefined ? {} : { revision }
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

import { Buffer } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { didYouMean } from '../../diagnostics/suggestion-list.ts'
import {
  maxDownloadBytes,
  maxIndexBytes,
  SourceFailure,
  type Access,
  type Download,
  type DownloadOptions,
  type Offer,
  type RemoteReference,
} from '../../sources/source-remote-port.ts'
import type { Waiting } from '../retry/waiting.ts'
import type { AmbientCredentials } from './ambient-credentials.ts'
import { authorizationFor, toTlsOptions, withoutUserinfo } from './authorization.ts'
import { readChartOffers } from './helm-index.ts'
import type { HttpClient } from './http-client.ts'
import { assertOk } from './http-failure.ts'
import { parseOciReference, toVersion } from './oci-reference.ts'
import type { OciRegistry } from './oci-registry.ts'

type HelmReference = Extract<RemoteReference, { type: 'helm-http' }>

export interface HelmRepository {
  list(reference: HelmReference, access: Access): Promise<readonly Offer[]>
  download(reference: HelmReference, offer: Offer, options: DownloadOptions): Promise<Download>
}

export interface HelmRepositoryOptions {
  readonly http: HttpClient
  readonly ambient: AmbientCredentials
  /** Indexes may name charts in registries, as Bitnami's does. */
  readonly registry: OciRegistry
  readonly waiting: Waiting
}

/** Classic chart repositories: an `index.yaml` and archives. An index is asked for once, however many charts it has. */
export function createHelmRepository(options: HelmRepositoryOptions): HelmRepository {
  const indexes = new Map<string, Promise<string>>()
  /** Addresses that an index gave in this run; one that only a lock file of the head gives vouches for nothing. */
  const listed = new Set<string>()
  const indexOf = (reference: HelmReference, access: Access): Promise<string> => {
    const key = JSON.stringify([reference.url, access, reference.insecureSkipTLSVerify])
    const known = indexes.get(key)
    if (known !== undefined) return known
    const index = readIndex(reference, access, options)
    indexes.set(key, index)
    // A failure is not remembered: the next chart may be luckier.
    index.catch(() => indexes.delete(key))
    return index
  }
  return {
    async list(reference, access) {
      const text = await indexOf(reference, access)
      const { host } = new URL(reference.url)
      const found = readChartOffers(text, reference.chart, withoutUserinfo(reference.url))
      switch (found.type) {
        case 'offers':
          for (const { urls } of found.offers) for (const url of urls) listed.add(url)
          return found.offers
        case 'malformed':
          throw new SourceFailure({
            reason: 'malformed',
            operation: `read the index of ${host}`,
            message: `${host} answers with an index.yaml that cannot be read`,
            hint: 'open it by hand: is it a login page, or cut off?',
          })
        case 'no-chart': {
          const suggestion = didYouMean(reference.chart, found.names)
          throw new SourceFailure({
            reason: 'not-found',
            operation: `look for ${reference.chart} in ${host}`,
            message: `the repository has no chart \`${reference.chart}\``,
            ...(suggestion === undefined ? {} : { hint: suggestion }),
          })
        }
      }
    },
    async download(reference, offer, downloadOptions) {
      const [first, ...others] = offer.urls
      if (first === undefined) throw noAddress(reference)
      let last: unknown
      for (const url of [first, ...others]) {
        try {
          return await downloadChart({ url, vouched: listed.has(url) }, reference, downloadOptions, options)
        } catch (error) {
          // An index may name mirrors.
          if (!(error instanceof SourceFailure)) throw error
          last ??= error
        }
      }
      throw last
    },
  }
}

async function readIndex(
  reference: HelmReference,
  access: Access,
  { http, ambient, waiting }: HelmRepositoryOptions,
): Promise<string> {
  const url = new URL(assertHttp(reference))
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/index.yaml`
  const response = await http.request({
    url: withoutUserinfo(url.href),
    // Indexes shrink to a tenth; everything else that is downloaded is packed already.
    headers: { 'accept-encoding': 'gzip' },
    authorization: await authorizationFor(url.href, { url: reference.url, access }, ambient),
    tls: toTlsOptions(access, reference.insecureSkipTLSVerify),
    maxBytes: maxIndexBytes,
  })
  const { body, headers } = assertOk(response, waiting)
  const isPacked = headers['content-encoding'] === 'gzip' && body[0] === 0x1f && body[1] === 0x8b
  try {
    return Buffer.from(isPacked ? gunzipSync(body, { maxOutputLength: maxIndexBytes }) : body).toString(
      'utf8',
    )
  } catch (error) {
    throw new SourceFailure({
      reason: error instanceof RangeError ? 'too-large' : 'malformed',
      operation: `read the index of ${url.host}`,
      message: `${url.host} sends an index.yaml that cannot be unpacked`,
      cause: error,
    })
  }
}

async function downloadChart(
  { url, vouched }: { url: string; vouched: boolean },
  reference: HelmReference,
  options: DownloadOptions,
  { http, ambient, registry, waiting }: HelmRepositoryOptions,
): Promise<Download> {
  const { access, onBytes } = options
  if (url.startsWith('oci://')) {
    const { tag } = parseOciReference(url)
    // The repository's Secret is for the repository's host: the registry gets what the environment grants it.
    const source = { url, access: {}, plainHTTP: false, insecureSkipTLSVerify: false, vouched }
    const offer: Offer = { name: toVersion(tag ?? 'latest'), urls: [] }
    const download = await registry.download(source, offer, { type: 'chart' }, options)
    return { url, content: download.content }
  }
  const repository = new URL(assertHttp(reference))
  if (!URL.canParse(url)) throw noAddress(reference)
  const target = new URL(url)
  const isOwn = target.origin === repository.origin
  const response = await http.request({
    url: withoutUserinfo(url),
    authorization: await authorizationFor(url, { url: reference.url, access }, ambient),
    tls: isOwn ? toTlsOptions(access, reference.insecureSkipTLSVerify) : {},
    maxBytes: maxDownloadBytes,
    vouched,
    ...(onBytes === undefined ? {} : { onBytes }),
  })
  return { url: withoutUserinfo(url), content: { type: 'bytes', bytes: assertOk(response, waiting).body } }
}

function assertHttp({ url }: HelmReference): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw new SourceFailure({
    reason: 'unsupported',
    operation: 'read the address of a chart repository',
    message: 'the address of its repository is neither https, http nor oci',
  })
}

function noAddress({ chart }: HelmReference): SourceFailure {
  return new SourceFailure({
    reason: 'malformed',
    operation: `download ${chart}`,
    message: 'the index names no address that can be read',
  })
}

import { createHash } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import {
  maxDocumentBytes,
  maxFileBytes,
  maxFiles,
  maxTreeBytes,
  SourceFailure,
  type Access,
  type Download,
  type DownloadOptions,
  type Offer,
  type RemoteEntry,
  type RemoteReference,
} from '../../sources/source-remote-port.ts'
import type { Waiting } from '../retry/waiting.ts'
import type { AmbientCredentials } from './ambient-credentials.ts'
import { toTlsOptions } from './authorization.ts'
import type { HttpClient } from './http-client.ts'
import type { HttpResponse } from './http-response.ts'
import { assertOk } from './http-failure.ts'

type BucketReference = Extract<RemoteReference, { type: 'bucket' }>

export interface BucketStore {
  list(reference: BucketReference, access: Access): Promise<readonly Offer[]>
  download(reference: BucketReference, offer: Offer, options: DownloadOptions): Promise<Download>
}

export interface BucketStoreOptions {
  readonly http: HttpClient
  readonly ambient: AmbientCredentials
  readonly waiting: Waiting
}

interface BucketObject {
  readonly key: string
  readonly etag: string
  readonly sizeBytes: number
}

/** Objects fetched side by side. */
const parallelReads = 4

/** S3-compatible stores: ListObjectsV2 and GetObject, path style, signed (version 4) or anonymous. */
export function createBucketStore(options: BucketStoreOptions): BucketStore {
  return {
    async list(reference, access) {
      const listing = await listObjects(reference, access, options)
      return [{ name: '', revision: revisionOf(listing), urls: [] }]
    },
    async download(reference, offer, { access, onBytes }) {
      const listing = await listObjects(reference, access, options)
      const revision = revisionOf(listing)
      if (offer.revision !== undefined && offer.revision !== revision) {
        throw new SourceFailure({
          reason: 'moved',
          operation: `read the bucket ${reference.bucket}`,
          message: `the bucket ${reference.bucket} holds other objects now`,
        })
      }
      const leftOut = listing.filter(({ sizeBytes }) => sizeBytes > maxFileBytes).map(({ key }) => key)
      const wanted = listing.filter(({ sizeBytes }) => sizeBytes <= maxFileBytes)
      const total = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      if (total > maxTreeBytes) throw tooLarge(reference)
      const entries: RemoteEntry[] = []
      let received = 0
      const waiting = [...wanted]
      const work = async (): Promise<void> => {
        for (let object = waiting.shift(); object !== undefined; object = waiting.shift()) {
          const path = `/${encodePath(object.key)}`
          const { body } = assertOk(await ask(reference, path, access, options), options.waiting)
          received += body.length
          onBytes?.(received, total)
          entries.push({ path: object.key, type: 'file', bytes: body })
        }
      }
      await Promise.all(Array.from({ length: parallelReads }, work))
      return { revision, url: baseOf(reference), content: { type: 'entries', entries, leftOut } }
    },
  }
}

async function listObjects(
  reference: BucketReference,
  access: Access,
  options: BucketStoreOptions,
): Promise<BucketObject[]> {
  const objects: BucketObject[] = []
  for (let token: string | undefined = ''; token !== undefined;) {
    const query = new URLSearchParams({
      'list-type': '2',
      'encoding-type': 'url',
      'max-keys': '1000',
      ...(reference.prefix === undefined ? {} : { prefix: reference.prefix }),
      ...(token === '' ? {} : { 'continuation-token': token }),
    })
    query.sort()
    const path = `?${query.toString().replaceAll('+', '%20')}`
    const { body } = assertOk(await ask(reference, path, access, options), options.waiting)
    const text = new TextDecoder().decode(body)
    if (!/<ListBucketResult\b/.test(text)) {
      throw new SourceFailure({
        reason: 'malformed',
        operation: `list the bucket ${reference.bucket}`,
        message: `${new URL(baseOf(reference)).host} does not answer as an S3-compatible store`,
        hint: 'is the endpoint that of the S3 API, and not of its web page?',
      })
    }
    for (const [, content = ''] of text.matchAll(/<Contents>([^]*?)<\/Contents>/g)) {
      const key = decodeKey(element(content, 'Key') ?? '')
      // Folders are shown as empty objects by some stores.
      if (key === '' || key.endsWith('/')) continue
      objects.push({
        key,
        etag: element(content, 'ETag') ?? '',
        sizeBytes: Number(element(content, 'Size') ?? 0),
      })
    }
    if (objects.length > maxFiles) throw tooLarge(reference)
    token = element(text, 'IsTruncated') === 'true' ? element(text, 'NextContinuationToken') : undefined
  }
  return objects.sort((a, b) => (a.key < b.key ? -1 : 1))
}

async function ask(
  reference: BucketReference,
  path: string,
  access: Access,
  { http, ambient, waiting }: BucketStoreOptions,
): Promise<HttpResponse> {
  if (!URL.canParse(baseOf(reference))) {
    throw new SourceFailure({
      reason: 'unsupported',
      operation: `read the address of the bucket ${reference.bucket}`,
      message: 'its endpoint is no host',
    })
  }
  const base = new URL(baseOf(reference))
  const url = base.href + path
  const { username: accessKeyId, password: secretAccessKey } =
    access.username === undefined ? ((await ambient.forHost(base.host)) ?? {}) : access
  const headers: Record<string, string> = {}
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    const signer = new AwsV4Signer({
      url,
      accessKeyId,
      secretAccessKey,
      service: 's3',
      region: reference.region ?? 'us-east-1',
      datetime: new Date(waiting.now()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    })
    const signed = await signer.sign()
    for (const [name, value] of signed.headers) headers[name] = value
  }
  const { authorization, ...unbound } = headers
  return http.request({
    url,
    headers: unbound,
    authorization,
    tls: toTlsOptions(access, reference.insecureSkipTLSVerify),
    maxBytes: path.startsWith('?') ? maxDocumentBytes : maxFileBytes,
  })
}

/** Endpoints are written with or without a scheme; plain HTTP only when asked. */
function baseOf({ endpoint, bucket, plainHTTP }: BucketReference): string {
  const host = endpoint.replace(/^https?:\/\//i, '').replace(/\/+$/, '')
  return `${plainHTTP === true ? 'http' : 'https'}://${host}/${encodeURIComponent(bucket)}`
}

function encodePath(key: string): string {
  return key
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replace(
        /[!'()*]/g,
        (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/')
}

/** `encoding-type=url`: no character that XML would have to escape is left. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', '%20'))
}

function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return text?.replaceAll('&quot;', '"').replaceAll('&#34;', '"').replaceAll('&amp;', '&')
}

/** As Flux names a bucket's state: by what lies in it. */
function revisionOf(objects: readonly BucketObject[]): string {
  const hash = createHash('sha256')
  for (const { key, etag, sizeBytes } of objects) hash.update(`${key}\0${etag}\0${sizeBytes}\n`)
  return `sha256:${hash.digest('hex')}`
}

function tooLarge({ bucket }: BucketReference): SourceFailure {
  return new SourceFailure({
    reason: 'too-large',
    operation: `list the bucket ${bucket}`,
    message: `the bucket ${bucket} holds more than ${maxFiles} objects or ${maxTreeBytes / 1024 / 1024} MiB`,
    hint: 'set `prefix` to the folder that holds the manifests',
  })
}

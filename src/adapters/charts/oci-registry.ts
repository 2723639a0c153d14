import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  maxDocumentBytes,
  maxDownloadBytes,
  maxTreeBytes,
  SourceFailure,
  type Access,
  type Download,
  type DownloadOptions,
  type Offer,
} from '../../sources/source-remote-port.ts'
import type { Waiting } from '../retry/waiting.ts'
import type { AmbientCredentials } from './ambient-credentials.ts'
import { toAuthorization, toTlsOptions } from './authorization.ts'
import { parseDockerConfig, type DockerCredentials } from './docker-config.ts'
import type { HttpClient } from './http-client.ts'
import type { HttpResponse } from './http-response.ts'
import { assertOk } from './http-failure.ts'
import { parseOciReference, registryOrigin, toTag, toVersion, type OciReference } from './oci-reference.ts'
import { meetChallenge, parseChallenge } from './oci-token.ts'

/** Something in a registry, and how to ask for it. */
export interface OciSource {
  readonly url: string
  readonly access: Access
  readonly plainHTTP: boolean
  readonly insecureSkipTLSVerify: boolean
  /** An index of an allowed host named this address. */
  readonly vouched?: boolean
}

/** Which layers are wanted: Helm's, one by media type (the first without), or all. */
export type LayerChoice =
  | { readonly type: 'chart' }
  | { readonly type: 'all' }
  | { readonly type: 'one'; readonly mediaType?: string }

export interface OciRegistry {
  /** Tags, read as versions. */
  list(source: OciSource): Promise<readonly Offer[]>
  download(source: OciSource, offer: Offer, layers: LayerChoice, options: DownloadOptions): Promise<Download>
}

const chartMediaTypes = [
  'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  // Helm before 3.7.
  'application/tar+gzip',
]
const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ')

/** A page has up to 1,000 tags; a repository with more pages than this is not listed for a range. */
const maxTagPages = 100

const descriptor = z.object({ mediaType: z.string().default(''), digest: z.string(), size: z.number() })
const platform = z.object({ os: z.string().optional(), architecture: z.string().optional() }).optional()
const manifestSchema = z.object({
  layers: z.array(descriptor).optional(),
  manifests: z.array(descriptor.extend({ platform })).optional(),
})
const tagsSchema = z.object({ tags: z.array(z.string()).nullish() })

export interface OciRegistryOptions {
  readonly http: HttpClient
  readonly ambient: AmbientCredentials
  readonly waiting: Waiting
}

/** Asks registries as the OCI distribution specification 1.1 says. */
export function createOciRegistry(options: OciRegistryOptions): OciRegistry {
  const authorizations = new Map<string, string>()
  const open = (source: OciSource) => createRepository(source, options, authorizations)
  return {
    async list(source) {
      const repository = open(source)
      const tags: string[] = []
      let path: string | undefined = 'tags/list?n=1000'
      for (let page = 0; path !== undefined; page++) {
        if (page >= maxTagPages) throw malformed(repository.host, `it has more than ${maxTagPages},000 tags`)
        const response = await repository.get(path, {
          accept: 'application/json',
          maxBytes: maxDocumentBytes,
        })
        tags.push(...(parse(tagsSchema, response, repository.host).tags ?? []))
        path = nextPage(response, repository.address)
      }
      return tags.map((tag) => ({ name: toVersion(tag), urls: [] }))
    },
    async download(source, offer, choice, { onBytes }) {
      const repository = open(source)
      const { tag, digest } = repository.reference
      const wanted = offer.revision ?? digest ?? toTag(offer.name !== '' ? offer.name : (tag ?? 'latest'))
      const manifest = await readManifest(repository, wanted, toTag(offer.name))
      const layers: Uint8Array[] = []
      let total = 0
      for (const layer of chooseLayers(manifest.layers, choice, repository.host)) {
        total += layer.size
        if (total > maxTreeBytes) throw malformed(repository.host, 'its layers are too large together')
        layers.push(await readBlob(repository, layer, onBytes))
      }
      const [only] = layers
      return {
        revision: manifest.digest,
        url: `oci://${repository.reference.host}/${repository.reference.repository}`,
        content:
          only !== undefined && layers.length === 1
            ? { type: 'bytes', bytes: only }
            : { type: 'layers', layers },
      }
    },
  }
}

interface Repository {
  readonly reference: OciReference
  readonly host: string
  /** `https://host/v2/repository/`. */
  readonly address: string
  /** Any status but 401, which is met or thrown. */
  ask(path: string, options: AskOptions): Promise<HttpResponse>
  /** Success or SourceFailure. */
  get(path: string, options: AskOptions): Promise<HttpResponse>
}

interface AskOptions {
  readonly accept?: string
  readonly maxBytes: number
  readonly onBytes?: DownloadOptions['onBytes']
}

function createRepository(
  source: OciSource,
  { http, ambient, waiting }: OciRegistryOptions,
  authorizations: Map<string, string>,
): Repository {
  const reference = parseOciReference(source.url)
  const origin = registryOrigin(reference, source.plainHTTP)
  const address = `${origin}/v2/${reference.repository}/`
  const scope = `repository:${reference.repository}:pull`
  const tls = toTlsOptions(source.access, source.insecureSkipTLSVerify)
  // Two sources of one repository may have two Secrets.
  const authorizationKey = JSON.stringify([address, source.access])
  const ask: Repository['ask'] = async (path, { accept, maxBytes, onBytes }) => {
    const send = () =>
      http.request({
        url: new URL(path, address).href,
        headers: accept === undefined ? {} : { accept },
        authorization: authorizations.get(authorizationKey),
        tls,
        maxBytes,
        ...(source.vouched === true ? { vouched: true } : {}),
        ...(onBytes === undefined ? {} : { onBytes }),
      })
    const response = await send()
    if (response.status !== 401) return response
    const credentials = await findCredentials(source.access, reference, ambient)
    const challenge = parseChallenge(response.headers['www-authenticate'])
    const authorization =
      challenge === undefined
        ? undefined
        : await meetChallenge(challenge, credentials, { origin, scope, tls }, { http, waiting })
    if (authorization === undefined) throw withoutCredentials(reference.host, credentials?.helper)
    authorizations.set(authorizationKey, authorization)
    return send()
  }
  const get: Repository['get'] = async (path, options) => assertOk(await ask(path, options), waiting)
  return { reference, host: reference.host, address, ask, get }
}

/** The referenced Secret alone where there is one: credentials of the machine must not stand in for it. */
async function findCredentials(
  access: Access,
  { host, repository }: OciReference,
  ambient: AmbientCredentials,
): Promise<DockerCredentials | undefined> {
  if (access.dockerConfig !== undefined) {
    return parseDockerConfig(access.dockerConfig, 'the docker configuration of the referenced Secret').find(
      host,
      repository,
    )
  }
  if (toAuthorization(access) !== undefined) return { access }
  return ambient.forRegistry(host, repository)
}

function withoutCredentials(host: string, helper: string | undefined): SourceFailure {
  return new SourceFailure({
    reason: 'unauthorized',
    operation: `ask ${host}`,
    message: `${host} wants credentials, and there are none for it (401)`,
    hint:
      helper === undefined
        ? `give them in the referenced Secret, in FLEETWRIGHT_CREDENTIALS, or with docker login ${host}`
        : `docker's configuration keeps them with the credential helper \`${helper}\`, a program that fleetwright does not run: give them in FLEETWRIGHT_CREDENTIALS or the referenced Secret`,
  })
}

interface Manifest {
  readonly digest: string
  readonly layers: readonly z.infer<typeof descriptor>[]
}

async function readManifest(repository: Repository, wanted: string, tag: string): Promise<Manifest> {
  const options = { accept: manifestTypes, maxBytes: maxDocumentBytes }
  const response = await repository.ask(`manifests/${wanted}`, options)
  if (response.status === 404 && wanted.startsWith('sha256:') && tag !== '' && tag !== wanted) {
    const now = await repository.ask(`manifests/${tag}`, options)
    if (now.status === 200) {
      throw new SourceFailure({
        reason: 'moved',
        operation: `ask ${repository.host}`,
        message: `the manifest ${wanted} is gone and the tag means another now`,
      })
    }
  }
  // Statuses were kept for the question above; here they become failures.
  const found = response.status === 200 ? response : await repository.get(`manifests/${wanted}`, options)
  const digest = digestOf(found.body)
  if (wanted.startsWith('sha256:') && digest !== wanted) throw wrongDigest(repository.host, wanted, digest)
  const { layers, manifests } = parse(manifestSchema, found, repository.host)
  if (layers !== undefined) return { digest, layers }
  const chosen =
    manifests?.find((each) => each.platform?.os === 'linux' && each.platform.architecture === 'amd64') ??
    manifests?.[0]
  if (chosen === undefined) throw malformed(repository.host, 'its manifest has no layers')
  const inner = await readManifest(repository, chosen.digest, '')
  return { digest, layers: inner.layers }
}

function chooseLayers(layers: Manifest['layers'], choice: LayerChoice, host: string): Manifest['layers'] {
  if (choice.type === 'all') return layers
  const chosen =
    choice.type === 'chart'
      ? layers.find(({ mediaType }) => chartMediaTypes.includes(mediaType))
      : choice.mediaType === undefined
        ? layers[0]
        : layers.find(({ mediaType }) => mediaType === choice.mediaType)
  if (chosen !== undefined) return [chosen]
  const present = layers.map(({ mediaType }) => mediaType).join(', ')
  throw malformed(
    host,
    choice.type === 'chart'
      ? `the artifact is no Helm chart: its layers are ${present === '' ? 'none' : present}`
      : `the artifact has no layer ${choice.type === 'one' ? (choice.mediaType ?? '') : ''}: its layers are ${present === '' ? 'none' : present}`,
  )
}

async function readBlob(
  repository: Repository,
  { digest, size }: z.infer<typeof descriptor>,
  onBytes: DownloadOptions['onBytes'],
): Promise<Uint8Array> {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    throw malformed(repository.host, `a layer has the digest ${digest.slice(0, 80)}`)
  const { body } = await repository.get(`blobs/${digest}`, {
    maxBytes: Math.min(maxDownloadBytes, Math.max(size, 1)),
    ...(onBytes === undefined ? {} : { onBytes }),
  })
  const found = digestOf(body)
  if (found !== digest) throw wrongDigest(repository.host, digest, found)
  return body
}

/** RFC 8288 `Link: <…>; rel="next"`; followed inside the repository only. */
function nextPage({ headers }: HttpResponse, address: string): string | undefined {
  const target = /<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(headers['link'] ?? '')?.[1]
  if (target === undefined || !URL.canParse(target, address)) return undefined
  const next = new URL(target, address)
  return next.origin === new URL(address).origin ? `tags/list${next.search}` : undefined
}

function parse<T>(schema: z.ZodType<T>, { body }: HttpResponse, host: string): T {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(body)))
  } catch {
    throw malformed(host, 'it answers with something that is no JSON of a registry')
  }
}

function malformed(host: string, what: string): SourceFailure {
  return new SourceFailure({ reason: 'malformed', operation: `ask ${host}`, message: `${host}: ${what}` })
}

function wrongDigest(host: string, promised: string, found: string): SourceFailure {
  return new SourceFailure({
    reason: 'wrong-digest',
    operation: `download from ${host}`,
    message: `${host} sends other bytes than its manifest says: ${promised} was asked for, ${found} came`,
    hint: 'a mirror or proxy may be stale or damaged: run again later, or ask whoever runs the registry',
  })
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

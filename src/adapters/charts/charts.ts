import { readFile } from 'node:fs/promises'
import {
  maxDownloadBytes,
  type Access,
  type Download,
  type DownloadOptions,
  type Offer,
  type RemoteReference,
  type SourceRemote,
} from '../../sources/source-remote-port.ts'
import { defaultRetryPolicy, type RetryPolicy } from '../retry/retry.ts'
import { realWaiting, type Waiting } from '../retry/waiting.ts'
import { createAmbientCredentials, type AmbientCredentials } from './ambient-credentials.ts'
import { authorizationFor, toTlsOptions, withoutUserinfo } from './authorization.ts'
import { createBucketStore } from './bucket.ts'
import { createEgressGuard, type EgressPolicy } from './egress-guard.ts'
import { createGitRemote } from './git-remote.ts'
import { createHelmRepository } from './helm-repository.ts'
import { createHttpClient, type HttpClient } from './http-client.ts'
import { assertOk } from './http-failure.ts'
import { createOciRegistry, type OciSource } from './oci-registry.ts'

export type { EgressPolicy } from './egress-guard.ts'
export type { RetryPolicy } from '../retry/retry.ts'
export type { Waiting } from '../retry/waiting.ts'

export interface SourceRemoteOptions {
  /** Proxies and credentials: HTTPS_PROXY, NO_PROXY, FLEETWRIGHT_CREDENTIALS, NETRC, DOCKER_CONFIG, … Empty for heads that are not trusted. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where `.netrc` and `.docker` are looked for; absent: nowhere. */
  readonly homeFolder?: string
  /** For short-lived clones; made when it is missing. */
  readonly temporaryFolder: string
  readonly egress: EgressPolicy
  readonly retries?: RetryPolicy
  readonly waiting?: Waiting
  /** Default 10 s to connect, 30 s without a byte (Sveltos' own limit), 5 min for one download. */
  readonly timeouts?: { readonly connectMs?: number; readonly stallMs?: number; readonly deadlineMs?: number }
}

/** Everything that is fetched over the network, behind one port. */
export function createSourceRemote(options: SourceRemoteOptions): SourceRemote {
  const { http, ambient, waiting, registry, helm, git, bucket } = createClients(options)
  return {
    async list(reference, access): Promise<readonly Offer[]> {
      switch (reference.type) {
        case 'helm-http':
          return helm.list(reference, access)
        case 'helm-oci':
        case 'oci':
          return registry.list(toOciSource(reference, access))
        case 'git':
          return git.list(reference, access)
        case 'bucket':
          return bucket.list(reference, access)
        case 'remote':
          return [{ name: '', urls: [reference.url] }]
      }
    },
    async download(reference, offer, downloadOptions): Promise<Download> {
      const { access } = downloadOptions
      switch (reference.type) {
        case 'helm-http':
          return helm.download(reference, offer, downloadOptions)
        case 'helm-oci':
          return registry.download(toOciSource(reference, access), offer, { type: 'chart' }, downloadOptions)
        case 'oci': {
          const mediaType = reference.layer?.mediaType
          const layers = { type: 'one' as const, ...(mediaType === undefined ? {} : { mediaType }) }
          return registry.download(toOciSource(reference, access), offer, layers, downloadOptions)
        }
        case 'git':
          return git.download(reference, offer, access)
        case 'bucket':
          return bucket.download(reference, offer, downloadOptions)
        case 'remote':
          return /^oci:/i.test(reference.url)
            ? registry.download(toOciSource(reference, access), offer, { type: 'all' }, downloadOptions)
            : downloadFile(reference, downloadOptions, { http, ambient, waiting })
      }
    },
    close: () => http.close(),
  }
}

/** One client each, over one connection pool, one guard and one set of credentials. */
function createClients(options: SourceRemoteOptions) {
  const { environment, homeFolder, temporaryFolder, egress, timeouts = {} } = options
  const waiting = options.waiting ?? realWaiting
  const retries = options.retries ?? defaultRetryPolicy
  const guard = createEgressGuard(egress)
  const { connectMs = 10_000, stallMs = 30_000, deadlineMs = 300_000 } = timeouts
  const http = createHttpClient({
    ...{ guard, waiting, retries, environment },
    connectTimeoutMs: connectMs,
    stallTimeoutMs: stallMs,
    deadlineMs,
  })
  const ambient = createAmbientCredentials({ environment, homeFolder, readText: readTextIfThere })
  const registry = createOciRegistry({ http, ambient, waiting })
  const helm = createHelmRepository({ http, ambient, registry, waiting })
  const git = createGitRemote({
    ...{ http, ambient, guard, waiting, retries, environment, temporaryFolder },
    stallTimeoutMs: stallMs,
    deadlineMs,
  })
  const bucket = createBucketStore({ http, ambient, waiting })
  return { http, ambient, waiting, registry, helm, git, bucket }
}

async function downloadFile(
  { url, insecureSkipTLSVerify }: Extract<RemoteReference, { type: 'remote' }>,
  { access, onBytes }: DownloadOptions,
  { http, ambient, waiting }: { http: HttpClient; ambient: AmbientCredentials; waiting: Waiting },
): Promise<Download> {
  const response = await http.request({
    url: withoutUserinfo(url),
    authorization: URL.canParse(url) ? await authorizationFor(url, { url, access }, ambient) : undefined,
    tls: toTlsOptions(access, insecureSkipTLSVerify),
    maxBytes: maxDownloadBytes,
    ...(onBytes === undefined ? {} : { onBytes }),
  })
  const { body } = assertOk(response, waiting)
  return { url: withoutUserinfo(url), content: { type: 'bytes', bytes: body } }
}

function toOciSource(
  {
    url,
    plainHTTP,
    insecureSkipTLSVerify,
  }: Extract<RemoteReference, { type: 'helm-oci' | 'oci' | 'remote' }>,
  access: Access,
): OciSource {
  return {
    url,
    access,
    plainHTTP: plainHTTP === true,
    insecureSkipTLSVerify: insecureSkipTLSVerify === true,
  }
}

async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { gzipSync } from 'node:zlib'
import {
  createMemoryObjects,
  SelectorFault,
  type MemoryObject,
  type MemoryObjects,
} from '../../src/adapters/memory/memory-objects.ts'
import type { ServedResource } from '../../src/observe/types.ts'
import { formOf, toAnswered } from './answer-form.ts'
import { Lists } from './answer-list.ts'
import type { ServerCertificate } from './certificates.ts'
import { discoveryDocument } from './discovery-documents.ts'
import { commit, Faults, refuse, type Fault } from './fault.ts'
import { resourceName, routeOf } from './route.ts'
import { builtInResources } from './served-resources.ts'
import { Watches } from './watches.ts'

export interface KubernetesServerOptions {
  /** Default: v1.34.2. What it serves by itself, and which form of discovery it knows, follow from it. */
  readonly version?: string
  /** Kinds that it serves besides. */
  readonly customResources?: readonly ServedResource[]
  readonly objects?: readonly MemoryObject[]
  /** Default: plain HTTP. */
  readonly certificate?: ServerCertificate
  /** Bearer tokens that are let in; default: everybody is. */
  readonly tokens?: readonly string[]
  /** Resources that nobody may read: `secrets`, `deployments.apps`. */
  readonly forbidden?: readonly string[]
  /** Group versions whose own server is down. */
  readonly unavailable?: readonly string[]
  /** Default: any that is free. */
  readonly port?: number
}

export interface ReceivedRequest {
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

/** A small API server that speaks the protocol: discovery, lists, watches; with faults on demand. */
export interface KubernetesServer {
  readonly url: string
  /** `127.0.0.1:port`. */
  readonly host: string
  readonly port: number
  /** Changed at any time; who watches hears of it. */
  readonly objects: MemoryObjects
  readonly watches: Watches
  readonly requests: readonly ReceivedRequest[]
  /** Of bodies of lists and documents, before they are packed. */
  sentBytes(): number
  fault(fault: Fault): void
  clearFaults(): void
  /** Which tokens are let in from now on. */
  acceptTokens(tokens: readonly string[]): void
  /** As a compaction: later pages of lists that have begun, and watches from old versions, find 410. */
  forget(): void
  /** Text of a kubeconfig that leads here; `user` as in a kubeconfig. */
  kubeconfig(user?: object): string
  stop(): Promise<void>
}

/** Real servers pack what is larger. */
const packedFromBytes = 128 * 1024

export async function startKubernetesServer(
  options: KubernetesServerOptions = {},
): Promise<KubernetesServer> {
  const { version = 'v1.34.2', certificate, unavailable = [], forbidden = [] } = options
  const builtIn = builtInResources(version)
  const served = { version, unavailable, resources: [...builtIn, ...(options.customResources ?? [])] }
  const objects = createMemoryObjects(options.objects)
  const state: ServerState = {
    ...{ served, builtIn: new Set(builtIn), objects, forbidden },
    lists: new Lists(objects),
    watches: new Watches(objects),
    faults: new Faults(),
    requests: [],
    tokens: options.tokens,
    sentBytes: 0,
  }
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    answer(state, request, response)
  }
  const server = certificate
    ? createSecureServer({ key: certificate.key, cert: certificate.certificate }, handle)
    : createPlainServer(handle)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return toServer(state, server, certificate)
}

/** Many at once, as a process that plays a fleet does. */
export function startKubernetesServers(
  options: readonly KubernetesServerOptions[],
): Promise<readonly KubernetesServer[]> {
  return Promise.all(options.map(startKubernetesServer))
}

/** One kubeconfig with a context for each server. */
export function kubeconfigOf(
  servers: Readonly<
    Record<string, Pick<KubernetesServer, 'url'> & { readonly authority?: string; readonly user?: object }>
  >,
): string {
  const names = Object.entries(servers)
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': names[0]?.[0],
    clusters: names.map(([name, { url, authority }]) => ({
      name,
      cluster: {
        server: url,
        ...(authority !== undefined && {
          'certificate-authority-data': Buffer.from(authority).toString('base64'),
        }),
      },
    })),
    users: names.map(([name, { user = {} }]) => ({ name, user })),
    contexts: names.map(([name]) => ({ name, context: { cluster: name, user: name } })),
  })
}

interface ServerState {
  readonly served: Parameters<typeof discoveryDocument>[0]
  readonly builtIn: ReadonlySet<ServedResource>
  readonly objects: MemoryObjects
  readonly forbidden: readonly string[]
  readonly lists: Lists
  readonly watches: Watches
  readonly faults: Faults
  readonly requests: ReceivedRequest[]
  tokens: readonly string[] | undefined
  sentBytes: number
}

function toServer(
  state: ServerState,
  server: Server & { closeAllConnections(): void },
  certificate: ServerCertificate | undefined,
): KubernetesServer {
  const { port } = server.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  const url = `${certificate ? 'https' : 'http'}://${host}`
  const { objects, watches, requests } = state
  return {
    ...{ url, host, port, objects, watches, requests },
    sentBytes: () => state.sentBytes,
    fault(fault) {
      state.faults.add(fault)
    },
    clearFaults() {
      state.faults.clear()
    },
    acceptTokens(tokens) {
      state.tokens = tokens
    },
    forget() {
      objects.forget()
      state.lists.forget()
    },
    kubeconfig: (user = {}) =>
      kubeconfigOf({ server: { url, user, ...(certificate && { authority: certificate.authority }) } }),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(state: ServerState, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://server')
  state.requests.push({ url: request.url ?? '', headers: request.headers })
  const misdeed = state.faults.strike(request.url ?? '')
  if (misdeed !== undefined && commit(misdeed, response)) return
  const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  if (state.tokens !== undefined && !state.tokens.includes(token)) {
    refuse(response, { status: 401, reason: 'Unauthorized' })
    return
  }
  if (state.served.unavailable.some((groupVersion) => url.pathname.startsWith(`/apis/${groupVersion}`))) {
    refuse(response, { status: 503, reason: 'ServiceUnavailable' })
    return
  }
  if (url.pathname === '/readyz') {
    response.end('ok')
    return
  }
  const accept = request.headers.accept ?? ''
  const document = discoveryDocument(state.served, url.pathname, accept)
  if (document !== undefined) {
    send(state, document, { request, response })
    return
  }
  answerObjects(state, url, { request, response })
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

function answerObjects(state: ServerState, url: URL, { request, response }: Exchange): void {
  const route = routeOf(url, state.served.resources)
  if (route === undefined) {
    refuse(response, { status: 404, reason: 'NotFound' })
    return
  }
  const { served, selection, name, query } = route
  if (state.forbidden.includes(resourceName(served))) {
    refuse(response, { status: 403, reason: 'Forbidden' })
    return
  }
  const form = formOf(request.headers.accept ?? '')
  try {
    if (name !== '') {
      const fieldSelector = `metadata.name=${name}`
      const [object] = state.objects.select({ ...selection, fieldSelector })
      if (object === undefined) refuse(response, { status: 404, reason: 'NotFound' })
      else send(state, toAnswered(object, served, form), { request, response })
      return
    }
    if (query.has('watch')) {
      state.watches.start(response, route, form)
      return
    }
    const page = state.lists.page(route, { form, isBuiltIn: state.builtIn.has(served) })
    if (page === undefined) refuse(response, { status: 410, reason: 'Expired' })
    else send(state, page, { request, response })
  } catch (error) {
    if (!(error instanceof SelectorFault)) throw error
    refuse(response, { status: 400, reason: 'BadRequest' })
  }
}

function send(state: ServerState, value: object, { request, response }: Exchange): void {
  const text = Buffer.from(JSON.stringify(value))
  state.sentBytes += text.length
  const isPacked =
    text.length > packedFromBytes && /\bgzip\b/.test(`${request.headers['accept-encoding'] ?? ''}`)
  response.writeHead(200, {
    'content-type': 'application/json',
    ...(isPacked && { 'content-encoding': 'gzip' }),
  })
  response.end(isPacked ? gzipSync(text, { level: 1 }) : text)
}

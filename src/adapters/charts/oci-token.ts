import { z } from 'zod'
import { maxDocumentBytes, SourceFailure } from '../../sources/source-remote-port.ts'
import type { Waiting } from '../retry/waiting.ts'
import { toAuthorization } from './authorization.ts'
import type { DockerCredentials } from './docker-config.ts'
import type { HttpClient, TlsOptions } from './http-client.ts'
import { assertOk } from './http-failure.ts'

/** What a registry asks for with its 401. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer'
  readonly realm: string
  readonly service?: string
  readonly scope?: string
}

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() })

/** The first challenge that can be met; undefined when there is none. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  for (const [, scheme = '', rest = ''] of (header ?? '').matchAll(
    /\b(basic|bearer)\s+((?:[\w-]+=(?:"[^"]*"|[^\s,"]+)\s*,?\s*)*)/gi,
  )) {
    const fields = new Map(
      [...rest.matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s,"]+))/g)].map(([, name = '', quoted, plain]) => [
        name.toLowerCase(),
        quoted ?? plain ?? '',
      ]),
    )
    const [service, scope] = [fields.get('service'), fields.get('scope')]
    return {
      scheme: scheme.toLowerCase() === 'basic' ? 'basic' : 'bearer',
      realm: fields.get('realm') ?? '',
      ...(service === undefined ? {} : { service }),
      ...(scope === undefined ? {} : { scope }),
    }
  }
  return undefined
}

/**
 * Meets a challenge: the value of an Authorization header. Undefined when credentials are wanted and there are none.
 * The token server is the one that the registry names, and gets the registry's credentials, as docker and Helm send them;
 * never by plain HTTP, unless the registry itself is asked so.
 */
export async function meetChallenge(
  challenge: Challenge,
  credentials: DockerCredentials | undefined,
  registry: { readonly origin: string; readonly scope: string; readonly tls: TlsOptions },
  { http, waiting }: { http: HttpClient; waiting: Waiting },
): Promise<string | undefined> {
  const basic = credentials?.access === undefined ? undefined : toAuthorization(credentials.access)
  if (challenge.scheme === 'basic' || basic?.startsWith('Bearer ') === true) return basic
  if (!URL.canParse(challenge.realm)) {
    throw new SourceFailure({
      reason: 'malformed',
      operation: `ask ${registry.origin}`,
      message: `${new URL(registry.origin).host} names a token server that cannot be read`,
    })
  }
  const realm = new URL(challenge.realm)
  if (realm.protocol !== 'https:' && registry.origin.startsWith('https:')) {
    throw new SourceFailure({
      reason: 'refused-host',
      operation: `ask ${realm.host}`,
      message: `${new URL(registry.origin).host} names the token server ${realm.host} without https`,
      hint: 'credentials are not sent in clear: the registry has to be set up with an https token server',
    })
  }
  const scope = challenge.scope ?? registry.scope
  const common = { tls: registry.tls, maxBytes: maxDocumentBytes, vouched: true } as const
  const identityToken = credentials?.identityToken
  if (identityToken === undefined) {
    if (challenge.service !== undefined) realm.searchParams.set('service', challenge.service)
    for (const each of scope.split(' ')) realm.searchParams.append('scope', each)
  }
  const response = await http.request(
    identityToken === undefined
      ? { ...common, url: realm.href, authorization: basic }
      : {
          ...common,
          url: realm.href,
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({
            grant_type: 'refresh_token',
            client_id: 'fleetwright',
            refresh_token: identityToken,
            scope,
            ...(challenge.service === undefined ? {} : { service: challenge.service }),
          }).toString(),
        },
  )
  const token = tryReadToken(assertOk(response, waiting).body)
  if (token === undefined) {
    throw new SourceFailure({
      reason: 'malformed',
      operation: `ask ${realm.host}`,
      message: `the token server ${realm.host} answers without a token`,
    })
  }
  return `Bearer ${token}`
}

function tryReadToken(body: Uint8Array): string | undefined {
  try {
    const { token, access_token: accessToken } = tokenSchema.parse(JSON.parse(new TextDecoder().decode(body)))
    return token ?? accessToken
  } catch {
    return undefined
  }
}

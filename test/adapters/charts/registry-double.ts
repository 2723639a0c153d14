import { sha256Of } from '../../sources/archives.ts'
import { serve, type LoopbackServer } from './loopback.ts'

export interface RegistryOptions {
  /** Repository → tag → layers. */
  readonly repositories: Readonly<
    Record<
      string,
      Readonly<Record<string, readonly { readonly mediaType: string; readonly bytes: Uint8Array }[]>>
    >
  >
  /** Wants bearer tokens of `tokens`; absent: open to everybody. */
  readonly tokenServer?: string
  /** Sends these bytes for every blob. */
  readonly tampered?: Uint8Array
  readonly pageSize?: number
  /** Blobs lie on another host, as in clouds. */
  readonly blobHost?: string
}

export const helmLayer = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'

/** As much of an OCI registry as pulling needs, for what the real one cannot be made to do. */
export function serveRegistry(options: RegistryOptions): Promise<LoopbackServer> {
  return serve((request, response) => {
    const { repositories, tokenServer, tampered, pageSize = 1000 } = options
    const url = new URL(request.url ?? '', 'http://x')
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? []
    if (
      tokenServer !== undefined &&
      request.headers.authorization !== `Bearer token-for-repository:${name}:pull`
    ) {
      response
        .writeHead(401, {
          'www-authenticate': `Bearer realm="${tokenServer}/token",service="registry,one",scope="repository:${name}:pull"`,
        })
        .end('{"errors":[{"code":"UNAUTHORIZED"}]}')
      return
    }
    const tags = repositories[name]
    const manifests = new Map(Object.entries(tags ?? {}).map(([tag, layers]) => [tag, manifestOf(layers)]))
    if (tags === undefined) response.writeHead(404).end('{}')
    else if (kind === 'tags') {
      const all = Object.keys(tags).sort()
      const from = all.indexOf(url.searchParams.get('last') ?? '') + 1
      const page = all.slice(from, from + pageSize)
      const more = from + pageSize < all.length
      response.writeHead(
        200,
        more
          ? {
              link: `</v2/${name}/tags/list?last=${encodeURIComponent(page.at(-1) ?? '')}&n=${pageSize}>; rel="next"`,
            }
          : {},
      )
      response.end(JSON.stringify({ name, tags: page }))
    } else if (kind === 'manifests') {
      const found =
        manifests.get(reference) ?? [...manifests.values()].find((each) => sha256Of(each) === reference)
      if (found === undefined) response.writeHead(404).end('{}')
      else response.end(found)
    } else {
      const layer = Object.values(tags)
        .flat()
        .find(({ bytes }) => sha256Of(bytes) === reference)
      if (layer === undefined) response.writeHead(404).end('{}')
      else if (options.blobHost !== undefined)
        response.writeHead(307, { location: `${options.blobHost}/blob` }).end()
      else response.end(tampered ?? layer.bytes)
    }
  })
}

function manifestOf(layers: readonly { readonly mediaType: string; readonly bytes: Uint8Array }[]): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.cncf.helm.config.v1+json',
        digest: sha256Of(Buffer.from('{}')),
        size: 2,
      },
      layers: layers.map(({ mediaType, bytes }) => ({
        mediaType,
        digest: sha256Of(bytes),
        size: bytes.length,
      })),
    }),
  )
}

/** Gives `token-for-<scope>` to whoever has the right authorization, or to everybody. */
export function serveTokens(authorization?: string, refreshToken?: string): Promise<LoopbackServer> {
  return serve((request, response, body) => {
    const url = new URL(request.url ?? '', 'http://x')
    const form = new URLSearchParams(body)
    const right =
      refreshToken === undefined
        ? authorization === undefined || request.headers.authorization === authorization
        : request.method === 'POST' &&
          form.get('refresh_token') === refreshToken &&
          form.get('grant_type') === 'refresh_token'
    const scope = url.searchParams.get('scope') ?? form.get('scope') ?? ''
    if (!right) response.writeHead(401).end('{"details":"wrong password hunter2"}')
    else
      response.end(
        JSON.stringify(
          refreshToken === undefined
            ? { token: `token-for-${scope}` }
            : { access_token: `token-for-${scope}` },
        ),
      )
  })
}

import type { Access } from '../../sources/source-remote-port.ts'
import type { AmbientCredentials } from './ambient-credentials.ts'
import type { TlsOptions } from './http-client.ts'

/** Value of an Authorization header, where there is something to say. */
export function toAuthorization({ token, username, password }: Access): string | undefined {
  if (token !== undefined) return `Bearer ${token}`
  if (username === undefined && password === undefined) return undefined
  return `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`
}

/**
 * Authorization for a URL of a reference: its Secret where the URL lies on the reference's own origin, else what the
 * environment grants that host, and what stands in the URL itself.
 */
export async function authorizationFor(
  url: string,
  reference: { readonly url: string; readonly access: Access },
  ambient: AmbientCredentials,
): Promise<string | undefined> {
  const target = new URL(url)
  const source = URL.canParse(reference.url) ? new URL(reference.url) : undefined
  const own = source?.origin === target.origin ? source : undefined
  if (own !== undefined) {
    const granted = toAuthorization(reference.access)
    if (granted !== undefined) return granted
  }
  const written = [target, own].find((each) => each !== undefined && each.username + each.password !== '')
  if (written !== undefined) {
    return toAuthorization({
      username: decodeURIComponent(written.username),
      password: decodeURIComponent(written.password),
    })
  }
  const access = await ambient.forHost(target.host)
  return access === undefined ? undefined : toAuthorization(access)
}

/** Without user and password, as it may be shown and sent. */
export function withoutUserinfo(url: string): string {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  parsed.username = ''
  parsed.password = ''
  return parsed.href
}

export function toTlsOptions(access: Access, insecureSkipVerify: boolean | undefined): TlsOptions {
  return {
    ...(access.ca === undefined ? {} : { ca: access.ca }),
    ...(access.clientCertificate === undefined ? {} : { certificate: access.clientCertificate }),
    ...(access.clientKey === undefined ? {} : { key: access.clientKey }),
    ...(insecureSkipVerify === true ? { insecureSkipVerify } : {}),
  }
}

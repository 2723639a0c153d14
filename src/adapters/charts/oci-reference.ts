import { SourceFailure } from '../../sources/source-remote-port.ts'

/** `oci://host/repository[:tag][@digest]`, taken apart. */
export interface OciReference {
  /** As written; `docker.io` is asked at `registry-1.docker.io`. */
  readonly host: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
}

export function parseOciReference(url: string): OciReference {
  const [, host, path, tag, digest] =
    /^oci:\/\/([^/\s]+)\/([a-z0-9._/-]+?)\/?(?::([\w][\w.+-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/i.exec(
      url,
    ) ?? []
  if (host === undefined || path === undefined || !isAuthority(host)) {
    throw new SourceFailure({
      reason: 'unsupported',
      operation: 'read an OCI address',
      message: 'its address is no oci://HOST/REPOSITORY',
    })
  }
  const name = host.toLowerCase()
  const hub = /^(?:index\.|registry-1\.)?docker\.io$/.test(name)
  return {
    host: hub ? 'docker.io' : name,
    repository: hub && !path.includes('/') ? `library/${path}` : path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

/** A host with or without a port, and nothing that would make another address of it. */
function isAuthority(host: string): boolean {
  if (!URL.canParse(`https://${host}/`)) return false
  const { username, password, pathname, search, hash } = new URL(`https://${host}/`)
  return `${username}${password}${pathname}${search}${hash}` === '/'
}

/** Base address of the registry's API. */
export function registryOrigin({ host }: OciReference, plainHTTP: boolean): string {
  return `${plainHTTP ? 'http' : 'https'}://${host === 'docker.io' ? 'registry-1.docker.io' : host}`
}

/** A tag cannot hold the `+` of a version's build part; Helm writes `_` for it. */
export function toTag(version: string): string {
  return version.replaceAll('+', '_')
}

export function toVersion(tag: string): string {
  return tag.replaceAll('_', '+')
}

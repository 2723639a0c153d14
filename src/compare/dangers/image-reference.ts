/** Parts of an image reference, as container runtimes complete them: `nginx` is `docker.io/library/nginx`. */
export interface ImageReference {
  readonly registry: string
  /** Path in the registry. */
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
}

/** @example parseImage('nginx:1.27') // { registry: 'docker.io', repository: 'library/nginx', tag: '1.27' } */
export function parseImage(text: string): ImageReference {
  const [named = '', digest] = text.split('@', 2)
  // A colon before the last slash is that of a port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const [path, tag] = colon < 0 ? [named] : [named.slice(0, colon), named.slice(colon + 1)]
  return {
    ...completed(path),
    ...(tag !== undefined && tag !== '' && { tag }),
    ...(digest !== undefined && { digest }),
  }
}

function completed(path: string): Pick<ImageReference, 'registry' | 'repository'> {
  const slash = path.indexOf('/')
  const first = path.slice(0, Math.max(slash, 0))
  const isHost = /[.:]/.test(first) || first === 'localhost'
  if (!isHost) return { registry: 'docker.io', repository: slash < 0 ? `library/${path}` : path }
  const registry = first === 'index.docker.io' || first === 'registry-1.docker.io' ? 'docker.io' : first
  const rest = path.slice(slash + 1)
  return { registry, repository: registry === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest }
}

/** Parts that sprig's urlParse names. */
export interface UrlParts {
  readonly scheme: string
  readonly host: string
  readonly hostname: string
  readonly path: string
  readonly query: string
  readonly opaque: string
  readonly fragment: string
  readonly userinfo: string
}

/** Go's url.Parse, as far as those parts go; undefined for what it refuses. */
export function parseUrl(text: string): UrlParts | undefined {
  const [beforeFragment = '', fragment = ''] = splitOnce(text, '#')
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(beforeFragment)?.[1] ?? ''

  if (/[\x00-\x1f\x7f]/.test(text) || beforeFragment.startsWith(':')) return undefined
  const afterScheme = scheme === '' ? beforeFragment : beforeFragment.slice(scheme.length + 1)
  const [rest = '', query = ''] = splitOnce(afterScheme, '?')
  const none = { host: '', hostname: '', path: '', opaque: '', userinfo: '' }
  const common = { scheme: scheme.toLowerCase(), query, fragment: decode(fragment) ?? fragment }
  if (scheme !== '' && !rest.startsWith('/')) return { ...none, ...common, opaque: rest }
  if (!rest.startsWith('//') || rest.startsWith('///'))
    return { ...none, ...common, path: decode(rest) ?? rest }
  const slash = rest.indexOf('/', 2)
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash)
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  const path = slash < 0 ? '' : rest.slice(slash)
  return {
    ...common,
    opaque: '',
    userinfo: at < 0 ? '' : authority.slice(0, at),
    host,
    hostname: host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'),
    path: decode(path) ?? path,
  }
}

export function joinUrl(parts: Readonly<Record<string, string>>): string {
  const part = (name: string): string => parts[name] ?? ''
  const scheme = part('scheme') === '' ? '' : `${part('scheme')}:`
  const tail =
    (part('query') === '' ? '' : `?${part('query')}`) +
    (part('fragment') === '' ? '' : `#${part('fragment')}`)
  if (part('opaque') !== '') return scheme + part('opaque') + tail
  const user = part('userinfo') === '' ? '' : `${part('userinfo')}@`
  const authority = scheme !== '' || part('host') !== '' || user !== '' ? `//${user}${part('host')}` : ''
  const path = part('path')
  return (
    scheme +
    authority +
    (path !== '' && !path.startsWith('/') && part('host') !== '' ? '/' : '') +
    encodeURI(path) +
    tail
  )
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function decode(text: string): string | undefined {
  return text.includes('%')
    ? text.replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text
}

/**
 * Where somebody is sent after signing in: a path of this app, or `/`. What would lead elsewhere in any reading of browsers
 * (`//evil.example`, `/\evil.example`, `/fleet/..//evil.example`) is nothing of ours.
 */
export function toOwnPath(wanted: string | null | undefined): string {
  const origin = 'https://fleet.invalid'
  if (wanted === null || wanted === undefined || wanted.length > 2000) return '/'
  if (!wanted.startsWith('/fleet/') || !URL.canParse(wanted, origin)) return '/'
  const url = new URL(wanted, origin)
  // As it is after dots and backslashes were worked out, which is what a browser would ask for.
  return url.origin === origin && url.pathname.startsWith('/fleet/') ? `${url.pathname}${url.search}` : '/'
}

/** `/fleet/acme/fleet` → its names; undefined for what no repository of GitHub can be called. */
export function parseFleetPath(path: string): { readonly owner: string; readonly name: string } | undefined {
  const [, owner = '', name = ''] = /^\/fleet\/([\w.-]{1,100})\/([\w.-]{1,100})\/?$/.exec(path) ?? []
  const isName = (text: string): boolean => text !== '' && text !== '.' && text !== '..'
  return isName(owner) && isName(name) ? { owner, name } : undefined
}

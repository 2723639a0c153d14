/**
 * Where people sign in, by the API of the same GitHub: github.com, a data residency host (`api.acme.ghe.com` →
 * `acme.ghe.com`), an Enterprise server (its API is below `/api/v3`), or whatever has both at one place.
 *
 * `https://api.github.com` → `https://github.com`, `https://github.acme.com/api/v3` → `https://github.acme.com`
 */
export function toLoginUrl(apiUrl: string): string {
  const url = new URL(apiUrl)
  const path = url.pathname.replace(/\/+$/, '').replace(/\/api\/v3$/, '')
  const isApart = url.hostname === 'api.github.com' || /^api\.[^.]+\.ghe\.com$/.test(url.hostname)
  const host = isApart ? url.host.slice('api.'.length) : url.host
  return `${url.protocol}//${host}${path}`
}

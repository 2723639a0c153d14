/** A URL, or a key that holds some, fit for a message: no user, no password, no value of a query but `ref`. */
export function redactUrls(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi, '$1')
    .replace(/([?&])([^=&\s#]+)=([^&\s#]*)/g, (whole, mark: string, name: string) =>
      /^(?:ref|version|submodules|timeout)$/.test(name) ? whole : `${mark}${name}=…`,
    )
}

/** Host and path of a Git remote in one spelling, so that two URLs of one repository compare equal; undefined for local paths. */
export function tryNormaliseGitUrl(url: string): string | undefined {
  const scp = /^(?:[A-Za-z0-9_.-]+@)?([A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(url)
  const parsed = scp === null ? (URL.canParse(url) ? new URL(url) : undefined) : undefined
  if (parsed !== undefined && !/^(?:https?|ssh|git):$/.test(parsed.protocol)) return undefined
  const host = scp?.[1] ?? parsed?.host
  const path = scp?.[2] ?? parsed?.pathname
  if (host === undefined || host === '' || path === undefined) return undefined
  return `${host.toLowerCase().replace(/:(?:22|80|443)$/, '')}/${path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')}`
}

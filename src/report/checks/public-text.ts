/** A folder or file of a machine, not the path of a URL and no API group. */
const place = /(?<![\w./:@-])(?:\/[\w.@+~-]+){2,}\/?/g
const fileUrl = /\bfile:\/+[^\s'"`()]+/gi
const windowsPlace = /(?<![\w])[A-Za-z]:\\[^\s'"`]+/g
const credentials = /(\w+:\/\/)[^/@\s]*@/g
const token = /\b(?:gh[a-z]_|github_pat_)\w{10,}/g
const escapes = /\u001b\[[0-9;?]*[A-Za-z]/g

/**
 * A text of a process of ours as others may read it: without folders of the machine, credentials in URLs, tokens of GitHub
 * and the secrets that are named. Pure.
 */
export function toPublicText(text: string, secrets: readonly string[] = []): string {
  const masked = secrets
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '‹secret›'), text)
  return masked
    .replace(escapes, '')
    .replace(credentials, '$1')
    .replace(token, '‹token›')
    .replace(fileUrl, '‹path›')
    .replace(place, '‹path›')
    .replace(windowsPlace, '‹path›')
}

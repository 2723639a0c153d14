import { createHash } from 'node:crypto'

export const buildPath = '.fleetwright/build.json'
export const observedPath = '.fleetwright/observed.json'

export function clusterRecordPath(cluster: string): string {
  return `.fleetwright/clusters/${clusterFolder(cluster)}.json`
}

export function unitIndexPath(cluster: string, unit: string): string {
  return `.fleetwright/index/${clusterFolder(cluster)}/${pathSegment(unit)}.json`
}

/** Folder that delivery applies. `Local` units lie apart, since they go to another cluster (decision 14). */
export function partFolder(
  cluster: string,
  unit: { readonly name: string; readonly local: boolean },
  part: string,
): string {
  return `${unit.local ? 'local' : 'clusters'}/${clusterFolder(cluster)}/${partKey(unit.name, part)}`
}

/** `~` occurs in no unit name, so that no unit can be taken for a part of another. */
export function partKey(unit: string, part: string): string {
  return part === 'main' ? pathSegment(unit) : `${pathSegment(unit)}~${part}`
}

/** `<namespace>/<name>`, each as one path segment. */
export function clusterFolder(cluster: string): string {
  return cluster.split('/').map(pathSegment).join('/')
}

/** Lower case letters, digits, `.`, `-` and `_` stay, anything else is percent-encoded; never empty, `.` or `..`. */
export function pathSegment(text: string): string {
  const escaped = percentEncoded(text)
  return /^\.*$/.test(escaped) ? `%2e${escaped.slice(1)}` : escaped
}

export function percentEncoded(text: string): string {
  if (/^[a-z0-9._-]*$/.test(text)) return text
  return [...new TextEncoder().encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[a-z0-9._-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

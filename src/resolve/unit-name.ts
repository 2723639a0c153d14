import { createHash } from 'node:crypto'

/**
 * Folder of a unit (decision 12): it depends on what is deployed, not on who deploys it, so that an owner may change
 * without a path changing. Lower case letters, digits, dots and dashes; anything else becomes a dash.
 * @example unitName('helm', 'monitoring', 'grafana') // 'helm-monitoring-grafana'
 */
export function unitName(kind: 'helm' | 'kustomize' | 'policy', ...parts: readonly string[]): string {
  const words = parts.map(toWord).filter((word) => word !== '')
  const name = [kind, ...words].join('-')
  return name.length <= longest ? name : `${name.slice(0, longest - 9)}-${shortHash(parts.join('/'))}`
}

/** A path segment may have 255 bytes; this leaves room for what delivery adds. */
const longest = 120

function toWord(part: string): string {
  return part
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
}

/** Eight hex digits that tell names apart which come out alike. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

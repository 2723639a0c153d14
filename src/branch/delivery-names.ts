import { sha256 } from './paths.ts'

/** Names end up as label values, which have 63 characters (decision 12). */
const longest = 63
const hashLength = 10

/**
 * Name of a delivery object: its parts joined by dots, with a hash where that is too long, not a Kubernetes name, or
 * where a part has dots of its own, so that no two lists of parts share a name.
 * @example deliveryName('prod-eu', 'helm-monitoring-grafana') // 'prod-eu.helm-monitoring-grafana'
 */
export function deliveryName(...parts: readonly string[]): string {
  const plain = parts.join('.')
  // `~` sets the part of a unit apart and occurs in no name.
  const readable = plain
    .toLowerCase()
    .replaceAll('~', '.')
    .replace(/[^a-z0-9.-]/g, '-')
  const isOwn = parts.every((part) => !part.includes('.')) && readable === plain.replaceAll('~', '.')
  if (isOwn && readable.length <= longest) return readable
  const kept = readable.slice(0, longest - hashLength - 1).replace(/[.-]+$/, '')
  return `${kept}-${sha256(parts.join('\0')).slice(0, hashLength)}`
}

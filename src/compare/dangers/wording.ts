import { canonicalJson } from '../../kubernetes/exact-json.ts'
import type { ObjectIdentity } from '../../render/types.ts'

/** `Deployment shop/web`. */
export function nameOf({ kind, namespace, name }: ObjectIdentity): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}

const most = 8

/** `a, b and c`; of many the first ones and how many more there are. */
export function listed(items: readonly string[]): string {
  const shown = items.length > most + 1 ? items.slice(0, most) : items
  const rest = items.length - shown.length
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

/** `1 add-on`, `2 add-ons`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

const longest = 80

/** A value in a sentence: a plain text without quotes, anything else as JSON. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const isPlain = typeof value === 'string' && /^[^\p{Cc}]+$/u.test(value)
  const text = isPlain ? value : canonicalJson(value)
  return text.length > longest ? `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` : text
}

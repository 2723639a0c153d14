import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { base64Spellings } from './base64-spellings.ts'

type JsonMap = Readonly<Record<string, unknown>>

/** What stands for a value where no key is at hand: an unkeyed hash could be guessed (decision 6). */
export const hiddenValue = 'hidden'

/**
 * Annotations in which tools keep whole objects, values of Secrets included; some of them compressed, so that no search
 * finds what they hold.
 */
export const appliedAnnotations: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'banzaicloud.com/last-applied',
  'kapp.k14s.io/original',
  'kopf.zalando.org/last-handled-configuration',
  'objectset.rio.cattle.io/applied',
])

/**
 * `hmac:` and 24 hex digits that say whether the value of a Secret's key changed, and nothing else: the place is part of
 * it, so that equal values in two places do not show.
 */
export function secretFingerprint(
  place: { readonly namespace: string; readonly name: string; readonly key: string },
  value: Uint8Array,
  key: Uint8Array | undefined,
): string {
  if (key === undefined) return hiddenValue
  // Neither part of a place can hold a zero.
  const text = `${place.namespace}/${place.name}/${place.key}\0`
  return `hmac:${createHmac('sha256', key).update(text).update(value).digest('hex').slice(0, 24)}`
}

/** Whether a value is a core Secret, wherever it stands. */
export function isSecret(value: JsonMap): boolean {
  return value['kind'] === 'Secret' && value['apiVersion'] === 'v1'
}

/** What may be recorded of a Secret: type, immutable, metadata, and fingerprints in place of values. */
export function withSecretFingerprints(secret: JsonMap, key: Uint8Array | undefined): JsonMap {
  const { apiVersion, kind, metadata, type, immutable } = secret
  const { namespace, name } = toMap(metadata)
  const place = { namespace: textOf(namespace), name: textOf(name) }
  const values: Buffer[] = []
  const hidden = (field: string, decode: (value: unknown) => Buffer): JsonMap => {
    if (!(field in secret)) return {}
    const members = Object.entries(toMap(secret[field])).map(([member, value]) => {
      const bytes = decode(value)
      values.push(bytes)
      return [member, secretFingerprint({ ...place, key: member }, bytes, key)] as const
    })
    return { [field]: Object.fromEntries(members) }
  }
  const data = hidden('data', (value) => toBytes(value, 'base64'))
  const stringData = hidden('stringData', (value) => toBytes(value, 'utf8'))
  return {
    apiVersion,
    kind,
    ...(metadata !== undefined && { metadata: withoutValues(toMap(metadata), values) }),
    ...(type !== undefined && { type }),
    ...(immutable !== undefined && { immutable }),
    ...data,
    ...stringData,
  }
}

/** Shorter values stand in other words by chance. */
const shortestTold = 6

/** Metadata without the annotations that repeat a value. Labels stay: selectors need them, and they hide nothing. */
function withoutValues(metadata: JsonMap, values: readonly Buffer[]): JsonMap {
  const { annotations, ...others } = metadata
  const forms = values.filter(({ length }) => length >= shortestTold).flatMap(spellings)
  const kept = Object.entries(toMap(annotations)).filter(([name, value]) => {
    const text = textOf(value)
    return !appliedAnnotations.has(name) && !forms.some((form) => text.includes(form))
  })
  return { ...others, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) }
}

function spellings(value: Buffer): readonly string[] {
  const text = value.toString('utf8')
  const hex = value.toString('hex')
  const url = Array.from(text, (character) =>
    /[A-Za-z0-9\-_.~]/.test(character) ? character : percentEncoded(character),
  ).join('')
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    ...base64Spellings(value).flatMap((base64) => [base64, base64.replace(/\+/g, '-').replace(/\//g, '_')]),
    hex,
    hex.toUpperCase(),
    url,
  ]
}

function percentEncoded(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&')
}

function toBytes(value: unknown, encoding: 'base64' | 'utf8'): Buffer {
  return typeof value === 'string' ? Buffer.from(value, encoding) : Buffer.from(JSON.stringify(value))
}

function toMap(value: unknown): JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

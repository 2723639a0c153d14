import { Buffer } from 'node:buffer'
import { base64Spellings } from './base64-spellings.ts'

/**
 * Opaque stand-ins for Secret values (decision 7): a template that reads a Secret's value gets a token, and a token in
 * its output is an error, so that no value of a live Secret can reach the rendered branch.
 */
const opening = '⟦secret-value '

/** `⟦secret-value monitoring/grafana admin-password⟧`. */
export function secretToken(namespace: string, name: string, key: string): string {
  return `${opening}${namespace}/${name} ${key}⟧`
}

/** Templates change the case of what they print, before they encode it or without. */
const encodedOpenings = [opening, opening.toUpperCase(), '⟦Secret-Value '].flatMap((text) =>
  base64Spellings(Buffer.from(text)),
)

/** Whether a text holds a token, plain in any case, or in base64. */
export function hasSecretToken(text: string): boolean {
  return (
    (text.includes('⟦') && text.toLowerCase().includes(opening)) ||
    encodedOpenings.some((encoded) => text.includes(encoded))
  )
}

/** The same Secret with every value replaced by a token; other objects are returned as they are. */
export function withSecretTokens(
  object: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (object['kind'] !== 'Secret') return object
  const metadata = object['metadata'] as { namespace?: string; name?: string } | undefined
  const token = (key: string): string => secretToken(metadata?.namespace ?? '', metadata?.name ?? '', key)
  const replaced = (field: unknown, encode: (value: string) => string): Record<string, string> =>
    Object.fromEntries(Object.keys(field ?? {}).map((key) => [key, encode(token(key))]))
  return {
    ...object,
    ...(object['data'] !== undefined && {
      data: replaced(object['data'], (value) => Buffer.from(value).toString('base64')),
    }),
    ...(object['stringData'] !== undefined && {
      stringData: replaced(object['stringData'], (value) => value),
    }),
  }
}

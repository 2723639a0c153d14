import { celList, celMap, type CelInput } from '@bufbuild/cel'
import type { CelResource } from './types.ts'

interface SourceJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown
}

/**
 * A Kubernetes object as CEL sees it. Whole numbers are `int`, as the API's own client reads them, and `double` beyond 64
 * bits; all others are `double`.
 */
export function toCelResource(json: string): CelResource {
  return (JSON as unknown as SourceJson).parse(json, (_key, value, { source }) =>
    toCelValue(value, source),
  ) as CelResource
}

/** Called from the leaves up: what an array or object holds is converted already. */
function toCelValue(value: unknown, source: string | undefined): CelInput {
  if (typeof value === 'number') return source !== undefined && isInt64(source) ? BigInt(source) : value
  if (Array.isArray(value)) return celList(value as CelInput[])
  if (typeof value !== 'object' || value === null) return value as CelInput
  const entries = new Map(Object.entries(value as Readonly<Record<string, CelInput>>))
  const map = celMap(entries)
  // The library takes a key whose value is null for absent; `has` is true of it in Kubernetes.
  return Object.defineProperty(map, 'has', { value: (key: string) => entries.has(key) })
}

function isInt64(source: string): boolean {
  if (!/^-?\d+$/.test(source)) return false
  return source.length < 19 || BigInt.asIntN(64, BigInt(source)) === BigInt(source)
}

import type { JsonObject } from '../../engine/types.ts'
import { canonicalJson } from '../../kubernetes/exact-json.ts'
import { isObjectValue } from '../../kubernetes/object-value.ts'

/** What an object consists of, each part with how often it is there. */
export type Parts = ReadonlyMap<string, number>

/** Beyond so many, an object is known by its first ones. */
const mostParts = 5000

/** Fields that say what an object is called and not what it does. */
const identifying = new Set(['apiVersion', 'kind', 'metadata', 'status'])

/**
 * The values of an object with the keys that lead to them, and the lines of long texts; positions in lists do not count,
 * and neither does how the object names itself.
 */
export function partsOf(value: JsonObject, name: string): Parts {
  const parts = new Map<string, number>()
  const own = ownName(name)
  const pending: (readonly [string, unknown])[] = Object.entries(value)
    .filter(([key]) => !identifying.has(key))
    .reverse()
  let left = mostParts
  while (pending.length > 0 && left > 0) {
    const [path, part] = pending.pop() ?? ['', undefined]
    if (isInner(part)) {
      for (const [key, inner] of Object.entries(part))
        pending.push([Array.isArray(part) ? path : `${path}\0${key}`, inner])
      continue
    }
    for (const line of typeof part === 'string' ? part.split('\n') : [canonicalJson(part ?? null)]) {
      const text = `${path}\0${line}`.replace(own, '\u0001')
      parts.set(text, (parts.get(text) ?? 0) + 1)
      left -= 1
    }
  }
  return parts
}

function isInner(value: unknown): value is Readonly<Record<string, unknown>> | readonly unknown[] {
  return Array.isArray(value) || isObjectValue(value)
}

/** A name as a word of its own, so that `web` is not found in `webhook`. */
export function ownName(name: string): RegExp {
  const literal = name.replace(/[^A-Za-z0-9]/g, '\\$&')
  return new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g')
}

/** How many parts two objects have in common, and which share of all that is: from 0 to 1. */
export function likeness(a: Parts, b: Parts): { readonly common: number; readonly share: number } {
  let common = 0
  for (const [part, times] of a) common += Math.min(times, b.get(part) ?? 0)
  const all = sizeOf(a) + sizeOf(b)
  return { common, share: all === 0 ? 0 : (2 * common) / all }
}

function sizeOf(parts: Parts): number {
  let size = 0
  for (const times of parts.values()) size += times
  return size
}

import { parse } from 'yaml'
import type { LuaJson } from './types.ts'

// `json.fromYAML` runs inside a script and can't wait for the engine, which alone reads the YAML of intent.

const base60 = 'TIME'

/** YAML 1.1 as Kubernetes reads it: no timestamps and no base 60, the last of two equal keys wins. */
export function readYaml(text: string): LuaJson {
  const value: unknown = parse(text, {
    version: '1.1',
    schema: 'yaml-1.1',
    merge: true,
    uniqueKeys: false,
    stringKeys: false,
    customTags: (tags) =>
      tags.filter(
        (tag) =>
          typeof tag === 'string' ||
          (tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === base60)),
      ),
  })
  return plain(value)
}

function plain(value: unknown): LuaJson {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) {
    return Object.fromEntries(
      [...(value as Map<unknown, unknown>)].map(([key, item]) => [String(key), plain(item)]),
    )
  }
  if (value instanceof Set)
    return Object.fromEntries([...(value as Set<unknown>)].map((key) => [String(key), null]))
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

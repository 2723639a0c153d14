import type { Json, JsonObject } from '../engine/types.ts'
import { fieldsAt } from '../source/source.ts'
import type { DocumentPath } from '../source/types.ts'
import { writtenConfig } from './written-config.ts'

/** A key without a value. */
export interface EmptySetting {
  readonly path: DocumentPath
  /** The settings that there are, where this is none of them. */
  readonly known?: readonly string[]
}

/**
 * Settings that stand there without a value. Whoever comments out all entries of a list may mean that nobody is allowed, and
 * would get the default; a section that holds none of its settings is as if it was not there. Pure.
 */
export function emptySettings(value: JsonObject): readonly EmptySetting[] {
  const { spec, ...others } = value
  const known = fieldsAt(writtenConfig, [])
  const unknown = Object.keys(others).filter((key) => others[key] === null && !known.includes(key))
  return [...unknown.map((key) => ({ path: [key], known })), ...emptyBelow(spec, ['spec'])]
}

function emptyBelow(value: Json | undefined, path: DocumentPath): readonly EmptySetting[] {
  if (typeof value !== 'object' || value === null) return []
  // What stands without a value in a list is refused as it is.
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((item, index) => emptyBelow(item, [...path, index]))
  const known = fieldsAt(writtenConfig, path)
  return Object.entries(value as JsonObject).flatMap(([key, child]): readonly EmptySetting[] => {
    const below = [...path, key]
    const isKnown = known.length === 0 || known.includes(key)
    if (child !== null) return isKnown ? emptyBelow(child, below) : []
    if (!isKnown) return [{ path: below, known }]
    return fieldsAt(writtenConfig, below).length > 0 ? [] : [{ path: below }]
  })
}

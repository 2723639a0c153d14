import type { JsonObject } from '../engine/types.ts'

/** A checked spec is JSON that lost what was unknown or faulty; its types only spell it out. */
export function toJson(spec: object): JsonObject {
  return JSON.parse(JSON.stringify(spec)) as JsonObject
}

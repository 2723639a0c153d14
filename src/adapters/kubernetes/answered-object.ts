import type { ListRequest } from '../../observe/cluster-reader-port.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** Asks for metadata alone; servers that cannot cut the rest off send whole objects instead. */
export function acceptOf(
  { metadataOnly }: ListRequest,
  form: 'PartialObjectMetadataList' | 'PartialObjectMetadata',
) {
  return metadataOnly ? `application/json;as=${form};g=meta.k8s.io;v=v1,application/json` : 'application/json'
}

/** An object with the apiVersion and kind that were asked for: lists do not repeat them, metadata alone has its own. */
export function toAskedObject(
  { group, version, kind, metadataOnly }: ListRequest,
  object: JsonObject,
): JsonObject {
  const identity = { apiVersion: group === '' ? version : `${group}/${version}`, kind }
  return metadataOnly ? { ...identity, metadata: object['metadata'] } : { ...object, ...identity }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `metadata.resourceVersion` of an object or list; undefined where there is none. */
export function resourceVersionOf(value: JsonObject): string | undefined {
  const { metadata } = value
  const version = isObject(metadata) ? metadata['resourceVersion'] : undefined
  return typeof version === 'string' ? version : undefined
}

import type { MemoryObject } from '../../src/adapters/memory/memory-objects.ts'
import type { ServedResource } from '../../src/observe/types.ts'

export type Form = 'whole' | 'metadata'

/** Metadata alone where the request accepts it. */
export function formOf(accept: string): Form {
  return /as=PartialObjectMetadata(?:List)?;g=meta\.k8s\.io;v=v1/.test(accept) ? 'metadata' : 'whole'
}

/** `apps/v1`. */
export function apiVersionOf({ group, version }: ServedResource): string {
  return group === '' ? version : `${group}/${version}`
}

/** One object by itself, in the version that was asked for. */
export function toAnswered(object: MemoryObject, served: ServedResource, form: Form): object {
  if (form === 'whole') return { ...object, apiVersion: apiVersionOf(served) }
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}

/** One object in a list: built-in kinds do not say again what they are, custom ones do. */
export function toItem(
  object: MemoryObject,
  served: ServedResource,
  { form, isBuiltIn }: { readonly form: Form; readonly isBuiltIn: boolean },
): object {
  if (form === 'metadata' || !isBuiltIn) return toAnswered(object, served, form)
  const { apiVersion, kind, ...rest } = object
  return rest
}

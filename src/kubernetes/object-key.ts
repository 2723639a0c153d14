import type { ObjectReference } from './types.ts'

/** `apps/v1` → `apps`; `v1` → ``. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** Identity of an object without its version, which may change while the object stays: `<group>/<Kind>/<namespace>/<name>`. */
export function objectKey(object: ObjectReference): string {
  return `${groupOf(object.apiVersion)}/${object.kind}/${object.namespace}/${object.name}`
}

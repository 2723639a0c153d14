import type { JsonObject } from '../engine/types.ts'
import type { Fleet } from '../intent/types.ts'
import { objectKey } from '../kubernetes/object-key.ts'
import type { ObjectReference } from '../kubernetes/types.ts'
import type { Facts } from '../observe/types.ts'
import type { SourceDocument } from '../source/types.ts'

/** An object that references resolve to. */
export interface FoundObject {
  readonly value: JsonObject
  /** Exact JSON text. */
  readonly json: string
  /** Absent for objects of the live management cluster. */
  readonly document?: SourceDocument
}

interface Recorded {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly namespace?: string; readonly name: string }
}

/** Looks objects up in the repository first, then in what was recorded of the live management cluster. */
export interface ManagementObjects {
  find(reference: ObjectReference): FoundObject | undefined
}

/** Joins the two. Versions do not count: an object is the same in each version of its API. */
export function managementObjects(fleet: Fleet, facts: Facts): ManagementObjects {
  const found = new Map<string, FoundObject>()
  for (const json of facts.management?.objects ?? []) {
    const value = JSON.parse(json) as JsonObject
    const { apiVersion, kind, metadata } = value as unknown as Recorded
    found.set(objectKey({ apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name }), {
      value,
      json,
    })
  }
  for (const { document, ...reference } of fleet.objects.values())
    found.set(objectKey(reference), { value: document.value, json: document.json, document })
  for (const cluster of fleet.clusters) {
    const apiVersion =
      cluster.type === 'sveltos' ? 'lib.projectsveltos.io/v1beta1' : 'cluster.x-k8s.io/v1beta2'
    const kind = cluster.type === 'sveltos' ? 'SveltosCluster' : 'Cluster'
    const { namespace, name, value, json } = cluster
    if (cluster.type !== 'configured')
      found.set(objectKey({ apiVersion, kind, namespace, name }), { value, json })
  }
  // A ConfigMap is sought by `v1`, a Flux source by its kind alone: sveltos.md 1.1 names only the kind.
  const byKind = new Map<string, FoundObject>()
  for (const [key, object] of found) byKind.set(key.slice(key.indexOf('/') + 1), object)
  return {
    find(reference) {
      const key = objectKey(reference)
      return reference.apiVersion === '' ? byKind.get(key.slice(1)) : found.get(key)
    },
  }
}

import type { JsonObject } from '../engine/types.ts'
import type { Fleet } from '../intent/types.ts'
import { groupOf, objectKey } from '../kubernetes/object-key.ts'
import type { ObjectReference } from '../kubernetes/types.ts'
import { managementId, type Facts, type Query } from '../observe/types.ts'
import type { Knowledge } from './knowledge.ts'
import type { SourceDocument } from '../source/types.ts'

/** Where Sveltos puts what it fills in for an event. */
export const generatedNamespace = 'projectsveltos'

/** An object that references resolve to. */
export interface FoundObject {
  readonly value: JsonObject
  /** Exact JSON text. */
  readonly json: string
  /** Absent for objects of the live management cluster. */
  readonly document?: SourceDocument
}

/** Looks objects up in the repository first, then in what was recorded of the live management cluster. */
export interface ManagementObjects {
  /**
   * `because` is the id of what refers to it. Undefined when there is no such object; `not-observed` when there is a live
   * management cluster and its facts do not say.
   */
  find(reference: ObjectReference, because: string): FoundObject | 'not-observed' | undefined
  /**
   * The same with some more that were generated, by `objectKey`; they come first. `hidesMore`: there may be others that are
   * not known now, in the namespace that they are all in.
   */
  with(generated: ReadonlyMap<string, FoundObject>, hidesMore?: boolean): ManagementObjects
}

/** Joins the two. Versions do not count: an object is the same in each version of its API. */
export function managementObjects(
  fleet: Pick<Fleet, 'clusters' | 'objects'>,
  facts: Facts,
  { knowledge, isComplete }: { readonly knowledge: Knowledge; readonly isComplete: boolean },
): ManagementObjects {
  const found = new Map<string, FoundObject>()
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
  const mayExist = facts.management !== undefined || !isComplete
  return lookUp(found, (reference, because) => {
    const answer = knowledge.ask(managementId, toQuery(reference), because)
    const found = answer?.[0]
    // Where intent could not be read, the object may well be in it.
    return found === undefined && (answer === undefined ? mayExist : !isComplete) ? 'not-observed' : found
  })
}

/** Kinds that references name without their API. */
const apiVersions: Readonly<Record<string, string>> = {
  ConfigMap: 'v1',
  Secret: 'v1',
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  Bucket: 'source.toolkit.fluxcd.io/v1',
}

function toQuery({ apiVersion, kind, namespace, name }: ObjectReference): Query {
  const full = apiVersion === '' ? (apiVersions[kind] ?? '') : apiVersion
  // An object is the same in each version of its API: whichever the server prefers will do.
  return { group: groupOf(full), version: '', kind, namespace, name, labelSelector: '', keep: 'whole' }
}

function lookUp(
  found: ReadonlyMap<string, FoundObject>,
  askLive: ManagementObjects['find'],
): ManagementObjects {
  // A ConfigMap is sought by `v1`, a Flux source by its kind alone: sveltos.md 1.1 names only the kind.
  const byKind = new Map<string, FoundObject>()
  for (const [key, object] of found) byKind.set(key.slice(key.indexOf('/') + 1), object)
  return {
    find(reference, because) {
      const key = objectKey(reference)
      const own = reference.apiVersion === '' ? byKind.get(key.slice(1)) : found.get(key)
      return own ?? askLive(reference, because)
    },
    with: (generated, hidesMore = false) =>
      lookUp(new Map([...found, ...generated]), (reference, because) => {
        const live = askLive(reference, because)
        return live === undefined && hidesMore && reference.namespace === generatedNamespace
          ? 'not-observed'
          : live
      }),
  }
}

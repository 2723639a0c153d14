import { builtInScopes, knownMinors } from '../kubernetes/api-versions.ts'
import { groupOf, objectKey } from '../kubernetes/object-key.ts'
import type { SourceDocument } from '../source/types.ts'
import type { ManagementObject } from './types.ts'

export interface CollectedObjects {
  readonly objects: ReadonlyMap<string, ManagementObject>
  /** Later definitions of an object that is there already. */
  readonly duplicates: readonly {
    readonly key: string
    readonly document: SourceDocument
    readonly first: SourceDocument
  }[]
}

/** Groups whose kinds all live in namespaces, beside those that Kubernetes itself serves. */
const namespacedGroups = /(?:^|\.)(?:toolkit\.fluxcd\.io|cluster\.x-k8s\.io)$/

/**
 * Every object by its key; of two, the first in order of files. An object of a namespaced kind without a namespace is in
 * `default`, where kubectl would put it. Documents that only look like objects (a kubeconfig, a tool's own file) have no name
 * and are left out.
 */
export function collectObjects(documents: readonly SourceDocument[]): CollectedObjects {
  const scopes = builtInScopes(Math.max(...knownMinors()))
  const objects = new Map<string, ManagementObject>()
  const duplicates: { key: string; document: SourceDocument; first: SourceDocument }[] = []
  for (const document of documents) {
    const object = toObject(document, scopes)
    if (object === undefined) continue
    const key = objectKey(object)
    const first = objects.get(key)
    if (first === undefined) objects.set(key, object)
    else duplicates.push({ key, document, first: first.document })
  }
  return { objects, duplicates }
}

function toObject(
  document: SourceDocument,
  scopes: Readonly<Record<string, boolean>>,
): ManagementObject | undefined {
  const { apiVersion, kind, metadata } = document.value
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined
  const { name, namespace } = (metadata ?? {}) as { readonly name?: unknown; readonly namespace?: unknown }
  if (typeof name !== 'string' || name === '') return undefined
  const written = typeof namespace === 'string' ? namespace : ''
  const group = groupOf(apiVersion)
  const isNamespaced = scopes[`${group}/${kind}`] ?? (namespacedGroups.test(group) ? true : undefined)
  const effective =
    isNamespaced === false ? '' : isNamespaced === true && written === '' ? 'default' : written
  return { apiVersion, kind, namespace: effective, name, document }
}

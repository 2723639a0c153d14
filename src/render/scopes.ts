import { groupOf } from '../kubernetes/object-key.ts'
import { compareText } from '../kubernetes/text-order.ts'
import type { ObjectIdentity, ProvidedKind, UnitRecord } from './types.ts'

/** `<group>/<Kind>`, as scope tables name kinds. */
function kindKey(object: { readonly apiVersion: string; readonly kind: string }): string {
  return `${groupOf(object.apiVersion)}/${object.kind}`
}

/**
 * Kinds that decide the namespaces of a unit's objects and that only CustomResourceDefinitions of the same cluster
 * define: the cluster does not serve them yet, so its facts cannot say whether they are namespaced (sveltos.md 1.8.7).
 */
export function scopesFromDefinitions(
  objects: readonly ObjectIdentity[],
  served: Readonly<Record<string, boolean>>,
  provided: ReadonlyMap<string, ProvidedKind>,
): readonly ProvidedKind[] {
  const keys = new Set(objects.map(kindKey).filter((key) => served[key] === undefined))
  return [...keys].sort(compareText).flatMap((key) => provided.get(key) ?? [])
}

/** Kinds of these objects that are not among the built-in ones, `<group>/<Kind>`, sorted. */
export function customKinds(
  objects: readonly ObjectIdentity[],
  builtIn: Readonly<Record<string, boolean>>,
): readonly string[] {
  return [...new Set(objects.map(kindKey).filter((key) => builtIn[key] === undefined))].sort(compareText)
}

/** All kinds that the definitions of a cluster's units define. */
export function providedKinds(
  records: readonly Pick<UnitRecord, 'provides'>[],
): ReadonlyMap<string, ProvidedKind> {
  const provided = new Map<string, ProvidedKind>()
  for (const { provides } of records)
    for (const kind of provides) provided.set(`${kind.group}/${kind.kind}`, kind)
  return provided
}

/** A scope table with these kinds added. */
export function withProvided(
  scopes: Readonly<Record<string, boolean>>,
  kinds: readonly ProvidedKind[],
): Readonly<Record<string, boolean>> {
  return {
    ...scopes,
    ...Object.fromEntries(kinds.map(({ group, kind, namespaced }) => [`${group}/${kind}`, namespaced])),
  }
}

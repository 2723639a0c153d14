import { compareText } from '../../kubernetes/text-order.ts'
import { formatFieldPath } from '../fields/field-path.ts'
import type { Danger } from '../types.ts'

/** Dangers that are equal but for the cluster as one, in the order in which they come. Paths on the branch name the cluster. */
export function foldDangers(dangers: readonly Danger[]): readonly Danger[] {
  return [...Map.groupBy(dangers, keyOf).values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    return [{ ...first, clusters: [...new Set(group.flatMap(({ clusters }) => clusters))].sort(compareText) }]
  })
}

function keyOf({ rule, severity, message, unit, object, path }: Danger): string {
  const place = object && [object.apiVersion, object.kind, object.namespace, object.name]
  return JSON.stringify([rule, severity, message, unit, place, path && formatFieldPath(path)])
}

import type { ListKeys } from '../../kubernetes/list-keys.ts'
import { compareObjects } from '../fields/compare-objects.ts'
import { lookInsideAll, type LookInsidePorts } from '../fields/look-inside.ts'
import type { FieldChange } from '../types.ts'
import type { ObjectPair } from './pair-objects.ts'

/** How the items of the lists of an object are told apart, by the fields that lead to a list. */
export type ListKeysOf = (
  object: { readonly apiVersion: string; readonly kind: string },
  cluster: string,
) => (path: readonly string[]) => ListKeys | undefined

export interface FieldOptions extends LookInsidePorts {
  readonly listKeys: ListKeysOf
}

export interface PairOfCluster {
  readonly cluster: string
  readonly pair: ObjectPair
}

const nothing: readonly FieldChange[] = []

/**
 * What differs between the two sides of each pair. Pairs of the same texts are compared once and share the list; where
 * clusters know other list keys for them, those of the first cluster count.
 */
export async function compareFields(
  pairs: readonly PairOfCluster[],
  options: FieldOptions,
): Promise<(pair: ObjectPair) => readonly FieldChange[]> {
  const positions = new Map<string, number>()
  const lists: (readonly FieldChange[])[] = []
  for (const { cluster, pair } of pairs) {
    const key = keyOf(pair)
    if (key === undefined || positions.has(key)) continue
    positions.set(key, lists.length)
    lists.push(comparePair(pair, cluster, options))
  }
  const complete = await lookInsideAll(lists, options)
  return (pair) => {
    const position = positions.get(keyOf(pair) ?? '')
    return (position === undefined ? undefined : complete[position]) ?? nothing
  }
}

/** Undefined where there is nothing to compare. */
function keyOf({ change, before, after }: ObjectPair): string | undefined {
  if (!before || !after || before.object.digest === after.object.digest) return undefined
  return `${before.object.digest} ${after.object.digest}${change === 'renamed' ? ' renamed' : ''}`
}

function comparePair(
  { change, before, after }: ObjectPair,
  cluster: string,
  { listKeys }: FieldOptions,
): readonly FieldChange[] {
  if (!before || !after) return nothing
  const fields = compareObjects(before.object.value, after.object.value, {
    listKeys: listKeys(after.object, cluster),
  })
  return change === 'renamed' ? fields.filter((field) => !isOwnName(field)) : fields
}

/** Told by the place of the object. */
export function isOwnName({ path: [parent, field, ...rest] }: FieldChange): boolean {
  return parent === 'metadata' && field === 'name' && rest.length === 0
}

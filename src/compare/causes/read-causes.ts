import { locate } from '../../source/source.ts'
import type { SourceDocument } from '../../source/types.ts'
import type { ChangeCause } from '../types.ts'
import { differencesBetween } from './differences.ts'
import type { Entries } from './entry-changes.ts'
import { placeOfDifference } from './places.ts'
import { keysReadBy } from './read-objects.ts'
import type { KnownSides } from './sides.ts'

/**
 * What changes in the objects of the repository that an entry of a profile reads on a cluster: texts that it deploys, values,
 * patches, what its templates look at.
 */
export function readCauses(entries: Entries, cluster: string, sides: KnownSides): readonly ChangeCause[] {
  const keys = new Set(
    (['before', 'after'] as const).flatMap((side) => {
      const [entry, plan] = [entries[side], sides[side].clusterOf(cluster)]
      return entry && plan ? keysReadBy(entry, plan) : []
    }),
  )
  return [...keys].sort().flatMap((key) => {
    const was = sides.before.fleet?.objects.get(key)?.document
    const is = sides.after.fleet?.objects.get(key)?.document
    return documentCauses(nameOf(key), was, is)
  })
}

/** `apps/Deployment/web/app` → `Deployment web/app`. */
function nameOf(key: string): string {
  const [, kind = '', namespace = '', name = ''] = key.split('/')
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

/** One object of the repository, as it was and is. */
export function documentCauses(
  name: string,
  before: SourceDocument | undefined,
  after: SourceDocument | undefined,
): readonly ChangeCause[] {
  if (before && after) {
    // Who wrote an object how matters to nobody that reads it.
    const [difference] = differencesBetween(before, after).filter(({ path }) => path[0] !== 'status')
    if (!difference) return []
    const side = difference.change === 'removed' ? 'before' : 'after'
    const span = placeOfDifference(side === 'before' ? before : after, difference)
    return [{ text: `${name} changes`, span, side }]
  }
  if (after) return [{ text: `${name} is new`, span: locate(after, ['metadata', 'name']), side: 'after' }]
  return before
    ? [{ text: `${name} is gone`, span: locate(before, ['metadata', 'name']), side: 'before' }]
    : []
}

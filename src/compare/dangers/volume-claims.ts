import { mapsAt, textAt } from './read-value.ts'

/** Names of the claims that a StatefulSet makes for each of its pods. */
export function volumeClaimsOf(value: unknown): readonly string[] {
  if (textAt(value, ['kind']) !== 'StatefulSet') return []
  return mapsAt(value, ['spec', 'volumeClaimTemplates']).map(
    (claim) => textAt(claim, ['metadata', 'name']) ?? '',
  )
}

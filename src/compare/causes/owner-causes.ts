import { writtenId } from '../../resolve/resolve.ts'
import type { Claim, ClusterPlan, Conflict } from '../../resolve/types.ts'
import { locate } from '../../source/source.ts'
import type { ChangeCause, UnitChange } from '../types.ts'
import { differencesBetween } from './differences.ts'
import { differenceCause } from './entry-changes.ts'
import { presenceCauses } from './presence-causes.ts'
import type { KnownSides } from './sides.ts'

/** Why another profile owns an add-on: it comes first now, or the former owner does not ask for it any more. */
export function ownerCauses({ cluster, unit }: UnitChange, sides: KnownSides): readonly ChangeCause[] {
  const was = sides.before.unitOf(cluster, unit)?.claim
  const is = sides.after.unitOf(cluster, unit)?.claim
  const [before, after] = [sides.before.clusterOf(cluster), sides.after.clusterOf(cluster)]
  if (!was || !is || !before || !after) return []
  const contest = contestOf(after, is, was)
  const isNew = contestOf(before, was, is) === undefined
  return [
    ...(contest ? [precedenceCause(contest)] : presenceCauses(cluster, unit, 'before', sides)),
    ...(isNew ? presenceCauses(cluster, unit, 'after', sides) : []),
    ...[was, is].flatMap((claim) => tierCauses(claim, sides)),
  ]
}

/** Where both ask for one thing. */
function contestOf({ conflicts }: ClusterPlan, owner: Claim, other: Claim): Conflict | undefined {
  return conflicts.find(
    (conflict) =>
      conflict.owner.profile.id === owner.profile.id && conflict.loser.profile.id === other.profile.id,
  )
}

function precedenceCause({ owner: { profile, tier }, loser }: Conflict): ChangeCause {
  const [id, other] = [writtenId(profile), writtenId(loser.profile)]
  return {
    text:
      tier === loser.tier
        ? `${id} and ${other} both ask for it with tier ${tier}, and ${id} sorts first`
        : `${id} asks for it with tier ${tier}, which comes before tier ${loser.tier} of ${other}`,
    span: locate(profile.document, ['spec', 'tier']),
    side: 'after',
  }
}

function tierCauses({ profile: { id } }: Claim, sides: KnownSides): readonly ChangeCause[] {
  const [before, after] = [sides.before, sides.after].map(({ profiles }) => profiles.get(id))
  if (!before || !after) return []
  const documents = { before: before.document, after: after.document }
  const paths = { before: ['spec', 'tier'], after: ['spec', 'tier'] }
  return differencesBetween(documents.before, documents.after, paths).map((difference) =>
    differenceCause(writtenId(after), difference, documents),
  )
}

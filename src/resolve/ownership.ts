import type { Report } from '../diagnostics/types.ts'
import type { Cluster } from '../intent/types.ts'
import { compareText } from '../kubernetes/text-order.ts'
import { ownership } from './diagnostics.ts'
import { shortHash } from './unit-name.ts'
import type { Claim, Conflict, PlannedUnit } from './types.ts'

export interface Owned {
  /** One unit an identity, each under a name of its own. */
  readonly units: readonly PlannedUnit[]
  readonly conflicts: readonly Conflict[]
  /** Final name of each claimed unit, losers included, so that dependencies find the owner's. */
  readonly nameOf: ReadonlyMap<PlannedUnit, string>
}

/**
 * Who owns: the lower tier, then the profile whose id sorts first, then the lower tier of the reference, then the
 * earlier entry (decision 4; sveltos.md 1.14).
 */
export function compareClaims(a: Claim, b: Claim): number {
  return (
    a.tier - b.tier ||
    compareText(a.profile.id, b.profile.id) ||
    a.referenceTier - b.referenceTier ||
    compareText(pathKey(a), pathKey(b))
  )
}

/** List positions are padded, so that entry 10 comes after entry 9. */
function pathKey(claim: Claim): string {
  return claim.path.map((step) => (typeof step === 'number' ? String(step).padStart(6, '0') : step)).join('.')
}

/** Settles which profile owns each release, kustomization and policy source of a cluster. Objects follow after rendering. */
export function settleUnits(claimed: readonly PlannedUnit[], cluster: Cluster, report: Report): Owned {
  const byIdentity = new Map<string, PlannedUnit[]>()
  for (const unit of claimed) {
    const list = byIdentity.get(identity(unit))
    if (list) list.push(unit)
    else byIdentity.set(identity(unit), [unit])
  }
  const taken = new Set<string>()
  const units: PlannedUnit[] = []
  const conflicts: Conflict[] = []
  const nameOf = new Map<PlannedUnit, string>()
  for (const key of [...byIdentity.keys()].sort()) {
    const [owner, ...losers] = (byIdentity.get(key) ?? []).sort(compareUnits)
    if (!owner) continue
    // `a-b` + `c` and `a` + `b-c` come out alike: the identity that sorts first keeps the plain name.
    const name = taken.has(owner.name) ? `${owner.name}-${shortHash(key)}` : owner.name
    taken.add(name)
    // Who owns it is not known as long as one of the claims has errors: it may be the tier that is wrong.
    const doubt = [owner, ...losers].find(({ claim }) => claim.profile.faulty === true)?.hold
    units.push({ ...owner, name, ...(doubt && { hold: doubt }) })
    for (const unit of [owner, ...losers]) nameOf.set(unit, name)
    for (const loser of losers) {
      if (isOnlyShown(loser) && !isOnlyShown(owner)) continue
      const what = describe(owner)
      conflicts.push({
        what,
        owner: owner.claim,
        loser: loser.claim,
        tie: owner.claim.tier === loser.claim.tier,
      })
      report(ownership(what, owner.claim, loser.claim, cluster))
    }
  }
  return { units, conflicts, nameOf }
}

/** What is only shown comes last: taking a unit from a profile that is written would freeze it on the branch. */
function compareUnits(a: PlannedUnit, b: PlannedUnit): number {
  return Number(isOnlyShown(a)) - Number(isOnlyShown(b)) || compareClaims(a.claim, b.claim)
}

function isOnlyShown({ syncMode }: PlannedUnit): boolean {
  return syncMode === 'DryRun'
}

function identity(unit: PlannedUnit): string {
  const type = unit.deploymentType
  switch (unit.kind) {
    case 'helm':
      return `${unit.name}\0helm\0${unit.release.namespace}\0${unit.release.name}`
    case 'kustomize':
      return `${unit.name}\0${type}\0${unit.source.key}\0${unit.path}\0${unit.finish.targetNamespace ?? ''}`
    case 'policy':
      return `${unit.name}\0${type}\0${unit.content.type === 'source' ? `${unit.content.source.key}\0${unit.content.path}` : ''}`
    case 'unresolved':
      return `${unit.name}\0${type}\0`
  }
}

function describe(unit: PlannedUnit): string {
  switch (unit.kind) {
    case 'helm':
      return `Helm release ${unit.release.namespace}/${unit.release.name}`
    case 'kustomize':
      return `kustomization ${unit.path || unit.source.key}`
    case 'policy':
    case 'unresolved':
      return unit.name
  }
}

import type { Profile } from '../../intent/types.ts'
import { writtenId } from '../../resolve/resolve.ts'
import type { Claim, PlannedUnit, TriggeredEvents } from '../../resolve/types.ts'
import { locate } from '../../source/source.ts'
import type { ChangeCause } from '../types.ts'
import { withSpan } from './cluster-causes.ts'
import { differencesBetween, formatDocumentPath, valueAt } from './differences.ts'
import { differenceCause, entryChanges, type Entries } from './entry-changes.ts'
import { objectFacts, seenFacts } from './fact-causes.ts'
import { readCauses } from './read-causes.ts'
import { appliesOn, named, selectionCauses } from './selection-causes.ts'
import type { KnownSide, KnownSides } from './sides.ts'

interface Present {
  readonly cluster: string
  readonly unit: PlannedUnit
  readonly there: KnownSide['side']
  readonly own: KnownSide
  readonly other: KnownSide
}

/** Why a cluster has a unit on one side alone: seen from the side that has it. */
export function presenceCauses(
  cluster: string,
  name: string,
  there: KnownSide['side'],
  sides: KnownSides,
): readonly ChangeCause[] {
  const [own, other] = there === 'after' ? [sides.after, sides.before] : [sides.before, sides.after]
  const unit = own.unitOf(cluster, name)
  if (!unit || !(other.plan ?? other.isLost)) return []
  const present = { cluster, unit, there, own, other }
  if (other.isLost) return selectionCauses({ claim: unit.claim, cluster, there }, sides)
  return (
    stateCauses(present, name) ??
    clusterCauses(present, sides) ??
    profileCauses(present, sides) ??
    entryCauses(present, sides)
  )
}

/** The other side plans it as well and does not write it. */
function stateCauses(
  { cluster, unit, there, own, other }: Present,
  name: string,
): readonly ChangeCause[] | undefined {
  const same = other.unitOf(cluster, name)
  const held = other.clusterOf(cluster)?.hold ?? same?.hold
  if (same?.syncMode === 'DryRun' && unit.syncMode !== 'DryRun') {
    const { profile } = same.claim
    const words = there === 'after' ? 'is no longer for show only (DryRun)' : 'is for show only now (DryRun)'
    const span = locate(profile.document, ['spec', 'syncMode'])
    return [{ text: `${writtenId(profile)} ${words}`, span, side: other.side }]
  }
  if (!held) return undefined
  // What is held stays as it is: nothing is lost by it, and where there was nothing, nothing came.
  const { profile, path } = unit.claim
  return [{ text: `it was held: ${held.message}`, span: locate(profile.document, path), side: own.side }]
}

function clusterCauses(present: Present, sides: KnownSides): readonly ChangeCause[] | undefined {
  const { cluster, unit, there, own, other } = present
  const plan = own.clusterOf(cluster)
  if (!plan || other.clusterOf(cluster)) return undefined
  const { document, path = ['metadata', 'name'] } = plan.cluster
  const cause =
    document === undefined
      ? livingCause(there, own.isSupposed(cluster))
      : withSpan({ text: isThere[there], side: there }, locate(document, path))
  const { profile } = unit.claim
  if (!isKnown(other, profile)) return [cause, ...(profileCauses(present, sides) ?? [])]
  return there === 'before'
    ? [cause]
    : [cause, ...selectionCauses({ claim: unit.claim, cluster, there }, sides)]
}

const isThere = { after: 'the cluster is new', before: 'the cluster is gone' } as const

/** Nobody wrote the cluster down: it is there because the management cluster has it, or because somebody supposes so. */
function livingCause(there: KnownSide['side'], isSupposed: boolean): ChangeCause {
  if (isSupposed) return { text: `${isThere[there]}, as is supposed`, side: there, fact: 'joined the fleet' }
  return there === 'after'
    ? { text: 'the cluster is new in the management cluster', side: there, fact: 'joined the fleet' }
    : { text: 'the cluster is gone from the management cluster', side: there, fact: 'left the fleet' }
}

/** Only the written fleet tells whether a profile was there before and selected nothing. */
function isKnown({ fleet, profiles }: KnownSide, profile: Profile): boolean {
  if (profiles.has(profile.id) || fleet === undefined) return true
  return fleet.eventTriggers.some(({ name }) => `EventTrigger/${name}` === writtenId(profile))
}

function profileCauses(present: Present, sides: KnownSides): readonly ChangeCause[] | undefined {
  const { cluster, unit, there, own, other } = present
  const { claim } = unit
  const { profile } = claim
  if (!isKnown(other, profile)) {
    const cause = named(there, profile, claim.path, ['is new', 'is gone'])
    return there === 'before' ? [cause] : [cause, ...selectionCauses({ claim, cluster, there }, sides)]
  }
  if (!other.profiles.has(profile.id) && writtenId(profile) !== profile.id)
    return eventCauses(profile, own, other, sides)
  if (appliesOn(other, profile.id, cluster)) return undefined
  return selectionCauses({ claim, cluster, there }, sides)
}

/** A trigger that is on both sides gives the profile on one of them: it sees something else, or gives it another name. */
function eventCauses(
  profile: Profile,
  own: KnownSide,
  other: KnownSide,
  sides: KnownSides,
): readonly ChangeCause[] {
  const row = own.plan?.events.find(({ profiles }) => profiles.includes(profile.id))
  const there = own.side
  const trigger = writtenId(profile)
  const sees = row ? ` from what ${row.source} sees in ${row.cluster}` : ''
  const cause = named(
    there,
    profile,
    ['metadata', 'name'],
    [`gives ${profile.name}${sees}`, `does not give ${profile.name} any more`],
  )
  const was = other.fleet?.eventTriggers.find(({ name }) => `EventTrigger/${name}` === trigger)?.document
  const source = other.plan?.events.find((one) => one.trigger === trigger)?.document
  const pairs = [
    { id: trigger, here: profile.document, elsewhere: was },
    { id: row?.source ?? '', here: row?.document, elsewhere: source },
  ]
  const changes = pairs.flatMap(({ id, here, elsewhere }) => {
    if (!here || !elsewhere) return []
    const [before, after] = there === 'after' ? [elsewhere, here] : [here, elsewhere]
    return differencesBetween(before, after, { before: ['spec'], after: ['spec'] })
      .slice(0, 2)
      .map((difference) => differenceCause(id, difference, { before, after }))
  })
  const seen = row ? seenCauses(row, own, other, sides) : []
  return [cause, ...changes, ...seen]
}

/** What the source saw on one side alone; or that its cluster is there on one side alone. */
function seenCauses(
  row: TriggeredEvents,
  own: KnownSide,
  other: KnownSide,
  sides: KnownSides,
): readonly ChangeCause[] {
  const { cluster, trigger } = row
  if (other.clusterOf(cluster) === undefined) {
    const [verb, side] = own.side === 'after' ? ['joined', own.side] : ['left', own.side]
    return [{ text: `${cluster} ${verb} the fleet`, side, fact: `${verb} the fleet` }]
  }
  const twin = other.plan?.events.find((one) => one.trigger === trigger && one.cluster === cluster)
  const objects = { [own.side]: row.objects, [other.side]: twin?.objects ?? [] }
  const { before = [], after = [] } = objects
  return seenFacts(row, { before, after }, sides)
}

/** The profile applies to the cluster on both sides: its entry is new, or asks for something else. */
function entryCauses({ cluster, unit, there, other }: Present, sides: KnownSides): readonly ChangeCause[] {
  const { claim } = unit
  const { profile } = claim
  const otherProfile = other.profiles.get(profile.id)
  const path = otherProfile && twinOf(claim, otherProfile)
  if (otherProfile && path === undefined) {
    const words = `\`${formatDocumentPath(claim.path)}\``
    return [named(there, profile, claim.path, [`adds ${words}`, `removes ${words}`])]
  }
  const twin = otherProfile && path && { profile: otherProfile, path }
  const entries: Entries =
    there === 'after'
      ? { ...(twin && { before: twin }), after: claim }
      : { before: claim, ...(twin && { after: twin }) }
  const asked = objectFacts(cluster, [profile.id, writtenId(profile)], sides)
  const causes = [...entryChanges(entries), ...readCauses(entries, cluster, sides), ...asked]
  if (causes.length > 0) return causes
  return [named(there, profile, claim.path, ['asks for it', 'does not ask for it any more'])]
}

/** Fields that say what an entry of a list of a profile is about. */
const identifying = ['releaseNamespace', 'releaseName', 'kind', 'namespace', 'name', 'path', 'remoteURL']

/** Where another document of the same profile has the entry of a claim. */
function twinOf({ profile, path }: Claim, other: Profile): Claim['path'] | undefined {
  const list = path.slice(0, -1)
  const entries = valueAt(other.document.value, list)
  const wanted = identityText(valueAt(profile.document.value, path))
  if (!Array.isArray(entries)) return undefined
  const index = entries.findIndex((entry) => identityText(entry) === wanted)
  return index < 0 ? undefined : [...list, index]
}

function identityText(entry: unknown): string {
  return JSON.stringify(identifying.map((field) => valueAt(entry, [field]) ?? null))
}

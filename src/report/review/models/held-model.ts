import type { BrakeReason } from '../../../branch/types.ts'
import type { Review } from '../../types.ts'
import { countOf, listOf } from '../counts.ts'
import { fleetText, fleetTexts, type FleetText } from '../fleet-text.ts'
import { listHeld, namesOfHeld } from '../held-list.ts'
import { namesOf, type Names } from './names.ts'

export interface BrakeModel {
  /** Command and trailer that approve the tree that is left. */
  readonly approve: FleetText
  readonly trailer: FleetText
  readonly reasons: readonly FleetText[]
  readonly more: string | undefined
}

export function brakeModel({ brake }: Review, mostReasons: number): BrakeModel | undefined {
  if (brake === undefined) return undefined
  const { reasons, digest } = brake
  const shown = reasons.length <= mostReasons + 1 ? reasons : reasons.slice(0, mostReasons)
  const rest = reasons.length - shown.length
  return {
    approve: fleetText(`fleetwright compile --allow-delete ${digest}`),
    trailer: fleetText(`Allow-Delete: ${digest}`),
    reasons: fleetTexts(shown.map(describeBrake)),
    more: rest === 0 ? undefined : countOf(rest, 'more reason'),
  }
}

/** A reason to stop, in one sentence without a full stop. */
export function describeBrake(reason: BrakeReason): string {
  const cluster = `\`${reason.cluster}\``
  switch (reason.kind) {
    case 'cluster':
      return `cluster ${cluster} goes with ${countOf(reason.objects, 'object')}`
    case 'protected':
      return `${cluster} loses \`${reason.object}\`, which is protected`
    case 'share':
      return `${cluster} loses ${reason.deleted} of ${countOf(reason.objects, 'object')}`
    case 'delivery':
      return `${cluster} loses \`${reason.object}\`, which delivers ${countOf(reason.objects, 'object')}`
  }
}

export interface HeldModel {
  readonly reasons: readonly (Names & { readonly reason: FleetText; readonly what: string })[]
  readonly more: string | undefined
}

/** Reasons by how many parts they hold. */
export function heldModel({ held }: Review, mostReasons: number): HeldModel | undefined {
  if (held.length === 0) return undefined
  const groups = listHeld(held)
  const shown = groups.length <= mostReasons + 1 ? groups : groups.slice(0, mostReasons)
  const rest = groups.slice(shown.length)
  return {
    reasons: shown.map(({ reason, parts }) => ({
      reason: fleetText(reason),
      what: describeHeld(parts),
      ...namesOf(namesOfHeld(parts)),
    })),
    more:
      rest.length === 0
        ? undefined
        : `${countOf(rest.length, 'more reason')}: ${describeHeld(rest.flatMap(({ parts }) => parts))}`,
  }
}

function describeHeld(parts: Review['held']): string {
  const clusters = parts.filter(({ unit }) => unit === undefined).length
  const units = parts.length - clusters
  return listOf([
    ...(clusters > 0 ? [countOf(clusters, 'cluster')] : []),
    ...(units > 0 ? [countOf(units, 'add-on')] : []),
  ])
}

import type { Brake, BrakeReason } from '../../branch/types.ts'
import { formatAge } from '../age.ts'
import { countOf, listOf } from '../review/counts.ts'
import { faultPlace, listFaults } from '../review/fault-list.ts'
import type { Review } from '../types.ts'
import type { ClusterReference, ClusterSets } from './cluster-sets.ts'
import { toProse, type Prose } from './prose.ts'

export interface FaultView {
  readonly code: string
  readonly severity: string
  readonly message: Prose
  readonly place: string | undefined
  readonly frame: string
  readonly hint: Prose
  readonly clusters: ClusterReference | undefined
  readonly unit: string
  readonly related: readonly { readonly message: Prose; readonly place: string }[]
}

/** Each new fault once, with the clusters that have it. */
export function viewFaults({ diagnostics }: Review, sets: ClusterSets): readonly FaultView[] {
  return listFaults(diagnostics.added).map(({ diagnostic, clusters }) => {
    const { code, severity, message, frame, hint, unit, related } = diagnostic
    return {
      ...{ code, severity, message: toProse(message) },
      place: faultPlace(diagnostic),
      frame: linesOfFrame(frame ?? ''),
      hint: toProse(hint ?? ''),
      clusters: clusters.length === 0 ? undefined : sets.refer(clusters),
      unit: unit ?? '',
      related: related.map((one) => ({
        message: toProse(one.message),
        place: `${one.place.file}:${one.place.line}`,
      })),
    }
  })
}

/** Lines of the file and what points into them; the rest of a frame is said around it. */
function linesOfFrame(frame: string): string {
  return frame
    .split('\n')
    .filter((line) => /^\s*\d*\s*\|/.test(line))
    .join('\n')
}

export interface HeldView {
  readonly unit: string
  readonly reason: Prose
  readonly clusters: ClusterReference
}

/** What is held for the same reason, once. */
export function viewHeld({ held }: Review, sets: ClusterSets): readonly HeldView[] {
  const groups = Map.groupBy(held, ({ unit, reason }) => JSON.stringify([unit ?? '', reason]))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const { unit, reason } = first
    const clusters = sets.refer([...new Set(group.map(({ cluster }) => cluster))].sort())
    return [{ unit: unit ?? '', reason: toProse(reason), clusters }]
  })
}

/** How far what is said rests on what was seen, and when. */
export function describeFacts({ facts, fleet }: Review): readonly string[] {
  const { asOf, oldest, silent, never } = facts
  return [
    oldest
      ? `The cluster that was seen longest ago is ${oldest.cluster}: ${formatAge(oldest.observedAt, asOf)} before ${asOf}.`
      : `No cluster was observed as of ${asOf}.`,
    ...(never > 0 ? [`${never} of ${countOf(fleet.length, 'cluster')} were never observed.`] : []),
    ...(silent.length > 0
      ? [`No answer at the last attempt: ${listOf(silent)}.`]
      : oldest
        ? ['Every cluster answered at the last attempt.']
        : []),
  ]
}

export interface BrakeView {
  readonly digest: string
  readonly reasons: readonly { readonly cluster: string; readonly text: string }[]
}

export function viewBrake({ digest, reasons }: Brake): BrakeView {
  return {
    digest,
    reasons: reasons.map((reason) => ({ cluster: reason.cluster, text: describeReason(reason) })),
  }
}

function describeReason(reason: BrakeReason): string {
  switch (reason.kind) {
    case 'cluster':
      return `the whole cluster goes, with ${countOf(reason.objects, 'object')}`
    case 'protected':
      return `${reason.object} is deleted`
    case 'share':
      return `${reason.deleted} of its ${countOf(reason.objects, 'object')} are deleted`
    case 'delivery':
      return `${reason.object} goes, and ${countOf(reason.objects, 'object')} that it applies`
  }
}

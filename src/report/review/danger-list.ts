import type { Danger } from '../../compare/types.ts'
import { positionOf } from '../../diagnostics/position.ts'
import type { Review } from '../types.ts'
import { countOf } from './counts.ts'
import { objectTitle } from './object-view.ts'

/** A danger of the change, or of what follows once clusters have the versions that it writes. */
export interface ListedDanger {
  readonly danger: Danger
  /** It comes with an upgrade, and not with the change itself. */
  readonly later: boolean
}

/**
 * Every danger of a review, each once whatever brought it up: the clusters of equal ones are put together. The severe ones
 * first, then as the review has them. Pure.
 */
export function listDangers({ comparison, dangers, upgrades }: Review): readonly ListedDanger[] {
  const now = [...comparison.dangers, ...dangers]
  const later = upgrades.flatMap((upgrade) => [...upgrade.dangers, ...upgrade.follows.dangers])
  const listed = new Map<string, ListedDanger>()
  for (const [danger, isLater] of [
    ...now.map((danger) => [danger, false] as const),
    ...later.map((danger) => [danger, true] as const),
  ]) {
    const key = dangerKey(danger, isLater)
    const known = listed.get(key)
    if (known === undefined) listed.set(key, { danger, later: isLater })
    else {
      const clusters = [...new Set([...known.danger.clusters, ...danger.clusters])].sort()
      listed.set(key, { danger: { ...known.danger, clusters }, later: isLater })
    }
  }
  return [...listed.values()].sort((a, b) => rankOf(a) - rankOf(b))
}

/** Without the clusters, in which paths on the rendered branch differ too. */
function dangerKey({ rule, severity, message, unit, object, path, span }: Danger, later: boolean): string {
  return JSON.stringify([
    ...[later, rule, severity, message, unit ?? '', object && [object.apiVersion, objectTitle(object)]],
    ...[path, span && [span.file.path, span.start, span.end]],
  ])
}

function rankOf({ danger, later }: ListedDanger): number {
  return (danger.severity === 'high' ? 0 : 2) + (later ? 1 : 0)
}

/** `fleet/kyverno.yaml:12`: where a person wrote it. */
export function placeOf(span: Danger['span']): string | undefined {
  return span === undefined ? undefined : `${span.file.path}:${positionOf(span.file, span.start).line}`
}

/** All dangers of one rule. */
export interface DangerGroup {
  readonly rule: Danger['rule']
  readonly severity: Danger['severity']
  readonly dangers: readonly ListedDanger[]
  /** `1,204 objects in 37 clusters`. */
  readonly summary: string
}

/** By rule and severity, in the order of the first of each. */
export function groupDangers(dangers: readonly ListedDanger[]): readonly DangerGroup[] {
  const groups = Map.groupBy(dangers, ({ danger }) => `${danger.severity} ${danger.rule}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { rule, severity } = first.danger
    return [{ rule, severity, dangers: group, summary: summarise(group) }]
  })
}

function summarise(dangers: readonly ListedDanger[]): string {
  const noun = dangers.every(({ danger }) => danger.object !== undefined) ? 'object' : 'danger'
  const clusters = new Set(dangers.flatMap(({ danger }) => danger.clusters))
  const things =
    noun === 'object' ? new Set(dangers.map(({ danger }) => dangerSubject(danger))).size : dangers.length
  const count = countOf(things, noun)
  return clusters.size === 0 ? count : `${count} in ${countOf(clusters.size, 'cluster')}`
}

/** What a danger is about in as few words as can be: object, add-on, or the sentence. */
export function dangerSubject({ object, unit, message }: Danger): string {
  return object === undefined ? (unit ?? message) : objectTitle(object)
}

/** `3 dangers`, and how many of them are severe. */
export function describeDangers(dangers: readonly ListedDanger[]): string {
  const high = dangers.filter(({ danger }) => danger.severity === 'high').length
  const count = countOf(dangers.length, 'danger')
  return high === 0 || high === dangers.length ? count : `${count}, ${high} of them severe`
}

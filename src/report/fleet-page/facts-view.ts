import { formatAge } from '../age.ts'
import { countOf, listOf } from '../review/counts.ts'
import type { FleetCluster } from './types.ts'

export type FactsState = 'fresh' | 'old' | 'silent' | 'never'

export interface FactsView {
  readonly state: FactsState
  /** `3h ago`, `2d ago, too old`. */
  readonly text: string
  /** ISO 8601; empty where it was never observed. */
  readonly at: string
  /** Why it did not answer; empty where it did. */
  readonly why: string
}

/** How old facts are, against the limit of the fleet. */
export function viewFacts(
  { observed }: FleetCluster,
  { maxAgeMs, now }: { readonly maxAgeMs: number; readonly now: number },
): FactsView {
  if (observed === undefined) return { state: 'never', text: 'never observed', at: '', why: '' }
  const { observedAt, reachable, reason = '' } = observed
  const why = reachable ? '' : reason === '' ? 'it did not answer' : reason
  if (observedAt === undefined) return { state: 'silent', text: 'never answered', at: '', why }
  const age = `${formatAge(observedAt, new Date(now).toISOString())} ago`
  const isOld = now - Date.parse(observedAt) > maxAgeMs
  const state = isOld ? 'old' : reachable ? 'fresh' : 'silent'
  const notes = [...(isOld ? ['too old'] : []), ...(reachable ? [] : ['does not answer'])]
  return { state, text: [age, ...notes].join(', '), at: observedAt, why }
}

const words: Readonly<Record<FactsState, string>> = {
  fresh: 'fresh',
  old: 'too old',
  silent: 'without an answer',
  never: 'never observed',
}

/** `4 clusters fresh, 1 cluster too old`. */
export function countFacts(states: readonly FactsState[]): string {
  const kinds: readonly FactsState[] = ['fresh', 'old', 'silent', 'never']
  const counted = kinds
    .map((kind) => ({ kind, count: states.filter((state) => state === kind).length }))
    .filter(({ count }) => count > 0)
  return listOf(counted.map(({ kind, count }) => `${countOf(count, 'cluster')} ${words[kind]}`))
}

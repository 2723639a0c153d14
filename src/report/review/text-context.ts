import type pc from 'picocolors'
import type { Review } from '../types.ts'
import { countOf } from './counts.ts'
import { isAllClusters } from './placement.ts'
import { visibleText } from './visible-text.ts'

export type Colors = ReturnType<typeof pc.createColors>

/** What every section of a review on a terminal is printed with. */
export interface TextContext {
  readonly review: Review
  readonly colors: Colors
  readonly columns: number
  readonly details: boolean
}

/** `all 200 clusters`, `a, b`, `198 clusters: a, b, … and 195 more`, as far as a line reaches. */
export function namesInLine(clusters: readonly string[], { review, columns }: TextContext, used = 0): string {
  const count = countOf(clusters.length, 'cluster')
  if (isAllClusters(clusters, review)) return `all ${count}`
  const names = clusters.map((name) => visibleText(name))
  if (names.length <= 3) return names.join(', ')
  const room = Math.max(columns - used, 40)
  let shown = 1
  const text = (): string => `${count}: ${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
  while (shown < names.length - 1 && text().length + (names[shown]?.length ?? 0) + 2 <= room) shown += 1
  return shown === names.length - 1 ? `${count}: ${names.join(', ')}` : text()
}

import type { Review, ReviewedCommit } from '../types.ts'

/** Each baseline has a heading of its own: what a change does is never mixed with what was so before. */
const headings = {
  pr: 'What this change does to the fleet',
  rendered: 'What the next compile would write',
  'what-if': 'What this supposition would change',
  pending: 'Pending: what delivery has yet to do',
  drift: 'Drift: what somebody else changed in the clusters',
} as const

export function headingOf(baseline: Review['baseline']): string {
  return headings[baseline]
}

/** `main (1a2b3c4d5e6f) → bump (6f5e4d3c2b1a)`, `1a2b3c4d5e6f → 6f5e4d3c2b1a`; `mark` is put around each name. */
export function describeSides({ base, head }: Review, mark = ''): string {
  const sides = [base, head].map((side) => {
    const shown = `${mark}${shownName(side)}${mark}`
    const { commit, name } = side
    return commit === undefined || commit === name ? shown : `${shown} (${mark}${commit.slice(0, 12)}${mark})`
  })
  return sides.join(' → ')
}

/** What programs name by its id is told by the first digits of it. */
export function shownName({ commit, name }: ReviewedCommit): string {
  return commit === name ? name.slice(0, 12) : name
}

import { fleetTexts, type FleetText } from '../fleet-text.ts'

/**
 * What templates get of each section, at each level of detail. Every field is there, with undefined where there is nothing:
 * a template that asks for another is wrong.
 */

/** So many names stand where not all can. */
const mostNames = 10

/** Names as far as there is room. */
export interface Names {
  readonly names: readonly FleetText[]
  readonly more: number
}

export function namesOf(names: readonly string[], most = mostNames): Names {
  const shown = names.length <= most + 1 ? names : names.slice(0, most)
  return { names: fleetTexts(shown), more: names.length - shown.length }
}

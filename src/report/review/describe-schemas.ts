import type { CheckedSchemas } from '../../compare/types.ts'
import { countOf, formatNumber } from './counts.ts'

/** `218 objects checked against schemas; 14 are of kinds without one.` Empty where there was nothing to check. */
export function describeSchemas({ checked, unchecked }: CheckedSchemas): string {
  const others = unchecked.reduce((sum, { objects }) => sum + objects, 0)
  if (checked === 0 && others === 0) return ''
  const said = checked === 0 ? 'No object' : countOf(checked, 'object')
  const rest =
    others === 1 ? '1 is of a kind without one' : `${formatNumber(others)} are of kinds without one`
  return `${said} checked against schemas${others === 0 ? '' : `; ${rest}`}.`
}

import { printable } from '../diagnostics/printable.ts'

/** `a, b, c and 197 more`: the first `most` names in full, one more where only one would be left. */
export function formatNames(names: readonly string[], most: number): string {
  const shown = names.length <= most + 1 ? names : names.slice(0, most)
  const rest = names.length - shown.length
  const list = shown.map(printable).join(', ')
  return rest === 0 ? list : `${list} and ${rest} more`
}

/** `1 object`, `2 objects`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

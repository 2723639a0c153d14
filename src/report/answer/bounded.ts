import { countOf } from '../review/counts.ts'
import { codeBlock } from '../review/markdown.ts'

/** Room for a block of code: far below the limit of a comment, and more than anybody reads in one. */
export const longestBlock = 40_000

/** A block of code with as many of the first lines as there is room for, and the number of those that are left out. */
export function boundedBlock(lines: readonly string[], limit = longestBlock): string {
  let size = 0
  let shown = 0
  for (const line of lines) {
    // As it is printed: what is invisible becomes longer.
    size += codeBlock([line], '').length
    if (size > limit && shown > 0) break
    shown += 1
  }
  const rest = lines.length - shown
  return `${codeBlock(lines.slice(0, shown), 'text')}${rest === 0 ? '' : `\n\nand ${countOf(rest, 'more line')}`}`
}

/** `- …` for each of the first, and how many more there are. The items are Markdown. */
export function boundedList(items: readonly string[], most: number): string {
  const shown = items.length <= most + 1 ? items : items.slice(0, most)
  const rest = items.length - shown.length
  return [...shown.map((item) => `- ${item}`), ...(rest === 0 ? [] : [`- and ${rest} more`])].join('\n')
}

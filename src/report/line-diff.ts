import { diffArrays } from 'diff'

/** A stretch of two texts that differs, with some lines around it. */
export interface Hunk {
  /** 1-based line at which it starts on each side; where a side has no lines in it, the one that follows. */
  readonly before: number
  readonly after: number
  readonly lines: readonly DiffLine[]
}

export interface DiffLine {
  readonly mark: ' ' | '-' | '+'
  /** Without its line end. */
  readonly text: string
  /** The last line of its text, and no line end follows it. */
  readonly unended?: true
}

/**
 * Beyond so many lines that differ, finding the shortest diff would take minutes, and nobody would read it: then all is
 * said to be removed and added. A bound on edits and not on time, so that every machine says the same.
 */
const mostEdits = 2000

/**
 * How two texts differ by lines, as `diff -U<context>` shows it. Equal texts give no hunk. Pure.
 *
 * @example diffLines('a\nb\n', 'a\nc\n') // one hunk: ' a', '-b', '+c'
 */
export function diffLines(before: string, after: string, context = 3): readonly Hunk[] {
  return toHunks(markLines(toLines(before), toLines(after)), context)
}

/** Lines with their ends, so that a line without one differs. */
function toLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** Every line of both texts; what is equal at both ends is set aside first, since most of a text is. */
function markLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  const removed = before.slice(head, before.length - tail)
  const added = after.slice(head, after.length - tail)
  const parts = diffArrays([...removed], [...added], { maxEditLength: mostEdits }) ?? [
    { removed: true, added: false, value: removed },
    { removed: false, added: true, value: added },
  ]
  return [
    ...before.slice(0, head).map((line) => toDiffLine(' ', line)),
    ...parts.flatMap((part) =>
      part.value.map((line) => toDiffLine(part.added ? '+' : part.removed ? '-' : ' ', line)),
    ),
    ...before.slice(before.length - tail).map((line) => toDiffLine(' ', line)),
  ]
}

function toDiffLine(mark: DiffLine['mark'], line: string): DiffLine {
  return line.endsWith('\n') ? { mark, text: line.slice(0, -1) } : { mark, text: line, unended: true }
}

function toHunks(lines: readonly DiffLine[], context: number): readonly Hunk[] {
  const hunks: Hunk[] = []
  let [beforeLine, afterLine] = [1, 1]
  let open: { before: number; after: number; lines: DiffLine[]; end: number } | undefined
  const close = (): void => {
    if (open) hunks.push({ before: open.before, after: open.after, lines: open.lines.slice(0, open.end) })
    open = undefined
  }
  lines.forEach((line, index) => {
    if (line.mark !== ' ') {
      const above = open ? [] : lines.slice(Math.max(0, index - context), index)
      open ??= {
        before: beforeLine - above.length,
        after: afterLine - above.length,
        lines: above,
        end: 0,
      }
      open.lines.push(line)
      open.end = open.lines.length + context
    } else if (open) {
      // Two stretches are one where their surroundings touch.
      if (open.lines.length - (open.end - context) < 2 * context) open.lines.push(line)
      else close()
    }
    if (line.mark !== '+') beforeLine += 1
    if (line.mark !== '-') afterLine += 1
  })
  close()
  return hunks
}

import type { FieldValue } from '../../compare/types.ts'
import { joinMasks } from '../../secrets/mask-names.ts'
import { diffLines, type DiffLine, type Hunk } from '../line-diff.ts'
import { countOf } from '../review/counts.ts'
import { displayInline, displayLines, displayPair } from '../review/display-value.ts'

/** Lines of one kind that follow one another: one element of the page. */
export interface DiffBlock {
  /** Element of the page; `b` says where what follows lies, and what is left out. */
  readonly tag: 'del' | 'ins' | 'span' | 'b'
  /** With the mark of its kind before each line, so that no reader depends on colour. */
  readonly text: string
}

/** One value against another in a line: what they share stands around what differs. */
export interface InlineDiff {
  readonly before: InlineText | undefined
  readonly after: InlineText | undefined
  /** Both in one, where they are masks and nothing else. */
  readonly joined?: string
}

export interface InlineText {
  readonly head: string
  readonly differs: string
  readonly tail: string
}

/** More lines of one value are no reading matter; the rest is counted, and the branch has the file. */
const mostLines = 800

const marks = { del: '- ', ins: '+ ', span: '  ', b: '' }

/** A whole value that is there on one side alone. */
export function wholeBlocks(tag: 'del' | 'ins', value: FieldValue): readonly DiffBlock[] {
  return toBlocks(displayLines(value, { mostLines }).map((text) => ({ tag, text })))
}

/** Two values by lines: texts by their own, other values as they are displayed. */
export function valueBlocks(before: FieldValue, after: FieldValue): readonly DiffBlock[] {
  const areTexts = typeof before === 'string' && typeof after === 'string'
  const hunks = areTexts ? diffLines(before, after) : diffLines(toText(before), toText(after))
  const lines = hunks.flatMap((hunk) => [...(hunks.length > 1 ? [placeOf(hunk)] : []), ...linesOf(hunk)])
  const rest = lines.length - mostLines
  if (rest <= 1) return toBlocks(lines)
  return toBlocks([...lines.slice(0, mostLines), { tag: 'b', text: `… ${countOf(rest, 'more line')}` }])
}

/** Whether a value takes lines of its own. */
export function isBlock(value: FieldValue): boolean {
  return typeof value === 'string' ? value.trimEnd().includes('\n') : displayLines(value).length > 1
}

/** Undefined stands for a value that is not there. */
export function inlineDiff(before: FieldValue, after: FieldValue): InlineDiff {
  if (before === undefined) return { before: undefined, after: plain(displayInline(after)) }
  if (after === undefined) return { before: plain(displayInline(before)), after: undefined }
  const joined = joinMasks(before, after)
  if (joined !== undefined)
    return { before: plain(displayInline(before)), after: plain(displayInline(after)), joined }
  const [left, right] = displayPair(before, after)
  const [head, tail] = sharedEnds(left, right)
  // Values that share little are read as a whole.
  if (head + tail < Math.max(left.length, right.length) / 3)
    return { before: plain(left), after: plain(right) }
  return { before: cut(left, head, tail), after: cut(right, head, tail) }
}

function plain(text: string): InlineText {
  return { head: text, differs: '', tail: '' }
}

function cut(text: string, head: number, tail: number): InlineText {
  const end = text.length - tail
  return { head: text.slice(0, head), differs: text.slice(head, end), tail: text.slice(end) }
}

/** How much two texts share at both ends, never a part of a word or number: `1.2` against `1.30` differ in `2` and `30`. */
function sharedEnds(left: string, right: string): readonly [number, number] {
  const shorter = Math.min(left.length, right.length)
  let head = 0
  while (head < shorter && left[head] === right[head]) head += 1
  while (head > 0 && isInWord(left, head, right)) head -= 1
  let tail = 0
  while (tail < shorter - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1
  while (tail > 0 && isInWord(left, left.length - tail, right, right.length - tail)) tail -= 1
  return [head, tail]
}

const wordPart = /[\p{L}\p{N}\p{M}\p{Cs}]/u

function isInWord(left: string, at: number, right: string, rightAt = at): boolean {
  const touches = (text: string, index: number): boolean =>
    wordPart.test(text[index - 1] ?? '') && wordPart.test(text[index] ?? '')
  return touches(left, at) || touches(right, rightAt)
}

function toText(value: FieldValue): string {
  return displayLines(value)
    .map((line) => `${line}\n`)
    .join('')
}

function placeOf({ after }: Hunk): DiffBlock {
  return { tag: 'b', text: `line ${after}` }
}

function linesOf({ lines }: Hunk): readonly DiffBlock[] {
  return lines.map((line) => ({
    tag: tagOf(line),
    text: `${clip(line.text)}${line.unended ? ' (no line end)' : ''}`,
  }))
}

function tagOf({ mark }: DiffLine): DiffBlock['tag'] {
  return mark === '-' ? 'del' : mark === '+' ? 'ins' : 'span'
}

const longestLine = 2000

function clip(text: string): string {
  if (text.length <= longestLine) return text
  return `${text.slice(0, longestLine)}… (${countOf(text.length, 'character')})`
}

function toBlocks(lines: readonly DiffBlock[]): readonly DiffBlock[] {
  const runs: { readonly tag: DiffBlock['tag']; readonly lines: string[] }[] = []
  for (const { tag, text } of lines) {
    const line = `${marks[tag]}${text}`
    const last = runs.at(-1)
    if (last?.tag === tag) last.lines.push(line)
    else runs.push({ tag, lines: [line] })
  }
  return runs.map((run) => ({ tag: run.tag, text: run.lines.join('\n') }))
}

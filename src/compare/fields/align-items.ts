import { diffArrays } from 'diff'
import { isObjectValue } from '../../kubernetes/object-value.ts'
import type { FieldValue } from '../types.ts'
import { isList, isScalar, sameValue } from './field-value.ts'

/** An index before and one after; one of them is absent where an item goes or comes. */
export type ItemPair = readonly [before: number | undefined, after: number | undefined]

/** Beyond so many edits two lists have so little in common that their items are paired in order. */
const mostEdits = 2000
/** Beyond so many pairs items are not weighed against each other. */
const mostComparisons = 2500

/**
 * Pairs the items of two lists so that as many as possible are equal, and what lies between those as alike as possible: one
 * that is inserted does not make every later one a changed one. In order on both sides.
 */
export function alignItems(before: readonly FieldValue[], after: readonly FieldValue[]): readonly ItemPair[] {
  const [start, end] = equalEnds(before, after)
  const classes = toClasses(before.slice(start, before.length - end), after.slice(start, after.length - end))
  const parts: (readonly ItemPair[])[] = [equalPairs(0, 0, start)]
  let atBefore = start
  let atAfter = start
  for (const [runBefore, runAfter, count] of equalRuns(classes)) {
    const [toBefore, toAfter] = [start + runBefore, start + runAfter]
    parts.push(alignGap(before, after, [atBefore, toBefore, atAfter, toAfter]))
    parts.push(equalPairs(toBefore, toAfter, count))
    atBefore = toBefore + count
    atAfter = toAfter + count
  }
  const [endBefore, endAfter] = [before.length - end, after.length - end]
  parts.push(alignGap(before, after, [atBefore, endBefore, atAfter, endAfter]))
  parts.push(equalPairs(endBefore, endAfter, end))
  return parts.flat()
}

function equalPairs(before: number, after: number, count: number): readonly ItemPair[] {
  return range(count).map((index) => [before + index, after + index])
}

/** A number for each item; equal items of both lists have the same. */
export function toClasses(
  before: readonly FieldValue[],
  after: readonly FieldValue[],
): { readonly before: readonly number[]; readonly after: readonly number[] } {
  const buckets = new Map<string, { readonly value: FieldValue; readonly number: number }[]>()
  let count = 0
  const classOf = (value: FieldValue): number => {
    const outline = outlineOf(value)
    const bucket = buckets.get(outline) ?? []
    const known = bucket.find((other) => sameValue(other.value, value))
    if (known !== undefined) return known.number
    bucket.push({ value, number: count })
    buckets.set(outline, bucket)
    return count++
  }
  return { before: before.map(classOf), after: after.map(classOf) }
}

/** Equal values have equal outlines, and different ones hardly ever, unless they differ far down. */
function outlineOf(value: FieldValue, depth = 8): string {
  if (depth === 0) return ''
  if (isList(value)) return `[${value.map((item) => outlineOf(item, depth - 1)).join()}]`
  if (!isObjectValue(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${outlineOf(value[key], depth - 1)}`).join()}}`
}

function equalEnds(
  before: readonly FieldValue[],
  after: readonly FieldValue[],
): [start: number, end: number] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && sameValue(before[start], after[start])) start += 1
  let end = 0
  while (end < shorter - start && sameValue(before[before.length - 1 - end], after[after.length - 1 - end])) {
    end += 1
  }
  return [start, end]
}

/** `[index before, index after, count]` of what both have in the same order. */
function equalRuns(classes: {
  readonly before: readonly number[]
  readonly after: readonly number[]
}): readonly (readonly [number, number, number])[] {
  const runs: [number, number, number][] = []
  let [atBefore, atAfter] = [0, 0]
  const parts = diffArrays([...classes.before], [...classes.after], { maxEditLength: mostEdits })
  for (const { added, removed, count } of parts ?? []) {
    if (!added && !removed) runs.push([atBefore, atAfter, count])
    if (!added) atBefore += count
    if (!removed) atAfter += count
  }
  return runs
}

/** Pairs what lies between equal items, none of which is equal to one of the other side in order. */
function alignGap(
  before: readonly FieldValue[],
  after: readonly FieldValue[],
  [beforeStart, beforeEnd, afterStart, afterEnd]: readonly [number, number, number, number],
): readonly ItemPair[] {
  const rows = before.slice(beforeStart, beforeEnd)
  const columns = after.slice(afterStart, afterEnd)
  const pairs =
    rows.length * columns.length <= mostComparisons ? mostAlike(rows, columns) : inOrder(rows, columns)
  return pairs.map(([row, column]) => [
    row === undefined ? undefined : beforeStart + row,
    column === undefined ? undefined : afterStart + column,
  ])
}

function inOrder(before: readonly FieldValue[], after: readonly FieldValue[]): readonly ItemPair[] {
  return range(Math.max(before.length, after.length)).flatMap((index): readonly ItemPair[] => {
    const isPair = index < before.length && index < after.length && likeness(before[index], after[index]) > 0
    if (isPair) return [[index, index]]
    const alone: ItemPair[] = []
    if (index < before.length) alone.push([index, undefined])
    if (index < after.length) alone.push([undefined, index])
    return alone
  })
}

/** The alignment whose sum of likenesses is the largest; of equal ones the one that pairs earliest. */
function mostAlike(before: readonly FieldValue[], after: readonly FieldValue[]): readonly ItemPair[] {
  const width = after.length + 1
  const likenesses = before.flatMap((row) => after.map((column) => likeness(row, column)))
  /** Of what is left from this row and column on. */
  const best = new Array<number>((before.length + 1) * width).fill(0)
  const bestAt = (row: number, column: number): number => best[row * width + column] ?? 0
  const pairedAt = (row: number, column: number): number => {
    const like = likenesses[row * after.length + column] ?? 0
    return like === 0 ? -1 : like + bestAt(row + 1, column + 1)
  }
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      best[row * width + column] = Math.max(
        pairedAt(row, column),
        bestAt(row + 1, column),
        bestAt(row, column + 1),
      )
    }
  }
  const pairs: ItemPair[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    const inBoth = row < before.length && column < after.length
    if (inBoth && pairedAt(row, column) === bestAt(row, column)) pairs.push([row++, column++])
    else if (row < before.length && bestAt(row + 1, column) === bestAt(row, column))
      pairs.push([row++, undefined])
    else pairs.push([undefined, column++])
  }
  return pairs
}

/** 0: one did not become the other. */
function likeness(before: FieldValue, after: FieldValue): number {
  if (isObjectValue(before) && isObjectValue(after)) {
    const shared = Object.keys(before).filter((key) => Object.hasOwn(after, key))
    if (shared.length === 0) return 0
    return 1 + 4 * shared.filter((key) => sameValue(before[key], after[key])).length
  }
  if (typeof before === 'string' && typeof after === 'string') return flagOf(before) === flagOf(after) ? 5 : 1
  if (isList(before) && isList(after)) return 1
  return isScalar(before) && typeof before === typeof after ? 1 : 0
}

/** `--level` of `--level=info`. */
function flagOf(text: string): string {
  return text.split(/[=: ]/, 1)[0] ?? text
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

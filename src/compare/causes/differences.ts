import type { SourceDocument } from '../../source/types.ts'

export type DocumentPath = readonly (string | number)[]

/** Where two documents differ, as near as keys lead there; of lists, the first item that does. */
export interface Difference {
  readonly path: DocumentPath
  readonly change: 'added' | 'removed' | 'changed'
  /** Of two texts of several lines: UTF-16 offset of the first line that differs, in the one after. */
  readonly offset?: number
  readonly before?: unknown
  readonly after?: unknown
}

/** More than that, nobody reads. */
const mostDifferences = 8

/** How the parts of two documents at their paths differ; paths are those of the document that has the part. */
export function differencesBetween(
  before: SourceDocument,
  after: SourceDocument,
  paths: { readonly before: DocumentPath; readonly after: DocumentPath } = { before: [], after: [] },
): readonly Difference[] {
  const found: Difference[] = []
  const pending: Step[] = [
    { ...paths, was: valueAt(before.value, paths.before), is: valueAt(after.value, paths.after) },
  ]
  for (let next = pending.pop(); next && found.length < mostDifferences; next = pending.pop()) {
    const { was, is } = next
    if (was === is) continue
    if (isMap(was) && isMap(is)) pending.push(...stepsBelow(next, was, is))
    else if (Array.isArray(was) && Array.isArray(is)) pending.push(...firstItem(next, was, is))
    else found.push(toDifference(next))
  }
  return found
}

interface Step {
  readonly before: DocumentPath
  readonly after: DocumentPath
  readonly was: unknown
  readonly is: unknown
}

type JsonMap = Readonly<Record<string, unknown>>

/** The last one is looked at first. */
function stepsBelow({ before, after }: Step, was: JsonMap, is: JsonMap): Step[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .sort()
    .reverse()
    .map((key) => ({
      before: [...before, key],
      after: [...after, key],
      was: Object.hasOwn(was, key) ? was[key] : undefined,
      is: Object.hasOwn(is, key) ? is[key] : undefined,
    }))
}

function firstItem({ before, after }: Step, was: readonly unknown[], is: readonly unknown[]): Step[] {
  const length = Math.max(was.length, is.length)
  for (let index = 0; index < length; index++)
    if (JSON.stringify(was[index]) !== JSON.stringify(is[index])) {
      // What is put in or taken out in front moves the rest along.
      const isIn = is.length > was.length && JSON.stringify(is[index + 1]) === JSON.stringify(was[index])
      const isOut = was.length > is.length && JSON.stringify(was[index + 1]) === JSON.stringify(is[index])
      return [
        {
          before: [...before, index],
          after: [...after, index],
          was: isIn ? undefined : was[index],
          is: isOut ? undefined : is[index],
        },
      ]
    }
  return []
}

function toDifference({ before, after, was, is }: Step): Difference {
  if (is === undefined) return { path: before, change: 'removed', before: was }
  if (was === undefined) return { path: after, change: 'added', after: is }
  const offset = typeof was === 'string' && typeof is === 'string' ? lineOfDifference(was, is) : undefined
  return {
    ...{ path: after, change: 'changed', before: was, after: is },
    ...(offset !== undefined && { offset }),
  }
}

function lineOfDifference(before: string, after: string): number | undefined {
  if (!after.includes('\n')) return undefined
  let same = 0
  while (same < after.length && before[same] === after[same]) same += 1
  const start = after.lastIndexOf('\n', Math.min(same, after.length - 1) - 1) + 1
  const indent = /^[ \t]*/.exec(after.slice(start))?.[0].length ?? 0
  return start + indent
}

export function valueAt(value: unknown, path: DocumentPath): unknown {
  let at = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Readonly<Record<string | number, unknown>>)[step]
  }
  return at
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `spec.helmCharts[0].values` */
export function formatDocumentPath(path: DocumentPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '')
}

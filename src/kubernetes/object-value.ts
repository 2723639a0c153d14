import { canonicalJson } from './exact-json.ts'

/** An object as it is read; numbers beyond 53 bits are raw JSON. */
export type ObjectValue = Readonly<Record<string, unknown>>

/** What lies at the end of a path of names; undefined where there is nothing. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const step of path) {
    if (!isObjectValue(found) || !Object.hasOwn(found, step)) return undefined
    found = found[step]
  }
  return found
}

/** Neither a list nor a number that is raw JSON, which is an object too. */
export function isObjectValue(value: unknown): value is ObjectValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
}

/** A number that a double cannot hold (`parseExactJson`). */
export function isRawNumber(value: unknown): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value)
}

/** Equal as the API server sees it: null and what is empty count as absent, the order of names does not count. */
export function isSameValue(a: unknown, b: unknown): boolean {
  return a === b || (!(isScalar(a) && isScalar(b)) && text(a) === text(b))
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function text(value: unknown): string {
  const rest = withoutEmpty(value)
  return rest === undefined ? '' : canonicalJson(rest)
}

function withoutEmpty(value: unknown): unknown {
  if (value === null) return undefined
  // Items keep their places: an empty one is still one.
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((item) => withoutEmpty(item) ?? null)
  if (!isObjectValue(value)) return value
  const members = Object.entries(value)
    .map(([key, member]) => [key, withoutEmpty(member)] as const)
    .filter(([, member]) => member !== undefined)
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

/** Nesting that nobody writes by hand and no kind has: deeper objects would end whoever walks them by calling himself. */
export const deepestNesting = 256

/** Whether maps and lists stand in each other more than `deepestNesting` times. Walks without calling itself. */
export function isNestedTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value]
  for (let depth = 0; depth <= deepestNesting; depth += 1) {
    level = level.flatMap((one): readonly unknown[] =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    )
    if (level.length === 0) return false
  }
  return true
}

/** JSON texts whose numbers stay as they were written, beyond 53 bits too (decision 24). */

interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown
  rawJSON(text: string): unknown
}

const exact = JSON as unknown as ExactJson

/**
 * A number of at least 16 digits or with an exponent: no other is whole and beyond a double. It may be found inside of a
 * string too, which only costs time.
 */
const maybeWide = /(?:^|[:[,\s])-?(?:\d{16}|\d+(?:\.\d+)?[eE]\+?\d)/

/** Parses; whole numbers that a double cannot hold become raw JSON, which `JSON.stringify` prints as it was. */
export function parseExactJson(text: string): unknown {
  // Looking at each value takes ten times as long as parsing, and hardly any answer of a cluster needs it.
  if (!maybeWide.test(text)) return JSON.parse(text)
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' &&
    Number.isInteger(value) &&
    !Number.isSafeInteger(value) &&
    source !== undefined
      ? exact.rawJSON(source)
      : value,
  )
}

/** Keys sorted at every level, no white space: equal values are equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || isRaw(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

function isRaw(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: object): boolean }).isRawJSON(value)
}

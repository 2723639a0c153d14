/** Reads JSON so that printing it again keeps each number's text: `1.0` and 12345678901234567890 stay what they are. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value
    return String(value) === context.source ? value : rawJson(context.source)
  })
}

/** V8 has it since Node 21; TypeScript's library does not know it yet. */
function rawJson(source: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source)
}

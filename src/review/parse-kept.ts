import type { z } from 'zod'

/**
 * A JSON text that was kept or printed → what it says, by its schema; undefined where there is none, and for what is no such
 * text: another version may have written it. Pure.
 */
export function parseKept<Schema extends z.ZodType>(
  schema: Schema,
  text: string | undefined,
): z.infer<Schema> | undefined {
  if (text === undefined) return undefined
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

import { z } from 'zod'
import { parseKept } from '../../review/review.ts'

const note = z.object({
  digest: z.string(),
  rendered: z.string().optional(),
  /** Commit that comes to what the rendered branch was left at; the branch names an earlier one that came to the same. */
  source: z.string().optional(),
})

/** What the last compile of a branch depended on, and the commit that it left the rendered branch at. */
export type CompiledNote = Readonly<z.infer<typeof note>>

export function formatCompiled(compiled: CompiledNote): string {
  return JSON.stringify(compiled)
}

/** Undefined for what is none: then it is compiled again. */
export function parseCompiled(text: string | undefined): CompiledNote | undefined {
  return parseKept(note, text)
}

import { z } from 'zod'

/** A stretch of a file, as `--output json` gives it. */
export const placeOutput = z
  .object({
    file: z.string().describe('Path from the root of the repository.'),
    line: z.int().describe('1-based.'),
    column: z.int().describe('1-based, in UTF-16 code units.'),
    endLine: z.int(),
    endColumn: z.int().describe('Exclusive.'),
  })
  .describe('A stretch of a file.')

export const diagnosticOutput = z
  .object({
    code: z.string().describe('Stable, documented in docs/reference/diagnostics.md.'),
    severity: z.enum(['error', 'warning', 'note']),
    holds: z
      .enum(['nothing', 'unit', 'cluster', 'all'])
      .describe('What stays on the rendered branch as it was.'),
    message: z.string(),
    place: placeOutput.optional(),
    cluster: z.string().optional().describe('`<namespace>/<name>`.'),
    unit: z.string().optional(),
    hint: z.string().optional().describe('What to do next.'),
    related: z.array(z.object({ message: z.string(), place: placeOutput })),
    fix: z.object({ place: placeOutput, text: z.string() }).optional().describe('Exact replacement.'),
  })
  .describe('A fault in what the user wrote, or something to know.')

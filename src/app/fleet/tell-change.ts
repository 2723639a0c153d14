import { z } from 'zod'
import type { Log } from '../types.ts'

const text = z.string().transform((value) => value.slice(0, 200))

/** A line of `fleetwright observe --watch`, as far as a log needs it. */
const line = z.object({
  cluster: text,
  change: text,
  object: text.optional(),
  from: text.optional(),
  to: text.optional(),
  reason: text.optional(),
  unit: text.optional(),
  status: text.optional(),
})

/** What a child says that changed, into the log. */
export function tellChange(log: Log, written: string): void {
  const change = tryParse(written)
  if (change !== undefined) log.info('cluster-changed', change)
}

function tryParse(written: string): z.infer<typeof line> | undefined {
  try {
    return line.safeParse(JSON.parse(written)).data
  } catch {
    return undefined
  }
}

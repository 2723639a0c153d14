import { z } from 'zod'
import { parseKept } from '../../review/review.ts'
import { unsaidKey, unsaidPrefix } from './state-keys.ts'
import type { WorkContext } from './work-context.ts'

const note = z.object({
  /** Of all that it depends on: said of anything else, it would be wrong. */
  digest: z.string(),
  /** Of the check that was written (`Check.run`). */
  run: z.number(),
  /** No longer than a comment may be. */
  text: z.string(),
  isEmpty: z.boolean(),
})

/** What a comment is to say whose check stands: saying it later needs no compile. */
export type UnsaidComment = Readonly<z.infer<typeof note>>

/** Undefined where nothing is left to say of this digest. */
export async function readUnsaid(
  { ports, repository }: WorkContext,
  { pullRequest, digest }: { readonly pullRequest: number; readonly digest: string },
): Promise<UnsaidComment | undefined> {
  const kept = parseKept(note, await ports.state.get(unsaidKey(repository, pullRequest)))
  return kept?.digest === digest ? kept : undefined
}

export function formatUnsaid(unsaid: UnsaidComment): string {
  return JSON.stringify(unsaid)
}

/** Numbers of pull requests, closed ones too. */
export async function listUnsaid({ ports, repository }: WorkContext): Promise<ReadonlySet<number>> {
  const prefix = unsaidPrefix(repository)
  return new Set([...(await ports.state.list(prefix)).keys()].map((key) => Number(key.slice(prefix.length))))
}

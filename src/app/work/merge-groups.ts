import { z } from 'zod'
import { parseKept } from '../../review/review.ts'
import type { MergeGroupWork } from '../../review/types.ts'
import { groupsPrefix } from './state-keys.ts'
import type { WorkContext } from './work-context.ts'

/** A queue waits for hours at most, and who asks again does so while the reason for it is young. */
const keptMs = 7 * 24 * 3_600_000

const note = z.object({ base: z.string(), at: z.number() })

/** Remembers what a merge group goes onto, for whoever asks for its check again. */
export async function noteGroup(
  { ports, repository }: WorkContext,
  { head, base }: Pick<MergeGroupWork, 'head' | 'base'>,
): Promise<void> {
  const text = JSON.stringify({ base, at: ports.now() } satisfies z.infer<typeof note>)
  await ports.state.put(new Map([[`${groupsPrefix(repository)}${head}`, text]]))
}

/** Bases of merge groups by head; those that are too old are forgotten. */
export async function readGroups({ ports, repository }: WorkContext): Promise<ReadonlyMap<string, string>> {
  const prefix = groupsPrefix(repository)
  const kept = await ports.state.list(prefix)
  const bases = new Map<string, string>()
  const old: string[] = []
  for (const [key, text] of kept) {
    const group = parseKept(note, text)
    if (group === undefined || ports.now() - group.at > keptMs) old.push(key)
    else bases.set(key.slice(prefix.length), group.base)
  }
  if (old.length > 0) await ports.state.put(new Map(old.map((key) => [key, undefined])))
  return bases
}

import { z } from 'zod'
import type { SaidComment } from '../../review/conversation-port.ts'
import { parseKept, type ParsedCommand } from '../../review/review.ts'
import { refusedKey } from '../work/state-keys.ts'
import type { WorkContext } from '../work/work-context.ts'

/** By who was refused what (`nameRefusal`). */
const refusals = z.record(z.string(), z.object({ at: z.number(), comment: z.number() }))
type Refusals = z.infer<typeof refusals>

/** Who was refused is not heard again for so long, below the same pull request: whatever he says would cost requests. */
const silenceMs = 10 * 60_000
const mostKept = 100

/**
 * Whether the author was told a moment ago that he may not give this command, or none at all. What is looked at once more,
 * since its work was cut off, is not said again.
 */
export async function wasRefusedBefore(
  context: WorkContext,
  comment: SaidComment,
  { name }: ParsedCommand,
): Promise<boolean> {
  const known = await readRefusals(context, comment)
  return [nameRefusal(comment), nameRefusal(comment, name)].some((refused) => {
    const before = known[refused]
    return before !== undefined && before.comment !== comment.id
  })
}

/** Without a command: he may give none at all. */
export async function noteRefusal(
  context: WorkContext,
  comment: SaidComment,
  command?: ParsedCommand,
): Promise<void> {
  const name = nameRefusal(comment, command?.name)
  const { [name]: _known, ...others } = await readRefusals(context, comment)
  const kept = Object.entries(others)
    .sort(([, a], [, b]) => a.at - b.at)
    .slice(1 - mostKept)
  const noted: Refusals = {
    ...Object.fromEntries(kept),
    [name]: { at: context.ports.now(), comment: comment.id },
  }
  const key = refusedKey(context.repository, comment.pullRequest)
  await context.ports.state.put(new Map([[key, JSON.stringify(noted)]]))
}

/** GitHub tells logins apart without regard to case. */
function nameRefusal({ author }: SaidComment, command = 'all'): string {
  return `${author.toLowerCase()} ${command}`
}

/** Those that count still. */
async function readRefusals(
  { ports, repository }: WorkContext,
  { pullRequest }: SaidComment,
): Promise<Refusals> {
  const known = parseKept(refusals, await ports.state.get(refusedKey(repository, pullRequest)))
  const since = ports.now() - silenceMs
  return Object.fromEntries(Object.entries(known ?? {}).filter(([, { at }]) => at > since))
}

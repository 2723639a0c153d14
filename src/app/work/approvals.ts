import { z } from 'zod'
import type { RepositoryId } from '../../review/types.ts'
import type { AppPorts } from '../types.ts'
import { approvalsPrefix } from './state-keys.ts'

const written = z.object({
  digest: z.string().regex(/^[0-9a-f]{16}$/),
  by: z.string(),
  at: z.iso.datetime(),
  via: z.enum(['check', 'comment']),
})

/** Somebody who may lets the compile delete what the tree of this digest deletes. */
export type Approval = Readonly<z.infer<typeof written>>

type Means = Pick<AppPorts, 'state' | 'now'>

/** So that nobody is surprised by what somebody wanted long ago. */
const lifetimeMs = 30 * 24 * 3_600_000

/** Those that count, by digest. */
export async function listApprovals(
  { state, now }: Means,
  repository: RepositoryId,
): Promise<ReadonlyMap<string, Approval>> {
  const kept = [...(await state.list(approvalsPrefix(repository))).values()]
  return new Map(
    kept.flatMap((text) => {
      const approval = tryParse(text)
      const counts = approval !== undefined && Date.parse(approval.at) + lifetimeMs > now()
      return counts ? [[approval.digest, approval] as const] : []
    }),
  )
}

/** Keeps the first approval of a digest, and throws away those that are too old. */
export async function recordApproval(
  means: Means,
  repository: RepositoryId,
  { digest, by, via }: Omit<Approval, 'at'>,
): Promise<void> {
  const prefix = approvalsPrefix(repository)
  const counting = await listApprovals(means, repository)
  const old = [...(await means.state.list(prefix)).keys()].filter(
    (key) => !counting.has(key.slice(prefix.length)),
  )
  const changes = new Map<string, string | undefined>(old.map((key) => [key, undefined]))
  const at = new Date(means.now()).toISOString()
  if (!counting.has(digest)) changes.set(`${prefix}${digest}`, JSON.stringify({ digest, by, at, via }))
  if (changes.size > 0) await means.state.put(changes)
}

function tryParse(text: string): Approval | undefined {
  try {
    return written.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Installations } from '../../review/installations-port.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { Visitors } from '../../review/visitors-port.ts'

export interface AccessOptions {
  readonly visitors: Pick<Visitors, 'look'>
  readonly installations: Pick<Installations, 'find'>
  readonly now: () => number
}

/** The repository, where its reader may see it and the app works for it. */
export type Access = RepositoryId | 'hidden' | 'signed-out'

/** Who was let in, or not, is asked about again after this. */
const keptMs = 60_000
const mostKept = 10_000

/**
 * Whether somebody may read a repository that the app is installed in: by GitHub's word, with the visitor's own token. Throws
 * ReviewerError where GitHub does not say.
 */
export function createVisitorAccess({
  visitors,
  installations,
  now,
}: AccessOptions): (token: string, owner: string, name: string) => Promise<Access> {
  const known = new LRUCache<string, { readonly at: number; readonly access: Promise<Access> }>({
    max: mostKept,
  })
  const ask = async (token: string, owner: string, name: string): Promise<Access> => {
    // First what costs the visitor's own requests: strangers spend none of the app's.
    const seen = await visitors.look(token, owner, name)
    if (typeof seen === 'string') return seen
    return (await installations.find(seen.owner, seen.name)) ?? 'hidden'
  }
  return (token, owner, name) => {
    const key = createHash('sha256')
      .update(JSON.stringify([token, owner.toLowerCase(), name.toLowerCase()]))
      .digest('hex')
    const found = known.get(key)
    if (found && now() - found.at < keptMs) return found.access
    const access = ask(token, owner, name)
    known.set(key, { at: now(), access })
    const forget = (): void => {
      if (known.peek(key)?.access === access) known.delete(key)
    }
    // What was not answered is asked again; so is who signs in again.
    access.then((answer) => answer === 'signed-out' && forget(), forget)
    return access
  }
}

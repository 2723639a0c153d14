import type { RepositoryEntry } from '../../source/repository-reader-port.ts'
import type { Revision } from '../../source/types.ts'
import { listTree, readRevision } from './commit-reader.ts'
import { runGit } from './git-process.ts'

/**
 * The commit that a work tree is checked out at, where every file of it is that of the commit, byte for byte, and there is
 * none beside them: then folder and commit are one and the same. Undefined anywhere else. By ids and not by `git status`,
 * which calls a tree clean whose line ends or filters make other bytes of it.
 */
export async function tryReadCleanHead(
  folder: string,
  entries: readonly RepositoryEntry[],
): Promise<Revision | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--show-prefix', 'HEAD^{commit}']
  const head = await runGit({ folder, args }).catch(() => undefined)
  const [prefix, commit] = head?.stdout.toString().split('\n') ?? []
  // Below the root, folder and commit have other paths.
  if (head?.exitCode !== 0 || prefix !== '' || commit === undefined) return undefined
  const committed = await listTree(folder, commit, true)
  const isSame =
    committed.length === entries.length &&
    committed.every(({ path, type, id }, index) => {
      const entry = entries[index]
      return entry?.path === path && entry.type === type && entry.id === id
    })
  return isSame ? readRevision(folder, commit) : undefined
}

import { rm } from 'node:fs/promises'
import { assert, EnvironmentError } from '../../../diagnostics/errors.ts'
import type { GitRemote, WorkingRepository } from '../../../review/repositories-port.ts'
import type { RepositoryId } from '../../../review/types.ts'
import { createRemotePlace } from '../branch-place.ts'
import type { GitResult } from '../git-process.ts'
import { onDisk } from './disk-failure.ts'
import { isCommitId } from './fetch-refs.ts'
import { createKeptFetch } from './kept-fetch.ts'
import type { ParentGit } from './parent-git.ts'
import type { Store } from './store.ts'

export interface WorkingRepositoryOptions {
  readonly repository: RepositoryId
  readonly remote: GitRemote
  readonly folder: string
  readonly childEnvironment: Readonly<Record<string, string>>
  readonly git: ParentGit
  readonly store: Store
  /** For a folder of objects that nobody works with. */
  readonly gitIn: (folder: string) => ParentGit
  /** Where the objects are kept. */
  readonly kept: string
  /** Ends what `open` began. */
  readonly onClose: () => Promise<void>
}

/** Work on one repository, whose objects are kept elsewhere and may turn out to be damaged. */
export function createWorkingRepository(options: WorkingRepositoryOptions): WorkingRepository {
  const { repository, remote, folder, childEnvironment, git, gitIn, store, kept, onClose } = options
  const history = createKeptFetch({ repository, url: remote.url, folder, git, store, kept })

  /** Once more, when it failed on objects that a fresh clone would not have so. */
  async function repairing<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await onDisk(`work in ${remote.url}`, work)
    } catch (error) {
      if (!(error instanceof EnvironmentError) || !(await history.isDamaged())) throw error
      await history.startAnew()
      return onDisk(`work in ${remote.url}`, work)
    }
  }

  async function run(
    args: readonly string[],
    { codes = [0], input }: { readonly codes?: readonly number[]; readonly input?: string } = {},
  ): Promise<GitResult> {
    const result = await git.gated(args, input)
    if (codes.includes(result.exitCode)) return result
    throw git.failed(args[0] ?? '', result, `run git in ${remote.url}`)
  }

  return {
    folder,
    childEnvironment,
    async fetch(wanted) {
      for (const name of wanted) assert(isFetchable(name), `${name} is no name of a ref`)
      return repairing(() => history.fetch([...new Set(wanted)]))
    },
    fileId: (commit, path) =>
      repairing(async () => {
        assert(isCommitId(commit), `${commit} is no commit`)
        const args = ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', commit, '--', path]
        const { stdout } = await run(args)
        return /^100\d{3} blob ([0-9a-f]+)\t/.exec(stdout.toString())?.[1]
      }),
    push: ({ branch, commit, expected }) =>
      repairing(async () => {
        const place = createRemotePlace(folder, 'origin', (_folder, args) => git.remote(args))
        const isMoved = await place.move(branch, { base: expected, commit })
        return isMoved ? 'pushed' : 'moved'
      }),
    git: (args, callOptions) =>
      repairing(async () => {
        const { exitCode, stdout } = await run(args, callOptions)
        return { exitCode, stdout: stdout.toString() }
      }),
    async close() {
      await onClose()
      await onDisk(`close ${remote.url}`, async () => {
        await remove(folder)
        await store.tidy(repository, (path) => consolidate(gitIn(path)))
      })
    },
  }
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 })
}

/** As git has names of refs: nothing in them that git reads as more than a name. */
function isFetchable(name: string): boolean {
  if (isCommitId(name)) return true
  return /^refs\/[^\s~^:?*[\\\p{Cc}]+$/u.test(name) && !/\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[/.]$/.test(name)
}

/** Many packs to one. False when they cannot be read, which is as good as damaged. */
async function consolidate(git: ParentGit): Promise<boolean> {
  const repacked = await git.local(['repack', '-a', '-d', '--quiet'])
  if (repacked.exitCode !== 0) return false
  const pruned = await git.local(['prune', '--expire=now', '--exclude-promisor-objects'])
  return pruned.exitCode === 0
}

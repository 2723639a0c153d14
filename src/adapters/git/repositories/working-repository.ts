import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, EnvironmentError } from '../../../diagnostics/errors.ts'
import type { GitRemote, WorkingRepository } from '../../../review/repositories-port.ts'
import type { RepositoryId } from '../../../review/types.ts'
import { createRemotePlace } from '../branch-place.ts'
import type { GitResult } from '../git-process.ts'
import { writeBareFolder } from './bare-folder.ts'
import { fetchRefs, isCommitId, type WantedRef } from './fetch-refs.ts'
import type { ParentGit } from './parent-git.ts'
import type { Store } from './store.ts'
import { readTips, writeTips } from './tips.ts'

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

/** Refs of this program, beside those that the work sees. */
const commitRefs = 'refs/fleetwright/commits/'
const keptRefs = 'refs/fleetwright/kept/'

/** Work on one repository, whose objects are kept elsewhere and may turn out to be damaged. */
export function createWorkingRepository(options: WorkingRepositoryOptions): WorkingRepository {
  const { repository, remote, folder, childEnvironment, git, gitIn, store, onClose } = options
  let { kept } = options
  /** By name, as it was fetched: what has to be there again after a repair. */
  const fetched = new Map<string, string>()
  let isSeeded = false

  async function fetchOnce(wanted: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const tips = await readTips(kept)
    // The first of several brings everything, and the others what came since.
    if (tips.size === 0) return store.fillAlone(repository, () => fetchFrom(wanted))
    return fetchFrom(wanted)
  }

  async function fetchFrom(wanted: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const tips = await readTips(kept)
    if (!isSeeded) await writeTips(folder, renamed(tips, 'refs/', keptRefs))
    isSeeded = true
    const present = await presentCommits(git, wanted.filter(isCommitId))
    const asked = wanted.filter((name) => !present.has(name)).map(toWantedRef)
    const missing = await fetchRefs(git, asked, remote.url)
    const found = await readRefs(
      git,
      asked.filter(({ name }) => !missing.has(name)),
    )
    for (const id of present) found.set(id, id)
    await keepTips(kept, tips, { found, missing })
    return found
  }

  async function isDamaged(): Promise<boolean> {
    // As a clone that was just made would not end.
    const args = ['fsck', '--connectivity-only', '--no-dangling', '--no-progress']
    return (await git.local(args)).exitCode !== 0
  }

  /** Starts from objects that nobody damaged, with the refs that were there. */
  async function startAnew(): Promise<void> {
    await store.retire(kept)
    await Promise.all(['refs', 'packed-refs', 'HEAD'].map((name) => remove(join(folder, name))))
    await writeBareFolder(folder, remote.url)
    kept = await store.attach(repository, folder, remote.url)
    isSeeded = false
    const names = [...fetched].map(([name, id]): WantedRef => ({ ...toWantedRef(name), name: id }))
    if (names.length === 0) return
    await store.fillAlone(repository, async () => {
      await fetchRefs(git, names, remote.url)
      await keepTips(kept, await readTips(kept), { found: fetched, missing: new Set() })
    })
  }

  async function repairing<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof EnvironmentError) || !(await isDamaged())) throw error
      await startAnew()
      return work()
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
      const found = await repairing(() => fetchOnce([...new Set(wanted)]))
      for (const [name, id] of found) fetched.set(name, id)
      return found
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
      await remove(folder)
      await store.tidy(repository, (path) => consolidate(gitIn(path)))
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

function toWantedRef(name: string): WantedRef {
  return { name, ref: isCommitId(name) ? commitRefs + name : name }
}

/** What is there is there with its history: packs come whole or not at all. */
async function presentCommits(git: ParentGit, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const { stdout } = await git.local(['cat-file', '--batch-check'], `${ids.join('\n')}\n`)
  const lines = stdout.toString().split('\n')
  return new Set(ids.filter((id) => lines.some((line) => line.startsWith(`${id} commit `))))
}

async function readRefs(git: ParentGit, wanted: readonly WantedRef[]): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map()
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', ...wanted.map(({ ref }) => ref)]
  const result = await git.local(args)
  if (result.exitCode !== 0) throw git.failed('for-each-ref', result, 'read what was fetched')
  const lines = result.stdout.toString().split('\n')
  const ids = new Map(
    lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
  )
  return new Map(
    wanted.flatMap(({ name, ref }): [string, string][] => {
      const id = ids.get(ref)
      return id === undefined ? [] : [[name, id]]
    }),
  )
}

function renamed(refs: ReadonlyMap<string, string>, from: string, to: string): ReadonlyMap<string, string> {
  return new Map([...refs].map(([ref, id]) => [to + ref.slice(from.length), id]))
}

/** So that the next fetch need not bring what is there. Branches only: of pull requests there are ever more. */
async function keepTips(
  kept: string,
  tips: ReadonlyMap<string, string>,
  { found, missing }: { found: ReadonlyMap<string, string>; missing: ReadonlySet<string> },
): Promise<void> {
  const branches = [...found].filter(([name]) => name.startsWith('refs/heads/'))
  const next = new Map([...[...tips].filter(([name]) => !missing.has(name)), ...branches])
  const isSame = next.size === tips.size && [...next].every(([name, id]) => tips.get(name) === id)
  if (!isSame) await writeTips(kept, next)
}

/** Many packs to one. False when they cannot be read, which is as good as damaged. */
async function consolidate(git: ParentGit): Promise<boolean> {
  const repacked = await git.local(['repack', '-a', '-d', '--quiet'])
  if (repacked.exitCode !== 0) return false
  const pruned = await git.local(['prune', '--expire=now', '--exclude-promisor-objects'])
  return pruned.exitCode === 0
}

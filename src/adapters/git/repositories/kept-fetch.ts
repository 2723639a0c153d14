import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../../../diagnostics/errors.ts'
import type { RepositoryId } from '../../../review/types.ts'
import { writeBareFolder } from './bare-folder.ts'
import { fetchRefs, isCommitId, type WantedRef } from './fetch-refs.ts'
import type { ParentGit } from './parent-git.ts'
import type { Store } from './store.ts'
import { readTips, writeTips } from './tips.ts'

/** Fetches into a working repository, so that what was fetched for others need not come again. */
export interface KeptFetch {
  /** By name of what was wanted. */
  fetch(wanted: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Whether what is kept cannot be what a fresh clone would be. */
  isDamaged(): Promise<boolean>
  /** Leaves the objects as they are to others, and starts with new ones, with everything that was fetched before. */
  startAnew(): Promise<void>
}

export interface KeptFetchOptions {
  readonly repository: RepositoryId
  readonly url: string
  /** The working repository. */
  readonly folder: string
  readonly git: ParentGit
  readonly store: Store
  /** Where the objects are kept. */
  readonly kept: string
}

/** Refs of this program, beside those that the work sees. */
const commitRefs = 'refs/fleetwright/commits/'
const keptRefs = 'refs/fleetwright/kept/'

export function createKeptFetch(options: KeptFetchOptions): KeptFetch {
  const { repository, url, folder, git, store } = options
  let { kept } = options
  /** By name, as it was when it was fetched. */
  const fetched = new Map<string, string>()
  let isSeeded = false

  async function isDamaged(): Promise<boolean> {
    const args = ['fsck', '--connectivity-only', '--no-dangling', '--no-progress']
    return (await git.local(args)).exitCode !== 0
  }

  async function fetchFrom(wanted: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const tips = await readTips(kept)
    if (!isSeeded) await writeTips(folder, withPrefix(tips))
    isSeeded = true
    const present = await presentCommits(git, [...tips.values(), ...wanted.filter(isCommitId)])
    if ([...tips.values()].some((tip) => !present.has(tip))) throw damaged(url)
    const asked = wanted.filter((name) => !present.has(name)).map(toWantedRef)
    const missing = await fetchRefs(git, asked, url)
    // What is damaged here cannot be taken in either, and is not missing there.
    if ([...missing].some(isCommitId) && (await isDamaged())) throw damaged(url)
    const found = await readRefs(
      git,
      asked.filter(({ name }) => !missing.has(name)),
    )
    for (const name of wanted) if (present.has(name)) found.set(name, name)
    await keepTips(kept, tips, { found, missing })
    return found
  }

  return {
    async fetch(wanted) {
      // The first of several brings everything, and the others what came since.
      const isFirst = (await readTips(kept)).size === 0
      const found = isFirst
        ? await store.fillAlone(repository, () => fetchFrom(wanted))
        : await fetchFrom(wanted)
      for (const [name, id] of found) fetched.set(name, id)
      return found
    },
    isDamaged,
    async startAnew() {
      await store.retire(kept)
      const own = ['refs', 'packed-refs', 'HEAD'].map((name) => join(folder, name))
      await Promise.all(own.map((path) => rm(path, { recursive: true, force: true })))
      await writeBareFolder(folder, url)
      kept = await store.attach(repository, folder, url)
      isSeeded = false
      // By id: what the work has seen of a branch must not change under it.
      const refs = [...fetched].map(([name, id]): WantedRef => ({ ...toWantedRef(name), name: id }))
      if (refs.length === 0) return
      await store.fillAlone(repository, async () => {
        await fetchRefs(git, refs, url)
        await keepTips(kept, await readTips(kept), { found: fetched, missing: new Set() })
      })
    },
  }
}

function damaged(url: string): EnvironmentError {
  return new EnvironmentError({
    ...{ adapter: 'git', operation: `fetch from ${url}`, retryable: true },
    message: 'the objects that are kept are damaged',
  })
}

function toWantedRef(name: string): WantedRef {
  return { name, ref: isCommitId(name) ? commitRefs + name : name }
}

/** Where git finds them when it says what it has, and where they are no branches of the work. */
function withPrefix(tips: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...tips].map(([ref, id]) => [keptRefs + ref.slice('refs/'.length), id]))
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

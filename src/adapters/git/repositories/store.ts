import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { assert } from '../../../diagnostics/errors.ts'
import type { RepositoryId } from '../../../review/types.ts'
import { linkObjects, writeBareFolder } from './bare-folder.ts'
import {
  listGenerations,
  listKept,
  listUsed,
  makeGeneration,
  noteSize,
  pathOf,
  removeEmpty,
  retire,
  touch,
} from './generations.ts'
import { checkPacks, removeLeftOvers, type PackState } from './pack-check.ts'
import { tryLock, withLock } from './process-lock.ts'

/**
 * Objects of repositories, kept on disk and shared by processes of this machine.
 *
 *     kept/<installation>/<owner>/<name>.git/<generation>/   a bare repository each; the newest that is not retired counts
 *     work/<process>/<random>.git/                           refs of one piece of work; `objects` is a link into a generation
 *     locks/                                                 one for each repository
 *
 * A generation is in use while the link of a living process leads there. Nothing that is in use is taken away: what is
 * damaged or unwanted is retired, which keeps others from starting with it, and goes with the last that uses it.
 */
export interface Store {
  /** Links a working folder to the objects that are kept, with nothing in them when none are. Gives their folder. */
  attach(repository: RepositoryId, workingFolder: string, url: string): Promise<string>
  /** Those that use it go on; nobody starts with it again. */
  retire(kept: string): Promise<void>
  /** All generations of a repository. */
  forget(repository: RepositoryId): Promise<void>
  /** A folder for one piece of work, that goes with the process. */
  createWorkingFolder(): Promise<string>
  /**
   * After the last use of something by this work: takes away what is retired and unused, and then the least recently used, until
   * what is kept is within its bound. `consolidate` is called where there are many packs and nobody uses them.
   */
  tidy(repository: RepositoryId, consolidate: Consolidate): Promise<void>
  /** Does something alone, while others may use what is kept. */
  fillAlone<Value>(repository: RepositoryId, work: () => Promise<Value>): Promise<Value>
}

export interface StoreOptions {
  readonly folder: string
  readonly maxBytes: number
  readonly now: () => number
  /** More packs than this are put together. */
  readonly maxPacks: number
}

/** So many single objects slow git down as one more pack does. */
const loosePerPack = 100

/** A file that is locked while its process lives. */
const aliveName = 'alive.lock'

interface Places {
  readonly kept: string
  readonly work: string
  readonly locks: string
  readonly gone: string
}

type Consolidate = (kept: string) => Promise<boolean>

export async function createStore(options: StoreOptions): Promise<Store> {
  const { folder, now } = options
  const [kept = '', work = '', locks = '', gone = ''] = ['kept', 'work', 'locks', 'gone'].map((name) =>
    join(folder, name),
  )
  const places: Places = { kept, work, locks, gone }
  await Promise.all([kept, locks, gone].map((path) => mkdir(path, { recursive: true })))
  const own = await createOwnFolder(places)
  await empty(gone)
  const placeOf = (repository: RepositoryId): string => join(kept, pathOf(repository))
  return {
    attach: (repository, working, url) =>
      alone(places, placeOf(repository), async (place) => {
        const path = await chooseGeneration(place, now())
        await writeBareFolder(path, url)
        await linkObjects(working, join(path, 'objects'))
        await touch(path, now())
        return path
      }),
    retire,
    forget: (repository) =>
      alone(places, placeOf(repository), async (place) => {
        for (const { path } of await listGenerations(place)) await retire(path)
        await removeRetired(places, place)
      }),
    async createWorkingFolder() {
      const working = join(own.folder, `${randomUUID()}.git`)
      await mkdir(working)
      return working
    },
    async tidy(repository, consolidate) {
      await alone(places, placeOf(repository), async (place) => {
        await removeRetired(places, place)
        for (const { path } of await listGenerations(place))
          await tidyOne(places, path, { ...options, consolidate })
      })
      await evict(places, options)
    },
    fillAlone: (repository, fill) => alone(places, `${placeOf(repository)}#fill`, fill),
  }
}

/** Until this process ends: who forgets it lets the lock go, for what holds it is then collected as garbage. */
interface OwnFolder {
  readonly folder: string
  readonly release: () => void
}

/** Holds what is this process's own; what others left that died is taken away. */
async function createOwnFolder({ work, locks }: Places): Promise<OwnFolder> {
  const folder = join(work, randomUUID())
  return withLock(join(locks, 'work.lock'), async () => {
    for (const name of await readdir(work).catch(() => [])) {
      const release = tryLock(join(work, name, aliveName))
      if (release === undefined) continue
      release()
      await rm(join(work, name), { recursive: true, force: true, maxRetries: 3 })
    }
    await mkdir(folder, { recursive: true })
    const release = tryLock(join(folder, aliveName))
    assert(release, 'a folder of this process alone is locked by another one')
    return { folder, release }
  })
}

/** Files of the locks stay: to take one away from under somebody who waits for it would be two locks. */
function alone<Value>(
  { locks }: Places,
  place: string,
  work: (place: string) => Promise<Value>,
): Promise<Value> {
  const name = createHash('sha256').update(place).digest('hex').slice(0, 32)
  return withLock(join(locks, `${name}.lock`), () => work(place))
}

/** The newest that is whole as far as can be seen, or a new one. */
async function chooseGeneration(place: string, now: number): Promise<string> {
  const current = (await listGenerations(place)).findLast(({ isRetired }) => !isRetired)?.path
  if (current !== undefined) {
    await makeGeneration(current)
    if ((await checkPacks(join(current, 'objects'), now)).isWhole) return current
    await retire(current)
  }
  const name = `${now.toString(36).padStart(10, '0')}-${randomUUID().slice(0, 8)}`
  await makeGeneration(join(place, name))
  return join(place, name)
}

async function removeRetired(places: Places, place: string): Promise<void> {
  const used = await listUsed(places.work)
  for (const { path, isRetired } of await listGenerations(place))
    if (isRetired && !used.has(path)) await remove(places, path)
  await removeEmpty(place)
}

/** In one step, so that nobody finds half of it. */
async function remove({ gone }: Places, path: string): Promise<void> {
  const last = join(gone, randomUUID())
  await rename(path, last)
  await rm(last, { recursive: true, force: true, maxRetries: 3 })
}

async function empty(folder: string): Promise<void> {
  const names = await readdir(folder)
  const options = { recursive: true, force: true, maxRetries: 3 } as const
  await Promise.all(names.map((name) => rm(join(folder, name), options)))
}

async function tidyOne(
  places: Places,
  path: string,
  { now, maxPacks, consolidate }: StoreOptions & { readonly consolidate: Consolidate },
): Promise<void> {
  const measure = (): Promise<PackState> => checkPacks(join(path, 'objects'), now())
  await removeLeftOvers(join(path, 'objects'), now())
  const { packs, looseObjects } = await measure()
  const isScattered = packs > maxPacks || looseObjects > maxPacks * loosePerPack
  const isFree = isScattered && !(await listUsed(places.work)).has(path)
  if (isFree && !(await consolidate(path))) return remove(places, path)
  await noteSize(path, (await measure()).sizeBytes)
  await touch(path, now())
}

async function evict(places: Places, { maxBytes }: StoreOptions): Promise<void> {
  const all = await listKept(places.kept)
  let total = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  for (const { path, sizeBytes } of all.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maxBytes) return
    await alone(places, dirname(path), async (place) => {
      if ((await listUsed(places.work)).has(path)) return
      total -= sizeBytes
      // Another process may have been before.
      await remove(places, path).catch(() => undefined)
      await removeEmpty(place)
    })
  }
}

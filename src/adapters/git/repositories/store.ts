import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { assert } from '../../../diagnostics/errors.ts'
import type { RepositoryId } from '../../../review/types.ts'
import { linkObjects, writeBareFolder } from './bare-folder.ts'
import { checkPacks, type PackState } from './pack-check.ts'
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
  tidy(repository: RepositoryId, consolidate: (kept: string) => Promise<boolean>): Promise<void>
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

interface Generation {
  readonly path: string
  readonly isRetired: boolean
}

export async function createStore({ folder, maxBytes, now, maxPacks }: StoreOptions): Promise<Store> {
  const places = {
    kept: join(folder, 'kept'),
    work: join(folder, 'work'),
    locks: join(folder, 'locks'),
    gone: join(folder, 'gone'),
  }
  await Promise.all([mkdir(places.kept, { recursive: true }), mkdir(places.locks, { recursive: true })])
  const own = join(places.work, randomUUID())
  await withLock(join(places.locks, 'work.lock'), async () => {
    await removeDead(places.work)
    await mkdir(own, { recursive: true })
    // Held until this process ends.
    assert(tryLock(join(own, aliveName)), 'a folder of this process alone is locked by another one')
  })
  const lockOf = (path: string): string =>
    join(places.locks, `${createHash('sha256').update(path).digest('hex').slice(0, 32)}.lock`)
  const remove = async (path: string): Promise<void> => {
    const gone = join(places.gone, randomUUID())
    await mkdir(places.gone, { recursive: true })
    // In one step, so that nobody finds half of it.
    await rename(path, gone)
    await rm(gone, { recursive: true, force: true, maxRetries: 3 })
  }
  for (const name of await readdir(places.gone).catch(() => []))
    await rm(join(places.gone, name), { recursive: true, force: true, maxRetries: 3 })
  const removeUnused = async (generations: readonly Generation[]): Promise<void> => {
    const used = await listUsed(places.work)
    for (const { path, isRetired } of generations) if (isRetired && !used.has(path)) await remove(path)
  }
  const placeOf = (repository: RepositoryId): string => join(places.kept, pathOf(repository))
  const retire = (path: string): Promise<void> => writeFile(join(path, retiredName), '')

  async function evict(): Promise<void> {
    const all = await listKept(places.kept)
    let total = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    for (const { path, sizeBytes } of all.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= maxBytes) return
      await withLock(lockOf(dirname(path)), async () => {
        if ((await listUsed(places.work)).has(path)) return
        total -= sizeBytes
        await remove(path).catch(() => undefined)
      })
    }
  }

  return {
    async attach(repository, workingFolder, url) {
      const place = placeOf(repository)
      return withLock(lockOf(place), async () => {
        const current = (await listGenerations(place)).findLast(({ isRetired }) => !isRetired)
        const isWhole =
          current !== undefined && (await checkPacks(join(current.path, 'objects'), now())).isWhole
        if (current && !isWhole) await retire(current.path)
        const name = `${now().toString(36).padStart(10, '0')}-${randomUUID().slice(0, 8)}`
        const kept = current && isWhole ? current.path : join(place, name)
        await mkdir(join(kept, 'objects', 'pack'), { recursive: true })
        await mkdir(join(kept, 'objects', 'info'), { recursive: true })
        await writeBareFolder(kept, url)
        await linkObjects(workingFolder, join(kept, 'objects'))
        await utimes(kept, now() / 1000, now() / 1000)
        return kept
      })
    },
    retire,
    async forget(repository) {
      const place = placeOf(repository)
      await withLock(lockOf(place), async () => {
        for (const { path } of await listGenerations(place)) await retire(path)
        await removeUnused(await listGenerations(place))
        await removeEmpty(place)
      })
    },
    async createWorkingFolder() {
      const working = join(own, `${randomUUID()}.git`)
      await mkdir(working)
      return working
    },
    async tidy(repository, consolidate) {
      const place = placeOf(repository)
      await withLock(lockOf(place), async () => {
        const generations = await listGenerations(place)
        await removeUnused(generations)
        const current = generations.findLast(({ isRetired }) => !isRetired)?.path
        if (current === undefined) return removeEmpty(place)
        const measure = (): Promise<PackState> => checkPacks(join(current, 'objects'), now())
        const { packs, looseObjects } = await measure()
        const isScattered = packs > maxPacks || looseObjects > maxPacks * loosePerPack
        if (isScattered && !(await listUsed(places.work)).has(current) && !(await consolidate(current)))
          return remove(current)
        await noteSize(current, await measure(), now())
      })
      await evict()
    },
    fillAlone: (repository, work) => withLock(lockOf(`${placeOf(repository)}#fill`), work),
  }
}

/** So many single objects slow git down as one more pack does. */
const loosePerPack = 100

const aliveName = 'alive.lock'
const retiredName = 'retired'
const sizeName = 'size'

/** Names are equal whatever their case, as GitHub has them, and lead nowhere else. */
function pathOf({ installation, owner, name }: RepositoryId): string {
  for (const part of [owner, name])
    assert(/^[\w.-]{1,200}$/.test(part) && !/^\.{1,2}$/.test(part), 'this is no name of a repository')
  assert(Number.isSafeInteger(installation) && installation >= 0, 'this is no installation')
  return join(String(installation), owner.toLowerCase(), `${name.toLowerCase()}.git`)
}

/** Folders of processes that are no more: what they held was let go by the system. */
async function removeDead(work: string): Promise<void> {
  for (const name of await readdir(work).catch(() => [])) {
    const release = tryLock(join(work, name, aliveName))
    if (release === undefined) continue
    release()
    await rm(join(work, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Generations that somebody's link leads to. */
async function listUsed(work: string): Promise<ReadonlySet<string>> {
  const processes = await readdir(work).catch(() => [])
  const links = await Promise.all(
    processes.map(async (name) => {
      const folders = await readdir(join(work, name)).catch(() => [])
      return Promise.all(
        folders.map((folder) => readlink(join(work, name, folder, 'objects')).catch(() => '')),
      )
    }),
  )
  // A junction ends with a separator.
  return new Set(links.flat().map((link) => dirname(link.endsWith(sep) ? link.slice(0, -1) : link)))
}

/** The oldest first. */
async function listGenerations(place: string): Promise<readonly Generation[]> {
  const names = await readdir(place).catch(() => [])
  return Promise.all(
    names.sort().map(async (name) => {
      const path = join(place, name)
      const isRetired = await stat(join(path, retiredName)).then(
        () => true,
        () => false,
      )
      return { path, isRetired }
    }),
  )
}

async function noteSize(path: string, { sizeBytes }: PackState, now: number): Promise<void> {
  await writeFile(join(path, sizeName), String(sizeBytes))
  await utimes(path, now / 1000, now / 1000)
}

interface Kept {
  readonly path: string
  readonly sizeBytes: number
  readonly usedAt: number
}

async function listKept(kept: string): Promise<Kept[]> {
  let folders = [kept]
  // Installation, owner, name, generation.
  for (let depth = 0; depth < 4; depth += 1) {
    const below = await Promise.all(
      folders.map(async (folder) =>
        (await readdir(folder).catch(() => [])).map((name) => join(folder, name)),
      ),
    )
    folders = below.flat()
  }
  const found = await Promise.all(
    folders.map(async (path): Promise<Kept[]> => {
      const size = await readFile(join(path, sizeName), 'utf8').catch(() => '0')
      const usedAt = await stat(path).catch(() => undefined)
      return usedAt ? [{ path, sizeBytes: Number(size), usedAt: usedAt.mtimeMs }] : []
    }),
  )
  return found.flat()
}

async function removeEmpty(place: string): Promise<void> {
  const left = await readdir(place).catch(() => [])
  if (left.length === 0) await rm(place, { recursive: true, force: true })
}

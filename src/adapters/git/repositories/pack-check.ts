import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileHandle } from 'node:fs/promises'

/** Git writes a pack first and its index last; a pack without one that is older was not just being written. */
const writingMs = 60_000

const idBytes = 20

export interface PackState {
  /** As far as it can be seen without reading all of it. */
  readonly isWhole: boolean
  readonly packs: number
  readonly looseObjects: number
  /** About; single objects are not looked at. */
  readonly sizeBytes: number
}

/**
 * Looks at the packs of an object store: each pack ends with the checksum that its index has of it. Finds what was cut off
 * or deleted, for the cost of two short reads a pack; a flipped bit is found by git when it reads the object.
 */
export async function checkPacks(objects: string, now: number): Promise<PackState> {
  const folder = join(objects, 'pack')
  const names = new Set(await readdir(folder).catch(() => []))
  const packs = [...names].filter((name) => name.endsWith('.pack')).map((name) => name.slice(0, -5))
  const states = await Promise.all(
    packs.map((name) => checkPack(join(folder, name), names.has(`${name}.idx`), now)),
  )
  const isMissing = [...names].some(
    (name) => name.endsWith('.idx') && !names.has(`${name.slice(0, -4)}.pack`),
  )
  const looseObjects = await countLoose(objects)
  return {
    isWhole: !isMissing && states.every(({ isWhole }) => isWhole),
    packs: packs.length,
    looseObjects,
    sizeBytes: states.reduce((sum, { sizeBytes }) => sum + sizeBytes, looseObjects * looseBytes),
  }
}

/** What git was writing when it was killed, an hour ago or more. */
export async function removeLeftOvers(objects: string, now: number): Promise<void> {
  const folder = join(objects, 'pack')
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('tmp_'))
  for (const name of names) {
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: now }))
    if (now - mtimeMs > 60 * writingMs) await rm(join(folder, name), { force: true })
  }
}

/** A block of most file systems. */
const looseBytes = 4096

async function countLoose(objects: string): Promise<number> {
  const folders = (await readdir(objects).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name))
  const counts = await Promise.all(
    folders.map(async (name) => (await readdir(join(objects, name)).catch(() => [])).length),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

async function checkPack(
  path: string,
  hasIndex: boolean,
  now: number,
): Promise<Pick<PackState, 'isWhole' | 'sizeBytes'>> {
  try {
    const { size, mtimeMs } = await stat(`${path}.pack`)
    if (!hasIndex) return { isWhole: now - mtimeMs < writingMs, sizeBytes: size }
    const [pack, index] = await Promise.all([
      readBeforeEnd(`${path}.pack`, idBytes),
      readBeforeEnd(`${path}.idx`, 2 * idBytes),
    ])
    return { isWhole: pack.bytes.equals(index.bytes), sizeBytes: size + index.sizeBytes }
  } catch {
    // Taken away meanwhile, by a run that put packs together; or it cannot be read, which git will say.
    return { isWhole: true, sizeBytes: 0 }
  }
}

/** An id that begins so many bytes before the end of a file. */
async function readBeforeEnd(
  path: string,
  distance: number,
): Promise<{ readonly bytes: Buffer; readonly sizeBytes: number }> {
  const file: FileHandle = await open(path)
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(idBytes)
    await file.read(bytes, 0, idBytes, Math.max(0, size - distance))
    return { bytes, sizeBytes: size }
  } finally {
    await file.close()
  }
}

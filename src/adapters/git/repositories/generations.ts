import { mkdir, readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { assert } from '../../../diagnostics/errors.ts'
import type { RepositoryId } from '../../../review/types.ts'

/** A bare repository of objects. The newest of a repository that is not retired counts. */
export interface Generation {
  readonly path: string
  readonly isRetired: boolean
}

const retiredName = 'retired'
const sizeName = 'size'

/** Names are equal whatever their case, as GitHub has them, and lead nowhere else. */
export function pathOf({ installation, owner, name }: RepositoryId): string {
  for (const part of [owner, name])
    assert(/^[\w.-]{1,200}$/.test(part) && !/^\.{1,2}$/.test(part), 'this is no name of a repository')
  assert(Number.isSafeInteger(installation) && installation >= 0, 'this is no installation')
  return join(String(installation), owner.toLowerCase(), `${name.toLowerCase()}.git`)
}

/** Those that use it go on; nobody starts with it again. */
export function retire(generation: string): Promise<void> {
  return writeFile(join(generation, retiredName), '')
}

export async function makeGeneration(path: string): Promise<void> {
  await Promise.all(['pack', 'info'].map((name) => mkdir(join(path, 'objects', name), { recursive: true })))
}

/** It was used now. */
export function touch(generation: string, now: number): Promise<void> {
  return utimes(generation, now / 1000, now / 1000)
}

/** Generations that somebody's link leads to. */
export async function listUsed(work: string): Promise<ReadonlySet<string>> {
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
export async function listGenerations(place: string): Promise<readonly Generation[]> {
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

export function noteSize(generation: string, sizeBytes: number): Promise<void> {
  return writeFile(join(generation, sizeName), String(sizeBytes))
}

export interface Kept {
  readonly path: string
  readonly sizeBytes: number
  readonly usedAt: number
}

export async function listKept(kept: string): Promise<Kept[]> {
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

export async function removeEmpty(place: string): Promise<void> {
  const left = await readdir(place).catch(() => [])
  if (left.length === 0) await rm(place, { recursive: true, force: true })
}

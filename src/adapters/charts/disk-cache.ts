import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import type { SourceCache } from '../../sources/source-cache-port.ts'

/** What the cache asks of a file system; tests make it fail. */
export interface CacheFiles {
  readFile(path: string): Promise<Uint8Array>
  writeFile(path: string, bytes: Uint8Array): Promise<void>
  rename(from: string, to: string): Promise<void>
  makeFolder(path: string): Promise<void>
  remove(path: string): Promise<void>
}

const diskFiles: CacheFiles = {
  readFile: (path) => readFile(path),
  writeFile: (path, bytes) => writeFile(path, bytes, { flag: 'wx' }),
  rename: (from, to) => rename(from, to),
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true })
  },
  remove: (path) => rm(path, { force: true }),
}

const pinSchema = z.object({
  key: z.string(),
  version: z.string(),
  digest: z.string(),
  revision: z.string().optional(),
  url: z.string().optional(),
})

/**
 * Downloads under `<folder>/sha256/ab/…`, what keys last meant under `<folder>/pins`. Every entry is written beside its
 * place and moved there, so that other processes see all of it or nothing; every read is checked against its digest.
 */
export function createDiskCache(folder: string, files: CacheFiles = diskFiles): SourceCache {
  const contentPath = (digest: string): string => {
    const hex = digest.replace(/^sha256:/, '')
    return join(folder, 'sha256', hex.slice(0, 2), hex)
  }
  const pinPath = (key: string): string => join(folder, 'pins', `${sha256(Buffer.from(key))}.json`)
  const readIfThere = async (path: string): Promise<Uint8Array | undefined> => {
    try {
      return await files.readFile(path)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw failure(`read ${path}`, folder, error)
    }
  }
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    const temporary = `${path}.${randomUUID()}.part`
    try {
      await files.makeFolder(dirname(path))
      await files.writeFile(temporary, bytes)
      await files.rename(temporary, path)
    } catch (error) {
      await files.remove(temporary).catch(() => undefined)
      throw failure(`write ${path}`, folder, error)
    }
  }
  return {
    async read(digest) {
      const bytes = await readIfThere(contentPath(digest))
      // A damaged entry counts as none: it is fetched again and replaced.
      return bytes !== undefined && `sha256:${sha256(bytes)}` === digest ? bytes : undefined
    },
    write: (digest, bytes) => put(contentPath(digest), bytes),
    async recall(key) {
      const bytes = await readIfThere(pinPath(key))
      const found = bytes === undefined ? undefined : tryParsePin(bytes)
      if (found?.key !== key) return undefined
      const { version, digest, revision, url } = found
      return {
        version,
        digest,
        ...(revision === undefined ? {} : { revision }),
        ...(url === undefined ? {} : { url }),
      }
    },
    remember: (key, { version, revision, digest, url }) =>
      put(pinPath(key), Buffer.from(JSON.stringify({ key, version, revision, digest, url }))),
  }
}

function tryParsePin(bytes: Uint8Array): z.infer<typeof pinSchema> | undefined {
  try {
    return pinSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data
  } catch {
    return undefined
  }
}

function failure(operation: string, folder: string, cause: unknown): EnvironmentError {
  const code = codeOf(cause)
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  return new EnvironmentError({
    adapter: 'charts',
    operation,
    message: isFull
      ? `the disk of the cache folder ${folder} is full`
      : `the cache folder ${folder} cannot be used (${code})`,
    retryable: isFull,
    hint: isFull
      ? 'make room, or put the cache elsewhere with XDG_CACHE_HOME; everything in it can be deleted'
      : 'put the cache where you may write, with XDG_CACHE_HOME',
    cause,
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

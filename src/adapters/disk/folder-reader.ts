import { Buffer } from 'node:buffer'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { assert, EnvironmentError } from '../../diagnostics/errors.ts'
import type { RepositoryEntry, RepositoryReader } from '../../source/repository-reader-port.ts'
import { blobId } from '../git/blob-id.ts'
import { tryReadCleanHead } from '../git/clean-head.ts'
import { runGit } from '../git/git-process.ts'

/** Files read side by side; more only waits for the same disk. */
const parallelReads = 32

/**
 * Reads a folder as it is now. In a Git work tree the files are those of `git ls-files`, ignored ones left out; elsewhere
 * all but `.git`. Links are listed and never followed. Ids are Git's, so that folder and commit with equal files agree; a
 * work tree that is its commit, file by file, has that commit's revision.
 * Throws EnvironmentError when the folder cannot be read.
 */
export async function createFolderReader(folder: string): Promise<RepositoryReader> {
  const stats = await attempt(`open ${folder}`, () => lstat(join(folder, '.')))
  if (!stats.isDirectory()) throw failed(`open ${folder}`, new Error(`${folder} is no folder`))
  const entries = await listFolder(folder)
  const entryOfPath = new Map(entries.map((entry) => [entry.path, entry]))
  return {
    revision: (await tryReadCleanHead(folder, entries)) ?? {},
    list: () => Promise.resolve(entries),
    async read(paths) {
      const contents = await inParallel(paths, async (path) => {
        const entry = entryOfPath.get(path)
        assert(entry, `${path} was asked for but never listed`)
        const bytes = await readEntry(folder, path, entry.type)
        // What is compiled has to be what was listed: its ids are in every digest.
        if (blobId(bytes) !== entry.id) throw changedMeanwhile(folder, path)
        return [path, bytes] as const
      })
      return new Map(contents)
    },
  }
}

async function listFolder(folder: string): Promise<readonly RepositoryEntry[]> {
  const paths = (await listWithGit(folder)) ?? (await walk(folder, folder))
  const entries = await inParallel(paths, (path) => toEntry(folder, path))
  return entries.filter((entry) => entry !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Undefined where the folder is no work tree, or git is not there. */
async function listWithGit(folder: string): Promise<string[] | undefined> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const result = await runGit({ folder, args }).catch(() => undefined)
  if (result?.exitCode !== 0) return undefined
  // An untracked repository inside is named with a slash at its end.
  const paths = result.stdout
    .toString()
    .split('\0')
    .filter((path) => path !== '')
  return [...new Set(paths.map((path) => path.replace(/\/$/, '')))]
}

async function walk(root: string, folder: string): Promise<string[]> {
  const children = await attempt(`list ${folder}`, () => readdir(folder, { withFileTypes: true }))
  const nested = await Promise.all(
    children.map(async (child) => {
      if (child.name === '.git') return []
      const path = join(folder, child.name)
      if (!child.isDirectory() || (await isRepository(path)))
        return [relative(root, path).split(sep).join('/')]
      return walk(root, path)
    }),
  )
  return nested.flat()
}

async function isRepository(folder: string): Promise<boolean> {
  return lstat(join(folder, '.git')).then(
    () => true,
    () => false,
  )
}

/** Undefined for a tracked file that is gone, and for sockets and the like, which Git does not know. */
async function toEntry(folder: string, path: string): Promise<RepositoryEntry | undefined> {
  const stats = await lstat(join(folder, path)).catch(() => undefined)
  if (stats === undefined) return undefined
  if (stats.isDirectory()) return { path, type: 'submodule', id: '' }
  if (!stats.isFile() && !stats.isSymbolicLink()) return undefined
  const type = stats.isSymbolicLink() ? 'symlink' : 'file'
  const bytes = await readEntry(folder, path, type)
  return { path, type, sizeBytes: bytes.length, id: blobId(bytes) }
}

async function readEntry(folder: string, path: string, type: RepositoryEntry['type']): Promise<Uint8Array> {
  const full = join(folder, path)
  return attempt(`read ${full}`, async () =>
    type === 'symlink' ? Buffer.from(await readlink(full)) : readFile(full),
  )
}

async function attempt<T>(operation: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    throw failed(operation, cause)
  }
}

function failed(operation: string, cause: unknown): EnvironmentError {
  return new EnvironmentError({
    adapter: 'disk',
    operation,
    message: `could not ${operation}: ${cause instanceof Error ? cause.message : String(cause)}`,
    retryable: false,
    hint: 'see that the folder exists and may be read',
    cause,
  })
}

function changedMeanwhile(folder: string, path: string): EnvironmentError {
  return new EnvironmentError({
    adapter: 'disk',
    operation: `read ${folder}`,
    message: `${path} changed while ${folder} was read`,
    retryable: true,
    hint: 'run again once nothing writes to the folder',
  })
}

async function inParallel<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const run = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await action(items[index] as T)
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallelReads, items.length) }, run))
  return results
}

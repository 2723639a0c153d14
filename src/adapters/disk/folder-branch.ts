import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { BranchWriter } from '../../branch/branch-writer-port.ts'
import type { BranchUpdate } from '../../branch/types.ts'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { gitBlobId, gitFolders } from '../../git/git-objects.ts'

/** Written last: until then it names the files of before, so that the next run sees which ones changed and mends them. */
const lastPath = '.fleetwright/build.json'

/**
 * A folder that holds what a rendered branch would, for `--out`: the same guards, brakes and takeovers apply, and what
 * stays the same is not written again. It has no commits; a run that is killed leaves a folder that the next one mends.
 */
export function createFolderBranch(folder: string): BranchWriter {
  return {
    async read(branch) {
      const texts = await attempt(`read ${folder}`, () => readAll(folder))
      const ids = new Map([...texts].map(([path, bytes]) => [path, gitBlobId(bytes)]))
      const files = [...ids].filter(([path]) => /^(\.fleetwright|delivery)\//.test(path))
      if (ids.size === 0) return { branch, format: 'sha1', folders: new Map(), files: new Map() }
      const folders = gitFolders(ids)
      // What stands for the commit: a folder with somebody else's files must not be written either.
      return { branch, format: 'sha1', commit: folders.get('') ?? '', folders, files: new Map(files) }
    },
    async readFiles(state, paths) {
      const known = paths.filter((path) => state.files.has(path))
      const texts = await attempt(`read ${folder}`, () =>
        Promise.all(known.map((path) => readFile(join(folder, path), 'utf8'))),
      )
      return new Map(known.map((path, index) => [path, texts[index] ?? '']))
    },
    async write(update) {
      await attempt(`write ${folder}`, () => apply(folder, update))
      return { status: 'written', commit: '' }
    },
  }
}

async function readAll(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  await mkdir(folder, { recursive: true })
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith('.git/'))
    .sort()
  const contents = await Promise.all(paths.map((path) => readFile(join(folder, path))))
  return new Map(paths.map((path, index) => [path, contents[index] ?? new Uint8Array()]))
}

async function apply(folder: string, { removals, writes, texts }: BranchUpdate): Promise<void> {
  for (const path of removals) await rm(join(folder, path), { recursive: true, force: true })
  const paths = [...writes.keys()].filter((path) => path !== lastPath)
  for (const path of writes.has(lastPath) ? [...paths, lastPath] : paths) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(`${target}.new`, texts.get(writes.get(path) ?? '') ?? '')
    await rename(`${target}.new`, target)
  }
  await removeEmptyFolders(folder, removals)
}

/** Git knows no empty folders, and neither does a tree. */
async function removeEmptyFolders(folder: string, removals: readonly string[]): Promise<void> {
  for (const path of removals) {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
      const left = await readdir(join(folder, parent)).catch(() => ['?'])
      if (left.length > 0) break
      await rm(join(folder, parent), { recursive: true })
    }
  }
}

async function attempt<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw new EnvironmentError({
      adapter: 'disk',
      operation,
      message: cause instanceof Error ? cause.message : String(cause),
      retryable: code === 'ENOSPC' || code === 'EMFILE',
      hint: code === 'ENOSPC' ? 'free space on the disk' : 'name a folder that can be written with --out',
      cause,
    })
  }
}

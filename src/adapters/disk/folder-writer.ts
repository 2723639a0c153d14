import { lstat, mkdir, readdir, readFile, readlink, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { gitBlobId, gitFolders } from '../../git/git-objects.ts'
import type { BranchWriter } from '../../branch/branch-writer-port.ts'
import type { BranchState, BranchUpdate } from '../../branch/types.ts'

/** Written last: while it is the old one, the folder counts as what was there before, changed by hand. */
const sealPath = '.fleetwright/build.json'

/**
 * Keeps a rendered tree in a plain folder (`--out DIR`) under the rules of a branch: what fleetwright did not write stays,
 * only what changed is written, each file at once. A run that is killed half-way is mended by the next one.
 */
export function createFolderWriter(folder: string): BranchWriter {
  return {
    read: (branch) => guarded(`read ${folder}`, () => readState(folder, branch)),
    readFiles: (_state, paths) => guarded(`read ${folder}`, () => readTexts(folder, paths)),
    write: (update) =>
      guarded(`write ${folder}`, async () => {
        if ((await readState(folder, update.branch)).commit !== update.base) return { status: 'moved' }
        await applyUpdate(folder, update)
        return { status: 'written', commit: update.writes.get(sealPath) ?? update.base ?? '' }
      }),
  }
}

async function readState(folder: string, branch: string): Promise<BranchState> {
  const files = new Map<string, string>()
  await listFiles(folder, '', files)
  const commit =
    files.get(sealPath) ?? (files.size > 0 ? 'a folder that fleetwright did not make' : undefined)
  const listed = [...files].filter(
    ([path]) => path.startsWith('.fleetwright/') || path.startsWith('delivery/'),
  )
  return {
    branch,
    format: 'sha1',
    ...(commit !== undefined && { commit }),
    folders: files.size > 0 ? gitFolders(files) : new Map(),
    files: new Map(listed),
  }
}

/** Git ids of all files below a folder, by path; a repository's own folder is none of ours. */
async function listFiles(folder: string, below: string, files: Map<string, string>): Promise<void> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(nothingThere)
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (path === '.git') continue
    if (entry.isDirectory()) await listFiles(folder, path, files)
    else if (entry.isSymbolicLink()) files.set(path, gitBlobId(await readlink(join(folder, path))))
    else files.set(path, gitBlobId(await readFile(join(folder, path))))
  }
}

async function readTexts(folder: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  for (const path of paths) {
    const text = await readFile(join(folder, path), 'utf8').catch(nothingThere)
    if (typeof text === 'string') texts.set(path, text)
  }
  return texts
}

async function applyUpdate(folder: string, update: BranchUpdate): Promise<void> {
  const paths = [...update.writes.keys()].filter((path) => path !== sealPath)
  for (const path of paths) await writeAtOnce(folder, path, update)
  for (const removal of update.removals) await removeStale(folder, removal, update)
  if (update.writes.has(sealPath)) await writeAtOnce(folder, sealPath, update)
}

/** Whoever reads the file sees the old text or the new one. */
async function writeAtOnce(folder: string, path: string, { writes, texts }: BranchUpdate): Promise<void> {
  const target = join(folder, path)
  await mkdir(dirname(target), { recursive: true })
  const draft = `${target}.fleetwright-draft`
  try {
    await writeFile(draft, texts.get(writes.get(path) ?? '') ?? '')
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Removes what an update takes away and does not write again, and folders that are empty then. */
async function removeStale(folder: string, removal: string, { writes }: BranchUpdate): Promise<void> {
  const files = new Map<string, string>()
  const isFolder = await lstat(join(folder, removal)).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
  if (isFolder) await listFiles(folder, removal, files)
  else files.set(removal, '')
  for (const path of [...files.keys()].filter((file) => !writes.has(file))) {
    await rm(join(folder, path), { force: true })
    await removeEmptyFolders(folder, dirname(path))
  }
}

async function removeEmptyFolders(folder: string, path: string): Promise<void> {
  for (let at = path; at !== '.'; at = dirname(at)) {
    const isGone = await rmdir(join(folder, at)).then(
      () => true,
      () => false,
    )
    if (!isGone) return
  }
}

function nothingThere(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return []
  throw error
}

async function guarded<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined
    if (code === undefined) throw cause
    throw new EnvironmentError({
      adapter: 'disk',
      operation,
      message: `could not ${operation}: ${describeCode(code)}`,
      retryable: false,
      hint: 'see that the folder may be written and that its disk has room, then run again',
      cause,
    })
  }
}

function describeCode(code: string): string {
  switch (code) {
    case 'ENOSPC':
      return 'the disk is full'
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `it may not be written (${code})`
    case 'ENOTDIR':
      return 'a file is where a folder has to be'
    default:
      return code
  }
}

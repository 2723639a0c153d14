import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { gitBlobId, gitFolders } from '../../git/git-objects.ts'
import type { BranchWriter } from '../../branch/branch-writer-port.ts'
import type { BranchState, BranchUpdate } from '../../branch/types.ts'

/** Written last: while it is the old one, the folder counts as what was there before, changed by hand. */
const sealPath = '.fleetwright/build.json'

/**
 * Keeps a rendered tree in a plain folder (`--out DIR`) under the rules of a branch: what fleetwright did not write stays,
 * only what changed is written. A run that is killed half-way is mended by the next one.
 * Calls are synchronous: for tens of thousands of small files that is several times faster than a promise for each.
 */
export function createFolderWriter(path: string): BranchWriter {
  const folder = resolve(path)
  return {
    read: (branch) => guarded(`read ${folder}`, () => readState(folder, branch)),
    readFiles: (_state, paths) => guarded(`read ${folder}`, () => readTexts(folder, paths)),
    write: (update) =>
      guarded(`write ${folder}`, () => {
        if (sealOf(folder, update.base) !== update.base) return { status: 'moved' }
        applyUpdate(folder, update)
        return { status: 'written', commit: update.writes.get(sealPath) ?? update.base ?? '' }
      }),
  }
}

/** Stands for the commit of a folder that fleetwright did not make. */
const foreign = 'a folder that fleetwright did not make'

function readState(folder: string, branch: string): BranchState {
  const files = new Map<string, string>()
  listFiles(folder, '', files)
  const commit = files.get(sealPath) ?? (files.size > 0 ? foreign : undefined)
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

/** What stands for the commit now. */
function sealOf(folder: string, base: string | undefined): string | undefined {
  const path = join(folder, sealPath)
  if (existsSync(path)) return gitBlobId(readFileSync(path))
  return base === foreign || base === undefined ? base : undefined
}

/** Git ids of all files below a folder, by path; a repository's own folder is none of ours. */
function listFiles(folder: string, below: string, files: Map<string, string>): void {
  const place = join(folder, below)
  if (!existsSync(place)) return
  const entries = readdirSync(place, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (path === '.git') continue
    if (entry.isDirectory()) listFiles(folder, path, files)
    else if (entry.isSymbolicLink()) files.set(path, gitBlobId(readlinkSync(join(folder, path))))
    else files.set(path, gitBlobId(readFileSync(join(folder, path))))
  }
}

function readTexts(folder: string, paths: readonly string[]): ReadonlyMap<string, string> {
  const present = paths.filter((path) => existsSync(join(folder, path)))
  return new Map(present.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

function applyUpdate(folder: string, update: BranchUpdate): void {
  const made = new Set<string>()
  const write = (path: string): void => {
    const target = join(folder, path)
    const parent = dirname(target)
    if (!made.has(parent)) mkdirSync(parent, { recursive: true })
    made.add(parent)
    writeAtOnce(target, update.texts.get(update.writes.get(path) ?? '') ?? '')
  }
  for (const path of update.writes.keys()) if (path !== sealPath) write(path)
  for (const removal of update.removals) removeStale(folder, removal, update)
  if (update.writes.has(sealPath)) write(sealPath)
}

/** Whoever reads a file that was there sees the old text or the new one. */
function writeAtOnce(target: string, text: string): void {
  const draft = existsSync(target) ? `${target}.fleetwright-draft` : target
  try {
    writeFileSync(draft, text)
    if (draft !== target) renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

/** Removes what an update takes away and does not write again, and folders that are empty then. */
function removeStale(folder: string, removal: string, { writes }: BranchUpdate): void {
  const place = join(folder, removal)
  const isFolder = existsSync(place) && lstatSync(place).isDirectory()
  const paths = isFolder
    ? readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    : [removal]
  for (const path of paths.filter((file) => !writes.has(file))) {
    rmSync(join(folder, path), { force: true })
    removeEmptyFolders(folder, dirname(path))
  }
}

function removeEmptyFolders(folder: string, path: string): void {
  for (let at = path; at !== '.' && existsSync(join(folder, at)); at = dirname(at)) {
    if (readdirSync(join(folder, at)).length > 0) return
    rmdirSync(join(folder, at))
  }
}

async function guarded<T>(operation: string, work: () => T): Promise<T> {
  try {
    return await Promise.resolve(work())
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
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EISDIR':
      return 'a file is where a folder has to be, or the other way round'
    default:
      return code
  }
}

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { EnvironmentError } from '../../diagnostics/errors.ts'

/**
 * Recorded facts of a folder that is laid out as `.fleetwright/` of the rendered branch: `facts/<namespace>/<name>.json`,
 * `schemas/<digest>.json` and `observed.json`. Gives texts by their path on the branch, as `parseFacts` wants them.
 */
export async function readFactsFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  return readFolder(folder, isFacts)
}

/** All that observing writes: facts, and `delivered.json` beside them. Empty where there is no folder yet. */
export async function readRecordedFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const isThere = await readdir(folder).catch(() => undefined)
  return isThere ? readFolder(folder, (path) => isFacts(path) || path === 'delivered.json') : new Map()
}

/**
 * `files` by their path on the branch; leaves everything alone that observing does not write. Whether anything was other
 * than it was.
 */
export async function writeRecordedFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<boolean> {
  const before = await readRecordedFolder(folder)
  const changed = [...files].filter(([path, text]) => before.get(path) !== text)
  const gone = [...before.keys()].filter((path) => !files.has(path))
  try {
    for (const [path, text] of changed) await write(placeOf(folder, path), text)
    for (const path of gone) await rm(placeOf(folder, path), { force: true })
    return changed.length + gone.length > 0
  } catch (cause) {
    throw new EnvironmentError({
      adapter: 'disk',
      operation: `write facts into ${folder}`,
      message: `${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      retryable: false,
      hint: 'see that the folder may be written and that its disk has room, then run again',
      cause,
    })
  }
}

const root = '.fleetwright/'

function placeOf(folder: string, path: string): string {
  return join(folder, path.slice(root.length))
}

/** Whoever reads the file sees the old text or the new one. */
async function write(place: string, text: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true })
  await writeFile(`${place}.new`, text)
  await rename(`${place}.new`, place)
}

function isFacts(path: string): boolean {
  return path === 'observed.json' || /^(facts|schemas)\/.+\.json$/.test(path)
}

async function readFolder(
  folder: string,
  isMeant: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter(isMeant)
      .sort()
    const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')))
    return new Map(paths.map((path, index) => [`${root}${path}`, texts[index] ?? '']))
  } catch (cause) {
    throw new EnvironmentError({
      adapter: 'disk',
      operation: `read recorded facts of ${folder}`,
      message: `${folder} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      retryable: false,
      hint: 'name a folder that holds `facts/<namespace>/<name>.json` and `observed.json`',
      cause,
    })
  }
}

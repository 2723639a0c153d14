import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { EnvironmentError } from '../../diagnostics/errors.ts'

/**
 * Recorded facts of a folder that is laid out as `.fleetwright/` of the rendered branch: `facts/<namespace>/<name>.json`,
 * `schemas/<digest>.json` and `observed.json`. Gives texts by their path on the branch, as `parseFacts` wants them.
 */
export async function readFactsFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => path === 'observed.json' || /^(facts|schemas)\/.+\.json$/.test(path))
      .sort()
    const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')))
    return new Map(paths.map((path, index) => [`.fleetwright/${path}`, texts[index] ?? '']))
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

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/**
 * Folder of the material that tests share and the project does not contain: corpus, goldens, real servers.
 * Undefined where it is absent: tests then skip visibly (`describe.skipIf(sharedFolder() === undefined)`),
 * but under FLEETWRIGHT_REQUIRE_SHARED=1 its absence is an error.
 */
export function sharedFolder(): string | undefined {
  const folder = resolve(root, process.env['FLEETWRIGHT_SHARED'] ?? '../shared')
  if (existsSync(folder)) return folder
  if (process.env['FLEETWRIGHT_REQUIRE_SHARED'] === '1') {
    throw new Error(`FLEETWRIGHT_REQUIRE_SHARED is set and there is no folder ${folder}`)
  }
  return undefined
}

/** The same for the body of a test that runs only where the folder is present. */
export function requireShared(): string {
  const folder = sharedFolder()
  if (folder === undefined)
    throw new Error('this test needs the shared folder and must be skipped without it')
  return folder
}

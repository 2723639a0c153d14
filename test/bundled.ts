import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bundle } from '../build/bundle.ts'

const root = resolve(import.meta.dirname, '..')

/** Of the one bundle that a run of tests makes, for those that start hundreds of processes: one from source takes long to load. */
const variable = 'FLEETWRIGHT_TEST_DIST'

/** The command line of that bundle; from source where nothing was bundled, as in a script without the test runner. */
export function cliFile(name: 'main' | 'standby' = 'main'): string {
  const dist = process.env[variable]
  return dist === undefined ? join(root, `src/cli/${name}.ts`) : join(dist, `cli/${name}.js`)
}

/** Bundles the sources as they are now, beside what they find relative to themselves. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetwright-bundled-'))
  const dist = join(folder, 'dist')
  await bundle(root, dist)
  for (const name of ['engine', 'templates', 'node_modules', 'package.json'])
    await symlink(join(root, name), join(folder, name))
  process.env[variable] = dist
  return () => rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

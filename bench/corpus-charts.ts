import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Charts of the corpus as folders, unpacked once into the cache folder. */
export function corpusCharts(shared: string): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fleetwright-corpus')
  if (!existsSync(join(cache, 'cases.tsv'))) {
    mkdirSync(cache, { recursive: true })
    execFileSync(join(shared, 'corpus', 'unpack'), [cache], { stdio: 'inherit' })
  }
  return join(cache, 'charts')
}

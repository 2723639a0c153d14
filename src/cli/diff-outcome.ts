import type { Review } from '../report/types.ts'
import { exitCodes, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'

/** What this process knows and nobody may read in a report. */
export function secretsOf({ env }: Io): readonly string[] {
  return ['FLEETWRIGHT_KEY', 'FLEETWRIGHT_CREDENTIALS', 'GITHUB_TOKEN', 'GH_TOKEN'].flatMap(
    (name) => env[name] ?? [],
  )
}

/** What the review comes to, as far as `--fail-on` asks for it. */
export function exitCodeOf(
  { comparison, upgrades, dangers, diagnostics }: Review,
  { failOn }: Options,
): ExitCode {
  if (diagnostics.added.some(({ severity }) => severity === 'error')) return exitCodes.errors.code
  const all = [
    comparison.dangers,
    dangers,
    ...upgrades.flatMap((upgrade) => [upgrade.dangers, upgrade.follows.dangers]),
  ]
  const isDangerous = all.some((list) => list.length > 0)
  const isChanged = comparison.changes.length > 0 || upgrades.length > 0
  const isFound =
    (failOn === 'dangers' && isDangerous) || (failOn === 'changes' && (isChanged || isDangerous))
  return isFound ? exitCodes.found.code : exitCodes.done.code
}

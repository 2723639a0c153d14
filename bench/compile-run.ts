import { fileURLToPath } from 'node:url'
import { measure, type Measured } from './measure.ts'

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** Compiles the fleet onto its rendered branch as a user would, in a process of its own. */
export async function compileFleet(fleet: string): Promise<Measured> {
  const result = await measure(process.execPath, [cli, 'compile', '--repo', fleet, '--output', 'json'], {
    // Some charts make up names for their test pods.
    FLEETWRIGHT_KEY: 'key of the benchmark',
    CI: 'true',
  })
  if (result.exitCode !== 0)
    throw new Error(`compile ended with ${result.exitCode}: ${result.stderr.slice(-2000)}`)
  return result
}

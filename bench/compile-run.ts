import { fileURLToPath } from 'node:url'
import { factsOf } from './fleet-repository.ts'
import { measure, type Measured } from './measure.ts'

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** Compiles the fleet onto its rendered branch as a user would, in a process of its own. */
export async function compileFleet(fleet: string): Promise<Measured> {
  const options = ['--repo', fleet, '--facts', factsOf(fleet), '--output', 'json']
  const result = await measure(process.execPath, [cli, 'compile', ...options], {
    // Some charts make up names for their test pods.
    FLEETWRIGHT_KEY: 'key of the benchmark',
    CI: 'true',
  })
  if (result.exitCode !== 0)
    throw new Error(`compile ended with ${result.exitCode}: ${result.stderr.slice(-2000)}`)
  return result
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startServed, type ServedProcess } from './served-process.ts'

export { appEnvironment, type Line } from './served-process.ts'

export interface ServedApp extends ServedProcess {
  readonly dataFolder: string
}

/** `fleetwright serve` as a process of its own that listens. It is killed when the test ends. */
export async function serveApp(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<ServedApp> {
  const dataFolder = env['FLEETWRIGHT_DATA'] ?? mkdtempSync(join(tmpdir(), 'fleetwright-served-'))
  const served = await startServed({ env: { FLEETWRIGHT_DATA: dataFolder, ...env }, args })
  onTestFinished(async () => {
    await served.kill()
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 })
  })
  return { ...served, dataFolder }
}

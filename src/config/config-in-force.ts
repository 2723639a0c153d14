import type { Diagnostic } from '../diagnostics/types.ts'
import type { Engine } from '../engine/types.ts'
import { isConfigPath, readConfigDocument } from '../source/source.ts'
import type { RepositoryReader } from '../source/repository-reader-port.ts'
import type { ConfigHistory } from './config-history-port.ts'
import { parseConfig } from './parse-config.ts'
import { strictestConfig } from './strictest-config.ts'
import type { ConfigInForce, FleetConfig } from './types.ts'

export interface ConfigPorts {
  readonly engine: Pick<Engine, 'parseYaml'>
  /** Absent where there is none, as for a folder. */
  readonly history?: ConfigHistory
}

/**
 * What counts of a state's configuration wherever it is a matter of trust. Of one with errors, no part and no default counts:
 * each could allow more than was meant. Then it is the last one of the same branch that can be read; where there is none, the
 * strictest, with what `own` says of everything else, by default the broken one. Throws EnvironmentError.
 */
export async function readConfigInForce(
  reader: RepositoryReader,
  ports: ConfigPorts,
  own?: FleetConfig,
): Promise<ConfigInForce> {
  const { config, faults } = await readConfig(reader, ports)
  if (faults.length === 0) return { config }
  const former = await findFormer(reader, ports)
  if (former) return { config: former.config, broken: { faults, commit: former.commit } }
  return { config: strictestConfig(own ?? config), broken: { faults } }
}

async function findFormer(
  { revision: { commit } }: RepositoryReader,
  { engine, history }: ConfigPorts,
): Promise<{ readonly commit: string; readonly config: FleetConfig } | undefined> {
  if (commit === undefined || history === undefined) return undefined
  for (const earlier of await history.commits(commit)) {
    const reader = await history.read(earlier)
    // Without a file there is nothing that anybody wrote: that it was meant so is a guess.
    if (!(await reader.list()).some(({ path }) => isConfigPath(path))) return undefined
    const { config, faults } = await readConfig(reader, { engine })
    if (faults.length === 0) return { commit: earlier, config }
  }
  return undefined
}

async function readConfig(
  reader: RepositoryReader,
  { engine }: ConfigPorts,
): Promise<{ readonly config: FleetConfig; readonly faults: readonly Diagnostic[] }> {
  const said: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void said.push(diagnostic)
  const config = parseConfig(await readConfigDocument(reader, engine, report), report)
  return { config, faults: said.filter(({ severity }) => severity === 'error') }
}

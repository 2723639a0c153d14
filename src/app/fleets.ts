import { watchFleets } from './fleet/watch-fleets.ts'
import type { AppHost } from './start-app.ts'
import type { AppPorts } from './types.ts'

/** Watches clusters of the fleets that the operator named, each on one replica. */
export function startFleets(
  ports: AppPorts,
  { name, random, wait }: Pick<AppHost, 'name' | 'random' | 'wait'>,
): { stop(): Promise<void> } {
  return watchFleets(ports, {
    holder: name,
    ...{ leaseMs: 30_000, lookMs: 300_000, restMs: 2000, random, wait },
  })
}

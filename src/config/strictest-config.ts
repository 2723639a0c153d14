import { defaultConfig } from './default-config.ts'
import type { FleetConfig } from './types.ts'

/**
 * For where nobody knows what is allowed: nothing is. What is neither looser nor stricter is as in `own`, but for the contexts
 * by which clusters are reached, since they name credentials. Pure.
 */
export function strictestConfig(own: FleetConfig): FleetConfig {
  const { facts, brakes } = defaultConfig
  return {
    ...own,
    clusters: own.clusters.map(({ context: _context, ...cluster }) => cluster),
    management: {},
    facts: { maxAgeMs: Math.min(own.facts.maxAgeMs, facts.maxAgeMs) },
    rendered: { ...own.rendered, adopt: false },
    brakes: { maxDeletedShare: 0, protect: [...new Set([...brakes.protect, ...own.brakes.protect])] },
    secrets: { allow: [] },
    review: { commands: { allow: [] }, silence: [] },
    sources: { allowedHosts: [] },
    app: { onPush: 'pull-request', onFleetChange: 'pull-request' },
  }
}

import type { FleetConfig } from './types.ts'

/** The whole configuration when nothing is written: the one place of every default. */
export const defaultConfig: FleetConfig = {
  intent: { include: [], exclude: [] },
  management: {},
  clusters: [],
  facts: { maxAgeMs: 24 * 3_600_000 },
  rendered: {
    branch: 'rendered',
    delivery: ['flux'],
    mode: 'hub',
    adopt: false,
    source: { name: 'fleetwright' },
    argocd: { namespace: 'argocd', project: 'default' },
  },
  brakes: {
    maxDeletedShare: 0.1,
    protect: ['Namespace', 'CustomResourceDefinition', 'PersistentVolumeClaim'],
  },
  secrets: { allow: [] },
  review: { commands: { allow: ['write'] }, silence: [] },
  sources: { allowedHosts: [] },
  app: { onPush: 'commit', onFleetChange: 'pull-request' },
}

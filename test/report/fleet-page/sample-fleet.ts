import { readPackagedFleetPage } from '../../../src/adapters/disk/templates.ts'
import { createTemplateCompiler } from '../../../src/adapters/handlebars/compile-templates.ts'
import type { FleetCluster, FleetState, FleetUnit } from '../../../src/report/fleet-page/types.ts'
import { formatFleetPage, type FleetPages } from '../../../src/report/report.ts'

export const now = Date.UTC(2026, 0, 2, 12)

/** Commits that are easy to tell apart. */
export const commits = { source: 'a'.repeat(40), rendered: 'b'.repeat(40), older: 'c'.repeat(40) } as const

export function helm(name: string, version: string, more: Partial<FleetUnit> = {}): FleetUnit {
  return { name: `helm-${name}-${name}`, kind: 'helm', chart: name, version, isDryRun: false, ...more }
}

export function cluster(id: string, more: Partial<FleetCluster> = {}): FleetCluster {
  return { ...{ id, version: 'v1.34.0', labels: [], isPaused: false, units: [] }, ...more }
}

/** Three clusters: one as it should be, one with a hold and a conflict, one whose facts are old. */
export function fleetState(more: Partial<FleetState> = {}): FleetState {
  return {
    repository: { owner: 'acme', name: 'fleet', url: 'https://github.com/acme/fleet' },
    source: { branch: 'main', commit: commits.source },
    rendered: { branch: 'rendered', commit: commits.rendered, sourceCommit: commits.source },
    maxAgeMs: 24 * 3_600_000,
    clusters: [
      cluster('prod/eu', {
        labels: [
          ['env', 'production'],
          ['region', 'eu'],
        ],
        observed: { observedAt: '2026-01-02T09:00:00Z', reachable: true },
        units: [helm('grafana', '8.1.0'), helm('kyverno', '3.2.0')],
      }),
      cluster('prod/us', {
        labels: [
          ['env', 'production'],
          ['region', 'us'],
        ],
        wantedVersion: 'v1.35.0',
        observed: { observedAt: '2026-01-02T11:59:00Z', reachable: true },
        units: [helm('grafana', '8.1.0', { hold: 'its chart cannot be downloaded' })],
      }),
      cluster('stage/one', {
        labels: [['env', 'staging']],
        observed: { observedAt: '2025-12-31T12:00:00Z', reachable: false, reason: 'timeout' },
        units: [{ name: 'policy-fleet-quotas', kind: 'policy', isDryRun: true }],
      }),
    ],
    conflicts: [
      {
        cluster: 'prod/us',
        what: 'Helm release monitoring/grafana',
        owner: 'ClusterProfile/a (tier 10)',
        loser: 'ClusterProfile/b (tier 20)',
        because: 'its tier is lower',
      },
    ],
    changes: [
      {
        commit: commits.rendered,
        at: '2026-01-02T10:20:30Z',
        subject: 'Render aaaaaaaaaaaa: 2 clusters',
        sourceCommit: commits.source,
        lines: ['prod/eu: ~helm-grafana-grafana', 'prod/us: ~helm-grafana-grafana'],
      },
    ],
    faults: { errors: 0, warnings: 0 },
    ...more,
  }
}

/** So many clusters with so many add-ons each, as a fleet of that size has them. */
export function largeState(clusters: number, addOns: number): FleetState {
  const units = Array.from({ length: addOns }, (_, index) => helm(`component-${index}`, `1.${index}.0`))
  const pad = (index: number): string => String(index).padStart(4, '0')
  return fleetState({
    clusters: Array.from({ length: clusters }, (_, index) =>
      cluster(`fleet-${index % 7}/cluster-${pad(index)}`, {
        labels: [
          ['env', index % 3 === 0 ? 'production' : 'staging'],
          ['region', `region-${index % 11}`],
        ],
        observed: { observedAt: '2026-01-01T00:00:00Z', reachable: true },
        hold: 'its facts are older than 24h',
        units,
      }),
    ).sort((a, b) => (a.id < b.id ? -1 : 1)),
    conflicts: Array.from({ length: clusters }, (_, index) => ({
      cluster: `fleet-${index % 7}/cluster-${pad(index)}`,
      ...{ what: 'label tier', owner: 'a (gold)', loser: 'b (silver)', because: 'its name sorts first' },
    })),
  })
}

/** With the templates of this package. */
export async function createPages(): Promise<FleetPages> {
  const packaged = await readPackagedFleetPage()
  return formatFleetPage({ templates: { packaged, compile: createTemplateCompiler() } })
}

import type { Report } from '../../diagnostics/types.ts'
import { healthCheckUnknown, healthCheckUnused } from '../fleet-diagnostics.ts'
import type { Fleet } from '../types.ts'

/**
 * "HealthCheck passes iff all resource statuses are Healthy" (sveltos.md 6), of the HealthCheck that `livenessSourceRef`
 * names; one that no ClusterHealthCheck names is judged in no cluster.
 * Bad: `livenessChecks: [{ name: pods, type: HealthCheck }]`. Good: `… livenessSourceRef: { name: pods }`.
 */
export function checkHealthReferences(
  { healthChecks, clusterHealthChecks }: Pick<Fleet, 'healthChecks' | 'clusterHealthChecks'>,
  report: Report,
): void {
  const known = healthChecks.map(({ name }) => name)
  const used = new Set<string>()
  for (const { document, livenessChecks } of clusterHealthChecks)
    livenessChecks.forEach(({ name, type, healthCheck }, index) => {
      if (type !== 'HealthCheck') return
      if (healthCheck !== undefined) used.add(healthCheck)
      if (healthCheck === undefined || !known.includes(healthCheck))
        report(healthCheckUnknown(document, index, { check: name, name: healthCheck }, known))
    })
  for (const { document, name } of healthChecks) if (!used.has(name)) report(healthCheckUnused(document))
}

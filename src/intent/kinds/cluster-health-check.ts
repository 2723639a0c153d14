import { z } from 'zod'
import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { readObject } from '../reading.ts'
import { readSelector } from '../selectors.ts'
import type { ClusterHealthCheck } from '../types.ts'
import { writtenObjectReference } from '../written/reference.ts'
import { writtenSelector } from '../written/selector.ts'

export const writtenClusterHealthCheckSpec = z.strictObject({
  clusterSelector: writtenSelector.optional(),
  livenessChecks: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(['Addons', 'HealthCheck']),
      livenessSourceRef: writtenObjectReference.optional(),
    }),
  ),
  notifications: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(['KubernetesEvent', 'Slack', 'Webex', 'Discord', 'Teams', 'Telegram', 'SMTP']),
      notificationRef: writtenObjectReference.optional(),
    }),
  ),
})

/** ClusterHealthCheck (sveltos.md 6). */
export function parseClusterHealthCheck(
  document: SourceDocument,
  report: Report,
): ClusterHealthCheck | undefined {
  const object = readObject(document, writtenClusterHealthCheckSpec, report)
  if (object === undefined) return undefined
  const { name, labels, annotations, spec } = object
  const { selector, faulty } = readSelector(
    document,
    ['spec', 'clusterSelector'],
    spec.clusterSelector,
    report,
  )
  return {
    kind: 'ClusterHealthCheck',
    name,
    document,
    labels,
    annotations,
    ...(selector === undefined ? {} : { clusterSelector: selector }),
    livenessChecks: spec.livenessChecks.map(({ name: check, type, livenessSourceRef }) => ({
      name: check,
      type,
      ...(livenessSourceRef?.name !== undefined && { healthCheck: livenessSourceRef.name }),
    })),
    notifications: spec.notifications.map(({ name: notification }) => notification),
    ...(object.faulty || faulty ? { faulty: true } : {}),
  }
}

import { z } from 'zod'
import type { Report } from '../../diagnostics/types.ts'
import type { JsonObject } from '../../engine/types.ts'
import type { ObjectReference } from '../../kubernetes/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { completeClusterRefs } from '../complete-profile-spec.ts'
import { readObject } from '../reading.ts'
import { readSelector } from '../selectors.ts'
import type { ClusterSet } from '../types.ts'
import { writtenObjectReference } from '../written/reference.ts'
import { writtenSelector } from '../written/selector.ts'

export const writtenClusterSetSpec = z.strictObject({
  clusterSelector: writtenSelector.optional(),
  clusterRefs: z.array(writtenObjectReference).optional(),
  maxReplicas: z.int().min(0).optional(),
})

/** ClusterSet and Set (sveltos.md 6). */
export function parseClusterSet(document: SourceDocument, report: Report): ClusterSet | undefined {
  const object = readObject(document, writtenClusterSetSpec, report)
  if (object === undefined) return undefined
  const { name, labels, annotations, spec } = object
  const kind = object.kind === 'Set' ? 'Set' : 'ClusterSet'
  const { selector, faulty } = readSelector(
    document,
    ['spec', 'clusterSelector'],
    spec.clusterSelector,
    report,
  )
  return {
    kind,
    name,
    ...(kind === 'Set' ? { namespace: object.namespace === '' ? 'default' : object.namespace } : {}),
    document,
    labels,
    annotations,
    ...(selector === undefined ? {} : { clusterSelector: selector }),
    clusterRefs: completeClusterRefs(object, ['spec', 'clusterRefs'], spec.clusterRefs),
    maxReplicas: spec.maxReplicas ?? 0,
    selected: selectedClusters(document.value),
    ...(object.faulty || faulty ? { faulty: true } : {}),
    ...(object.ignores ? { ignores: true } : {}),
  }
}

/** `status.selectedClusterRefs` of an object that was exported from a cluster: who is chosen stays chosen. */
function selectedClusters(value: JsonObject): ObjectReference[] {
  const status = value.status as { readonly selectedClusterRefs?: unknown } | null | undefined
  const references = z.array(writtenObjectReference).safeParse(status?.selectedClusterRefs)
  if (!references.success) return []
  return references.data.map(({ apiVersion = '', kind = '', namespace = '', name = '' }) => ({
    apiVersion,
    kind,
    namespace,
    name,
  }))
}

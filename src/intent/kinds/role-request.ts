import { z } from 'zod'
import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { deprecatedField, emptySpec, missingField } from '../diagnostics.ts'
import { isWritten } from '../header.ts'
import { readObject } from '../reading.ts'
import { readSelector } from '../selectors.ts'
import { toJson } from '../to-json.ts'
import type { RoleRequest } from '../types.ts'
import { writtenSelector } from '../written/selector.ts'

export const writtenRoleRequestSpec = z.strictObject({
  clusterSelector: writtenSelector.optional(),
  roleRefs: z
    .array(
      z.strictObject({
        kind: z.enum(['Secret', 'ConfigMap']),
        namespace: z.string(),
        name: z.string().min(1),
      }),
    )
    .optional(),
  expirationSeconds: z.int().optional(),
  serviceAccountName: z.string().optional(),
  serviceAccountNamespace: z.string().optional(),
  /** The tenant before v0.12. */
  admin: z.string().optional(),
})

/** RoleRequest (sveltos.md 6). */
export function parseRoleRequest(document: SourceDocument, report: Report): RoleRequest | undefined {
  const object = readObject(document, writtenRoleRequestSpec, report)
  if (object === undefined) return undefined
  if (!isWritten(document, ['spec'])) {
    report(emptySpec(document))
    return undefined
  }
  const { name, labels, annotations, spec } = object
  const { admin, ...current } = spec
  if (admin !== undefined) {
    report(
      deprecatedField(
        document,
        ['spec', 'admin'],
        'write `serviceAccountName` and `serviceAccountNamespace`',
      ),
    )
  } else if (!object.faulty) {
    for (const field of ['serviceAccountName', 'serviceAccountNamespace'] as const) {
      if (current[field] === undefined)
        report(missingField(document, ['spec', field], 'it names the tenant’s service account'))
    }
  }
  const { selector, faulty } = readSelector(
    document,
    ['spec', 'clusterSelector'],
    spec.clusterSelector,
    report,
  )
  return {
    kind: 'RoleRequest',
    name,
    document,
    labels,
    annotations,
    ...(selector === undefined ? {} : { clusterSelector: selector }),
    spec: toJson({
      ...current,
      clusterSelector: selector,
      serviceAccountName: current.serviceAccountName ?? admin,
    }),
    ...(object.faulty || faulty ? { faulty: true } : {}),
  }
}

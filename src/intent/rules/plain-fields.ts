import type { Report } from '../../diagnostics/types.ts'
import type { Json, JsonObject } from '../../engine/types.ts'
import type { DocumentPath, SourceDocument } from '../../source/types.ts'
import { templateInPlainField } from '../fleet-diagnostics.ts'
import type { Profile } from '../types.ts'

/** Fields of a profile's spec that no template engine sees (sveltos.md 2.1 and 2.2 list those that one does). */
const plainFields = [
  'clusterSelector',
  'clusterRefs',
  'setRefs',
  'dependsOn',
  'driftExclusions',
  'extraLabels',
  'extraAnnotations',
]

/** Bad: `dependsOn: ['{{ .Cluster.metadata.name }}']`. Good: `policyRefs: [{ name: '{{ … }}' }]`. */
export function checkPlainFields(profiles: readonly Profile[], report: Report): void {
  for (const { document } of profiles) {
    const spec = (document.value.spec ?? {}) as JsonObject
    for (const field of plainFields) reportTemplates(document, ['spec', field], spec[field], report)
    const kustomizations = Array.isArray(spec.kustomizationRefs)
      ? (spec.kustomizationRefs as readonly JsonObject[])
      : []
    kustomizations.forEach((reference, index) => {
      reportTemplates(
        document,
        ['spec', 'kustomizationRefs', index, 'targetNamespace'],
        reference?.targetNamespace,
        report,
      )
    })
  }
}

function reportTemplates(
  document: SourceDocument,
  path: DocumentPath,
  value: Json | undefined,
  report: Report,
): void {
  if (typeof value === 'string') {
    if (value.includes('{{')) report(templateInPlainField(document, path))
  } else if (Array.isArray(value)) {
    ;(value as readonly Json[]).forEach((item, index) =>
      reportTemplates(document, [...path, index], item, report),
    )
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) reportTemplates(document, [...path, key], child, report)
  }
}

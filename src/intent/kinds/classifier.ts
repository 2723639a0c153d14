import { z } from 'zod'
import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { tryParseConstraint } from '../../kubernetes/version-constraint.ts'
import { completeResourceSelector } from '../complete-health.ts'
import { badValue, deprecatedField } from '../diagnostics.ts'
import { readObject } from '../reading.ts'
import type { Classifier, CountConstraint } from '../types.ts'
import { writtenLabelFilter, writtenResourceSelector } from '../written/health.ts'
import { isLabelKey, isLabelValue } from '../../kubernetes/selector-text.ts'

const labels = z.array(
  z.strictObject({
    key: z.string().refine(isLabelKey, 'must be a valid key of a label'),
    value: z.string().refine(isLabelValue, 'must be a valid value of a label'),
  }),
)

/** Up to v0.20 (sveltos.md 4.5): all entries must hold, each counts what it finds. */
const oldResourceConstraint = z.strictObject({
  namespace: z.string().optional(),
  group: z.string(),
  version: z.string(),
  kind: z.string(),
  labelFilters: z.array(writtenLabelFilter).optional(),
  fieldFilters: z
    .array(
      z.strictObject({ field: z.string(), operation: z.enum(['Equal', 'Different']), value: z.string() }),
    )
    .optional(),
  minCount: z.int().optional(),
  maxCount: z.int().optional(),
  script: z.string().optional(),
})

export const writtenClassifierSpec = z.strictObject({
  classifierLabels: labels,
  kubernetesVersionConstraints: z
    .array(
      z.strictObject({
        version: z.string().min(1),
        comparison: z.enum([
          'Equal',
          'NotEqual',
          'GreaterThan',
          'LessThan',
          'GreaterThanOrEqualTo',
          'LessThanOrEqualTo',
        ]),
      }),
    )
    .optional(),
  deployedResourceConstraint: z
    .strictObject({
      resourceSelectors: z.array(writtenResourceSelector),
      aggregatedClassification: z.string().optional(),
    })
    .optional(),
  deployedResourceConstraints: z.array(oldResourceConstraint).optional(),
})

export const writtenManagementClusterClassifierSpec = z.strictObject({
  matchResources: z.array(writtenResourceSelector),
  classificationLua: z.string(),
  classifierLabels: labels,
})

/** Classifier (sveltos.md 4). */
export function parseClassifier(document: SourceDocument, report: Report): Classifier | undefined {
  const object = readObject(document, writtenClassifierSpec, report)
  if (object === undefined) return undefined
  const { name, labels: ownLabels, annotations, spec, faulty, ignores } = object
  if (spec.deployedResourceConstraints !== undefined) {
    const hint = 'write `deployedResourceConstraint` with `resourceSelectors`'
    report(deprecatedField(document, ['spec', 'deployedResourceConstraints'], hint))
  }
  const versions = spec.kubernetesVersionConstraints ?? []
  // An invalid version crashes the classifier of Sveltos (sveltos.md 4.2).
  const bad = versions.flatMap(({ version }, index) =>
    isVersionConstraint(version) ? [] : [{ version, index }],
  )
  for (const { version, index } of bad) {
    report(
      badValue(
        document,
        ['spec', 'kubernetesVersionConstraints', index, 'version'],
        `is \`${version}\`, which is no version`,
        'write it like `1.34.0`',
      ),
    )
  }
  const resources = spec.deployedResourceConstraint
  return {
    kind: 'Classifier',
    name,
    document,
    labels: ownLabels,
    annotations,
    classifierLabels: spec.classifierLabels,
    versionConstraints: versions,
    ...(resources && {
      resourceConstraint: {
        resourceSelectors: resources.resourceSelectors.map(completeResourceSelector),
        aggregatedClassification: resources.aggregatedClassification ?? '',
      },
    }),
    countConstraints: (spec.deployedResourceConstraints ?? []).map(toCountConstraint),
    ...(faulty || bad.length > 0 ? { faulty: true } : {}),
    ...(ignores ? { ignores: true } : {}),
  }
}

/** Whether it makes a constraint behind a comparison: `=>1.0` alone would be one, `> =>1.0` is none. */
function isVersionConstraint(version: string): boolean {
  return tryParseConstraint(`= ${version}`) !== undefined
}

function toCountConstraint(written: z.infer<typeof oldResourceConstraint>): CountConstraint {
  const { fieldFilters = [], minCount, maxCount, script, ...selector } = written
  return {
    selector: completeResourceSelector({ ...selector, evaluate: script }),
    fieldFilters,
    ...(minCount !== undefined && { minCount }),
    ...(maxCount !== undefined && { maxCount }),
  }
}

/** ManagementClusterClassifier (sveltos.md 4.4). */
export function parseManagementClusterClassifier(
  document: SourceDocument,
  report: Report,
): Classifier | undefined {
  const object = readObject(document, writtenManagementClusterClassifierSpec, report)
  if (object === undefined) return undefined
  const { name, labels: ownLabels, annotations, spec, faulty, ignores } = object
  return {
    kind: 'ManagementClusterClassifier',
    name,
    document,
    labels: ownLabels,
    annotations,
    classifierLabels: spec.classifierLabels,
    matchResources: spec.matchResources.map(completeResourceSelector),
    classificationLua: spec.classificationLua,
    ...(faulty ? { faulty: true } : {}),
    ...(ignores ? { ignores: true } : {}),
  }
}

import { z } from 'zod'
import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { completeResourceSelector } from '../complete-health.ts'
import { deprecatedField, emptySpec, missingField } from '../diagnostics.ts'
import { isWritten } from '../header.ts'
import { readObject } from '../reading.ts'
import type { HealthCheck } from '../types.ts'
import { writtenLabelFilter, writtenResourceSelector } from '../written/health.ts'
import { flatSelector } from './event-source.ts'

const text = z.string().optional()

export const writtenHealthCheckSpec = z.strictObject({
  resourceSelectors: z.array(writtenResourceSelector).optional(),
  evaluateHealth: z.string().min(1).optional(),
  collectResources: z.boolean().optional(),
  evaluateIndependently: z.boolean().optional(),
  // One selector without a list, and the script beside it, up to v0.21.
  group: text,
  version: text,
  kind: text,
  namespace: text,
  labelFilters: z.array(writtenLabelFilter).optional(),
  script: text,
})

/** HealthCheck (sveltos.md 6). */
export function parseHealthCheck(document: SourceDocument, report: Report): HealthCheck | undefined {
  const object = readObject(document, writtenHealthCheckSpec, report)
  if (object === undefined) return undefined
  if (!isWritten(document, ['spec'])) {
    report(emptySpec(document))
    return undefined
  }
  const { name, labels, annotations, spec, faulty } = object
  // The old script judged the health; selecting had no script.
  const flat = flatSelector(document, { ...spec, script: undefined }, report)
  if (spec.script !== undefined)
    report(deprecatedField(document, ['spec', 'script'], 'write `evaluateHealth`'))
  const evaluateHealth = spec.evaluateHealth ?? spec.script
  const resourceSelectors = [...(spec.resourceSelectors ?? []), ...(flat === undefined ? [] : [flat])]
  if (evaluateHealth === undefined && !faulty) {
    report(
      missingField(
        document,
        ['spec', 'evaluateHealth'],
        'add the Lua function `evaluate` that judges the resources',
      ),
    )
  }
  if (resourceSelectors.length === 0 && !faulty) {
    report(missingField(document, ['spec', 'resourceSelectors'], 'say which resources are judged'))
  }
  return {
    kind: 'HealthCheck',
    name,
    document,
    labels,
    annotations,
    resourceSelectors: resourceSelectors.map(completeResourceSelector),
    evaluateHealth: evaluateHealth ?? '',
    judgesEach: spec.evaluateHealth === undefined && spec.script !== undefined,
    ...(faulty ? { faulty: true } : {}),
  }
}

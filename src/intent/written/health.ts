import { z } from 'zod'
import { createCel } from '../../cel/cel.ts'
import { writtenSecretReference } from './reference.ts'
import { writtenLabelSelector } from './selector.ts'

export const writtenLabelFilter = z.strictObject({
  key: z.string(),
  operation: z.enum(['Equal', 'Different', 'Has', 'DoesNotHave']),
  value: z.string().optional(),
})

/** Sveltos skips a rule that cannot be compiled, so that it selects nothing for ever, without a word. */
const celRule = z.string().superRefine((rule, context) => {
  const fault = createCel().check(rule)
  if (fault) context.addIssue({ code: 'custom', message: `must be a rule in CEL: ${fault.message}` })
})

const celRules = z.array(z.strictObject({ name: z.string(), rule: celRule }))

export const writtenResourceSelector = z.strictObject({
  group: z.string(),
  version: z.string().min(1),
  kind: z.string().min(1),
  namespace: z.string().optional(),
  name: z.string().optional(),
  labelFilters: z.array(writtenLabelFilter).optional(),
  selector: writtenLabelSelector.optional(),
  evaluateCEL: celRules.optional(),
  evaluate: z.string().optional(),
})

export const writtenValidateHealth = z.strictObject({
  name: z.string(),
  featureID: z.enum(['Resources', 'Helm', 'Kustomize']),
  group: z.string().optional(),
  version: z.string().optional(),
  kind: z.string().optional(),
  namespace: z.string().optional(),
  labelFilters: z.array(writtenLabelFilter).optional(),
  script: z.string().optional(),
  evaluateCEL: celRules.optional(),
  metricSource: z
    .strictObject({
      url: z.string().min(1),
      path: z.string().optional(),
      secretRef: writtenSecretReference.optional(),
    })
    .optional(),
  metricQueries: z.array(z.strictObject({ name: z.string().min(1), query: z.string().min(1) })).optional(),
  jobCheck: z
    .strictObject({
      jobRef: z.strictObject({
        kind: z.enum(['Secret', 'ConfigMap']),
        name: z.string().min(1),
        namespace: z.string(),
      }),
      timeout: z.string().optional(),
    })
    .optional(),
})

export type WrittenLabelFilter = z.infer<typeof writtenLabelFilter>
export type WrittenResourceSelector = z.infer<typeof writtenResourceSelector>
export type WrittenValidateHealth = z.infer<typeof writtenValidateHealth>

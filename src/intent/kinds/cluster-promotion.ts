import { z } from 'zod'
import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { completeAddOns } from '../complete-profile-spec.ts'
import { badValue, repeatedEntry } from '../diagnostics.ts'
import { readObject } from '../reading.ts'
import { readSelector } from '../selectors.ts'
import { toJson } from '../to-json.ts'
import type { ClusterPromotion } from '../types.ts'
import { writtenValidateHealth } from '../written/health.ts'
import { addOnFields, retryFields } from '../written/profile-spec.ts'
import { writtenSelector } from '../written/selector.ts'
import { writtenPolicyRef } from '../written/source-ref.ts'

const triggerFields = {
  delay: z.string().optional(),
  preHealthCheckDeployment: z.array(writtenPolicyRef).optional(),
  postDelayHealthChecks: z.array(writtenValidateHealth).optional(),
}

export const writtenClusterPromotionSpec = z.strictObject({
  profileSpec: z.strictObject({ ...addOnFields, ...retryFields }).optional(),
  stages: z
    .array(
      z.strictObject({
        name: z.string(),
        clusterSelector: writtenSelector.optional(),
        trigger: z
          .strictObject({
            manual: z
              .strictObject({
                ...triggerFields,
                approved: z.boolean().optional(),
                automaticReset: z.boolean().optional(),
              })
              .optional(),
            auto: z
              .strictObject({
                ...triggerFields,
                promotionWindow: z
                  .strictObject({ from: z.string().min(1), to: z.string().min(1) })
                  .optional(),
              })
              .optional(),
          })
          .optional(),
      }),
    )
    .min(1),
  preserveClusterProfilesOnDelete: z.boolean().optional(),
})

/** ClusterPromotion (sveltos.md 1.17): staged rollout of one profile. */
export function parseClusterPromotion(
  document: SourceDocument,
  report: Report,
): ClusterPromotion | undefined {
  const object = readObject(document, writtenClusterPromotionSpec, report)
  if (object === undefined) return undefined
  const { name, labels, annotations, spec, faulty } = object
  const names = spec.stages.map((stage) => stage.name)
  const stages = spec.stages.map((stage, index) => {
    const path = ['spec', 'stages', index]
    const first = names.indexOf(stage.name)
    if (first !== index) {
      const firstPath = ['spec', 'stages', first, 'name']
      report(repeatedEntry(document, [...path, 'name'], firstPath, `the stage \`${stage.name}\``))
    }
    const { trigger } = stage
    if (trigger !== undefined && (trigger.manual === undefined) === (trigger.auto === undefined)) {
      report(badValue(document, [...path, 'trigger'], 'must have exactly one of `manual` and `auto`'))
    }
    const { selector } = readSelector(document, [...path, 'clusterSelector'], stage.clusterSelector, report)
    return { name: stage.name, ...(selector === undefined ? {} : { clusterSelector: selector }) }
  })
  return {
    kind: 'ClusterPromotion',
    name,
    document,
    labels,
    annotations,
    profileSpec: {
      clusterRefs: [],
      setRefs: [],
      ...completeAddOns(object, ['spec', 'profileSpec'], spec.profileSpec ?? {}),
    },
    stages,
    spec: toJson(spec),
    ...(faulty ? { faulty: true } : {}),
  }
}

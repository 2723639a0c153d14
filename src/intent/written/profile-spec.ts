import { z } from 'zod'
import { writtenValidateHealth } from './health.ts'
import { writtenHelmChart } from './helm-chart.ts'
import { writtenObjectReference, writtenTemplateResourceRef, writtenValueFrom } from './reference.ts'
import { writtenSelector } from './selector.ts'
import { writtenKustomizationRef, writtenPolicyRef } from './source-ref.ts'

const flag = z.boolean().optional()
const text = z.string().optional()
const checks = z.array(writtenValidateHealth).optional()
const texts = z.record(z.string(), z.string()).optional()

const patchTarget = z.strictObject({
  group: text,
  version: text,
  kind: text,
  namespace: text,
  name: text,
  labelSelector: text,
  annotationSelector: text,
})

/** What profiles, event triggers and promotions share (sveltos.md 1.1, 1.17, 5.2). */
export const addOnFields = {
  syncMode: z.enum(['OneTime', 'Continuous', 'ContinuousWithDriftDetection', 'DryRun']).optional(),
  tier: z.int().min(1).optional(),
  continueOnConflict: flag,
  maxUpdate: z
    .union([
      z.int(),
      z.string().regex(/^((100|[0-9]{1,2})%|[0-9]+)$/, 'must be a number of clusters or a share like `30%`'),
    ])
    .optional(),
  stopMatchingBehavior: z.enum(['WithdrawPolicies', 'LeavePolicies']).optional(),
  reloader: flag,
  templateResourceRefs: z.array(writtenTemplateResourceRef).optional(),
  dependsOn: z.array(z.string()).optional(),
  policyRefs: z.array(writtenPolicyRef).optional(),
  helmCharts: z.array(writtenHelmChart).optional(),
  kustomizationRefs: z.array(writtenKustomizationRef).optional(),
  preDeployChecks: checks,
  validateHealths: checks,
  preDeleteChecks: checks,
  postDeleteChecks: checks,
  patches: z.array(z.strictObject({ patch: z.string(), target: patchTarget.optional() })).optional(),
  patchesFrom: z.array(writtenValueFrom).optional(),
  driftExclusions: z
    .array(z.strictObject({ paths: z.array(z.string()), target: patchTarget.optional() }))
    .optional(),
}

/** Fields of profiles and promotions that event triggers lack. */
export const retryFields = { continueOnError: flag, maxConsecutiveFailures: z.int().min(0).optional() }

export const extraMetadataFields = { extraLabels: texts, extraAnnotations: texts }

export const writtenProfileSpec = z.strictObject({
  clusterSelector: writtenSelector.optional(),
  clusterRefs: z.array(writtenObjectReference).optional(),
  /** Names; references to the set before v0.27. */
  setRefs: z.array(z.union([z.string(), writtenObjectReference])).optional(),
  ...addOnFields,
  ...retryFields,
  ...extraMetadataFields,
})

export type WrittenProfileSpec = z.infer<typeof writtenProfileSpec>
export type WrittenAddOnSpec = Omit<WrittenProfileSpec, 'clusterSelector' | 'clusterRefs' | 'setRefs'>

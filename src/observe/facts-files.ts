import { z } from 'zod'
import { canonicalJson } from '../kubernetes/exact-json.ts'
import type { ClusterFacts, ManagementFacts, Observation, ServedResource } from './types.ts'

const objectTexts = z
  .array(z.looseObject({}))
  .default([])
  .transform((objects) => objects.map(canonicalJson))

const asked = z
  .array(
    z.strictObject({
      group: z.string(),
      version: z.string(),
      kind: z.string(),
      namespace: z.string().default(''),
      name: z.string().default(''),
      labelSelector: z.string().default(''),
      keep: z.enum(['identity', 'whole', 'schema']).default('whole'),
    }),
  )
  .optional()

const servedResource = z
  .strictObject({
    group: z.string(),
    version: z.string(),
    kind: z.string(),
    namespaced: z.boolean(),
    name: z.string().optional(),
    verbs: z.array(z.string()).optional(),
  })
  .transform(({ name, verbs, ...row }): ServedResource => ({
    ...row,
    ...(name !== undefined && { name }),
    ...(verbs && { verbs }),
  }))

export const clusterFile = z
  .strictObject({
    version: z.string().optional(),
    resources: z.array(servedResource).default([]),
    labels: z.record(z.string(), z.string()).default({}),
    ready: z.boolean().optional(),
    schemas: z.record(z.string(), z.string()).default({}),
    objects: objectTexts,
    asked,
  })
  .transform(({ version, ready, asked: queries, ...facts }): ClusterFacts => ({
    ...facts,
    ...(version !== undefined && { version }),
    ...(ready !== undefined && { ready }),
    ...(queries && { asked: queries }),
  }))

export const managementFile = z
  .strictObject({ objects: objectTexts, asked })
  .transform(({ objects, asked: queries }): ManagementFacts => ({
    objects,
    ...(queries && { asked: queries }),
  }))

export const observedFile = z.record(
  z.string(),
  z
    .strictObject({
      observedAt: z.iso.datetime().optional(),
      reachable: z.boolean(),
      reason: z.string().optional(),
    })
    .transform(({ observedAt, reason, ...row }): Observation => ({
      ...row,
      ...(observedAt !== undefined && { observedAt }),
      ...(reason !== undefined && { reason }),
    })),
)

import { z } from 'zod'

export const writtenObjectReference = z.strictObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  // Kubernetes' own type has these; nothing reads them.
  fieldPath: z.string().optional(),
  resourceVersion: z.string().optional(),
  uid: z.string().optional(),
})

export const writtenSecretReference = z.strictObject({
  namespace: z.string().optional(),
  name: z.string().optional(),
})

export const writtenValueFrom = z.strictObject({
  kind: z.enum(['ConfigMap', 'Secret']),
  namespace: z.string().optional(),
  name: z.string().min(1),
  optional: z.boolean().optional(),
})

export const writtenTemplateResourceRef = z.strictObject({
  resource: writtenObjectReference,
  identifier: z.string(),
  optional: z.boolean().optional(),
  ignoreStatusChanges: z.boolean().optional(),
  watchFields: z.array(z.string()).optional(),
})

export type WrittenObjectReference = z.infer<typeof writtenObjectReference>
export type WrittenSecretReference = z.infer<typeof writtenSecretReference>
export type WrittenValueFrom = z.infer<typeof writtenValueFrom>
export type WrittenTemplateResourceRef = z.infer<typeof writtenTemplateResourceRef>

import { z } from 'zod'
import { writtenSecretReference, writtenValueFrom } from './reference.ts'

const remoteUrl = {
  url: z.string().regex(/^(https?|oci):\/\//, 'must begin with http://, https:// or oci://'),
  interval: z.string().optional(),
  secretRef: writtenSecretReference.optional(),
  insecureSkipTLSVerify: z.boolean().optional(),
  plainHTTP: z.boolean().optional(),
}

const sourceRef = {
  kind: z.enum(['GitRepository', 'OCIRepository', 'Bucket', 'ConfigMap', 'Secret']).optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  path: z.string().optional(),
  deploymentType: z.enum(['Local', 'Remote']).optional(),
  optional: z.boolean().optional(),
  tier: z.int().min(1).optional(),
  skipNamespaceCreation: z.boolean().optional(),
  force: z.boolean().optional(),
}

export const writtenPolicyRef = z.strictObject({
  ...sourceRef,
  remoteURL: z.strictObject({ ...remoteUrl, template: z.boolean().optional() }).optional(),
})

export const writtenKustomizationRef = z.strictObject({
  ...sourceRef,
  remoteURL: z.strictObject(remoteUrl).optional(),
  components: z.array(z.string()).optional(),
  targetNamespace: z.string().min(1).max(63).optional(),
  values: z.record(z.string(), z.string()).optional(),
  valuesFrom: z.array(writtenValueFrom).optional(),
})

export type WrittenPolicyRef = z.infer<typeof writtenPolicyRef>
export type WrittenKustomizationRef = z.infer<typeof writtenKustomizationRef>

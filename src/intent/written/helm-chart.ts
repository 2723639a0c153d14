import { z } from 'zod'
import { writtenSecretReference, writtenValueFrom } from './reference.ts'

const flag = z.boolean().optional()

const installOptions = z.strictObject({
  createNamespace: flag,
  replace: flag,
  disableHooks: flag,
  takeOwnership: flag,
  recoverAfterConsecutiveFailures: z.int().optional(),
})

const upgradeOptions = z.strictObject({
  force: flag,
  resetValues: flag,
  reuseValues: flag,
  resetThenReuseValues: flag,
  recreate: flag,
  maxHistory: z.int().optional(),
  cleanupOnFail: flag,
  subNotes: flag,
  upgradeCRDs: flag,
  disableHooks: flag,
  takeOwnership: flag,
})

const uninstallOptions = z.strictObject({
  keepHistory: flag,
  deletionPropagation: z.enum(['orphan', 'foreground', 'background']).optional(),
  disableHooks: flag,
})

export const writtenHelmOptions = z.strictObject({
  skipCRDs: flag,
  skipSchemaValidation: flag,
  wait: flag,
  waitForJobs: flag,
  timeout: z.string().optional(),
  disableHooks: flag,
  disableOpenAPIValidation: flag,
  atomic: flag,
  dependencyUpdate: flag,
  labels: z.record(z.string(), z.string()).optional(),
  enableClientCache: flag,
  description: z.string().optional(),
  passCredentialsAll: flag,
  runTests: flag,
  postRenderStrategy: z.enum(['combined', 'separate', 'nohooks']).optional(),
  installOptions: installOptions.optional(),
  upgradeOptions: upgradeOptions.optional(),
  uninstallOptions: uninstallOptions.optional(),
  /** Before v0.32; now in installOptions. */
  createNamespace: flag,
})

export const writtenHelmChart = z.strictObject({
  repositoryURL: z.string().min(1),
  repositoryName: z.string().optional(),
  chartName: z.string().optional(),
  chartVersion: z.string().optional(),
  releaseName: z.string().min(1),
  releaseNamespace: z.string().min(1),
  values: z.string().optional(),
  valuesFrom: z.array(writtenValueFrom).optional(),
  helmChartAction: z.enum(['Install', 'Uninstall']).optional(),
  options: writtenHelmOptions.optional(),
  registryCredentialsConfig: z
    .strictObject({
      credentials: writtenSecretReference.optional(),
      key: z.string().optional(),
      ca: writtenSecretReference.optional(),
      insecureSkipTLSVerify: flag,
      plainHTTP: flag,
    })
    .optional(),
  signatureVerification: z
    .strictObject({
      provider: z.enum(['PublicKey', 'Keyless']),
      secretRef: writtenSecretReference.optional(),
      matchOIDCIdentity: z
        .array(z.strictObject({ issuer: z.string().min(1), subject: z.string().min(1) }))
        .optional(),
    })
    .optional(),
  provenanceVerification: z.strictObject({ keyringSecretRef: writtenSecretReference }).optional(),
  /** Before v0.32; now registryCredentialsConfig.credentials. */
  secretRef: writtenSecretReference.optional(),
})

export type WrittenHelmChart = z.infer<typeof writtenHelmChart>
export type WrittenHelmOptions = z.infer<typeof writtenHelmOptions>

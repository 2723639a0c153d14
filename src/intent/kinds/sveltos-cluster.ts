import { z } from 'zod'
import { parseKubernetesVersion } from '../../config/config.ts'
import type { Report } from '../../diagnostics/types.ts'
import type { JsonObject } from '../../engine/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { badValue, notEvaluated } from '../diagnostics.ts'
import { readObject } from '../reading.ts'
import type { Cluster } from '../types.ts'
import { writtenResourceSelector } from '../written/health.ts'

const text = z.string().optional()
const required = z.string().min(1)

const checks = z
  .array(
    z.strictObject({
      name: z.string(),
      resourceSelectors: z.array(writtenResourceSelector),
      condition: z.string(),
    }),
  )
  .optional()

export const writtenSveltosClusterSpec = z.strictObject({
  kubeconfigName: text,
  kubeconfigKeyName: text,
  paused: z.boolean().optional(),
  tokenRequestRenewalOption: z
    .strictObject({
      renewTokenRequestInterval: z.string(),
      tokenDuration: text,
      saNamespace: text,
      saName: text,
      kubeconfigKeyName: text,
    })
    .optional(),
  data: z.record(z.string(), z.string()).optional(),
  activeWindow: z.strictObject({ from: required, to: required }).optional(),
  consecutiveFailureThreshold: z.int().optional(),
  readinessChecks: checks,
  livenessChecks: checks,
  pullMode: z.boolean().optional(),
  workloadIdentity: z
    .strictObject({
      provider: z.enum(['AWS', 'GCP', 'Azure']),
      endpoint: required,
      caSecretRef: z.strictObject({ name: text }).optional(),
      aws: z.strictObject({ clusterName: required, region: text, roleARN: text }).optional(),
      gcp: z.strictObject({ clusterName: required, location: required, projectID: required }).optional(),
      azure: z
        .strictObject({
          clientID: required,
          clusterName: text,
          resourceGroup: text,
          subscriptionID: text,
          tenantID: required,
        })
        .optional(),
    })
    .optional(),
})

type WrittenSpec = z.infer<typeof writtenSveltosClusterSpec>

/** SveltosCluster (sveltos.md 6). Its id is made once all clusters are known. */
export function parseSveltosCluster(document: SourceDocument, report: Report): Cluster | undefined {
  const object = readObject(document, writtenSveltosClusterSpec, report)
  if (object === undefined) return undefined
  const { name, labels, annotations, spec } = object
  const namespace = object.namespace === '' ? 'default' : object.namespace
  checkWorkloadIdentity(document, spec, report)
  if (spec.activeWindow !== undefined) {
    report(notEvaluated(document, 'its activeWindow pauses nothing; `spec.paused` does'))
  }
  const status = statusOf(document.value)
  const version = status.version === undefined ? undefined : parseKubernetesVersion(status.version)
  // With a workload identity or in pull mode there is no Secret with a kubeconfig.
  const hasSecret = spec.workloadIdentity === undefined && spec.pullMode !== true
  return {
    type: 'sveltos',
    namespace,
    name,
    id: `${namespace}/${name}`,
    labels,
    annotations,
    json: document.json,
    value: document.value,
    paused: spec.paused === true || Object.hasOwn(annotations, 'cluster.x-k8s.io/paused'),
    ...(version === undefined ? {} : { version }),
    ...(status.ready === undefined ? {} : { ready: status.ready }),
    ...(hasSecret ? { kubeconfigSecret: kubeconfigSecret(name, spec) } : {}),
    document,
    ...(object.ignores ? { ignores: true } : {}),
  }
}

function kubeconfigSecret(name: string, spec: WrittenSpec): { readonly name: string; readonly key: string } {
  return {
    name: spec.kubeconfigName ?? `${name}-sveltos-kubeconfig`,
    // Without a name Sveltos takes the first key of the Secret; `kubeconfig` is what sveltosctl writes.
    key: spec.kubeconfigKeyName ?? 'kubeconfig',
  }
}

/** The CRD's rules on workloadIdentity. */
function checkWorkloadIdentity(
  document: SourceDocument,
  { workloadIdentity, kubeconfigName }: WrittenSpec,
  report: Report,
): void {
  if (workloadIdentity === undefined) return
  const path = ['spec', 'workloadIdentity']
  if (kubeconfigName !== undefined)
    report(badValue(document, ['spec', 'kubeconfigName'], 'must not be beside `workloadIdentity`'))
  for (const [provider, field] of [
    ['AWS', 'aws'],
    ['GCP', 'gcp'],
    ['Azure', 'azure'],
  ] as const) {
    const isMeant = workloadIdentity.provider === provider
    if (isMeant === (workloadIdentity[field] !== undefined)) continue
    const rule = isMeant
      ? `needs \`${field}\` for the provider ${provider}`
      : `must not have \`${field}\` for the provider ${workloadIdentity.provider}`
    report(badValue(document, path, rule))
  }
}

function statusOf(value: JsonObject): { readonly version?: string; readonly ready?: boolean } {
  const status = z.looseObject({ version: text, ready: z.boolean().optional() }).safeParse(value.status ?? {})
  if (!status.success) return {}
  const { version, ready } = status.data
  return {
    ...(version === undefined || version === '' ? {} : { version }),
    ...(ready === undefined ? {} : { ready }),
  }
}

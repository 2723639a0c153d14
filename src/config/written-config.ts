import { z } from 'zod'
import { isLabelKey, isLabelValue } from '../kubernetes/selector-text.ts'
import { parseDuration, parseKubernetesVersion, parseShare } from './units.ts'

const texts = (about: string) => z.array(z.string().min(1)).optional().describe(about)
const text = (about: string) => z.string().min(1).optional().describe(about)
const flag = (about: string) => z.boolean().optional().describe(about)

/** As API conventions have it; another spelling would protect nothing. */
const kinds = (about: string) =>
  z
    .array(z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'must be a kind as objects write it, like `Namespace`'))
    .optional()
    .describe(about)

const appAction = (about: string) => z.enum(['commit', 'pull-request']).optional().describe(about)

const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'must be a DNS label: lower-case letters, digits and dashes, at most 63',
  )
const dnsName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be a DNS name: lower-case letters, digits, dashes and dots',
  )

const cluster = z.strictObject({
  name: dnsName.describe('Name of the cluster.'),
  namespace: dnsLabel
    .optional()
    .describe('Groups clusters; a Profile or Set of that namespace may select it. Default: default'),
  labels: z
    .record(
      z.string().refine(isLabelKey, 'is no valid key of a label'),
      z
        .string()
        .refine(isLabelValue, 'must be a valid label value: at most 63 letters, digits, `-`, `_` and `.`'),
    )
    .optional()
    .describe('Labels that selectors see.'),
  context: text('kubeconfig context that reaches the cluster.'),
  version: z
    .string()
    .refine(
      (version) => parseKubernetesVersion(version) !== undefined,
      'must be a Kubernetes version like `v1.34.2`',
    )
    .optional()
    .describe('Kubernetes version until facts say otherwise: v1.34.2.'),
})

/** As `git check-ref-format --branch` has it. */
function isBranchName(name: string): boolean {
  return (
    /^(?!-)[^\s~^:?*[\\\p{Cc}]{1,200}$/u.test(name) &&
    !/\.\.|@\{|\/\/|^[/.]|\/\.|\.lock(?:\/|$)|[/.]$/.test(name) &&
    name !== '@'
  )
}

const rendered = z.strictObject({
  branch: z
    .string()
    .min(1)
    .refine(isBranchName, 'must be a name that Git takes for a branch')
    .optional()
    .describe('Branch that fleetwright writes and Flux or Argo CD reads. Default: rendered'),
  delivery: z
    .array(z.enum(['flux', 'argocd']))
    .optional()
    .describe('Which delivery objects are written. Default: [flux]'),
  mode: z
    .enum(['hub', 'spoke'])
    .optional()
    .describe(
      'Flux only: objects in the management cluster (hub), or a root per cluster (spoke). Default: hub',
    ),
  adopt: flag('Take over a branch that fleetwright did not create. Default: false'),
  source: z
    .strictObject({
      name: dnsName.optional().describe('Name of the Flux GitRepository. Default: fleetwright'),
      namespace: dnsLabel.optional().describe("Its namespace. Default: the cluster's"),
    })
    .optional()
    .describe('The Flux GitRepository of the rendered branch.'),
  argocd: z
    .strictObject({
      repoURL: text('URL of this repository as Argo CD reaches it.'),
      namespace: dnsLabel.optional().describe('Namespace of the Applications. Default: argocd'),
      project: dnsName.optional().describe('Argo CD project. Default: default'),
    })
    .optional(),
})

const spec = z.strictObject({
  intent: z
    .strictObject({
      include: texts('Globs of files that may hold intent. Default: every YAML file'),
      exclude: texts('Globs of files that do not.'),
    })
    .optional(),
  management: z
    .strictObject({
      context: text('kubeconfig context of the management cluster.'),
      inCluster: flag(
        'The management cluster is the one that fleetwright runs in, by its service account. Default: false',
      ),
      cluster: text('Which cluster of the fleet the management cluster is, as namespace/name, if it is one.'),
    })
    .optional(),
  clusters: z.array(cluster).optional().describe('Clusters without Cluster API or Sveltos objects.'),
  facts: z
    .strictObject({
      maxAge: z
        .string()
        .refine((age) => parseDuration(age) !== undefined, 'must be a duration like `24h` or `90m`')
        .optional()
        .describe('Facts older than this are an error for their cluster. Default: 24h'),
    })
    .optional(),
  rendered: rendered.optional(),
  brakes: z
    .strictObject({
      maxDeletedShare: z
        .union([z.string(), z.number()])
        .refine((share) => parseShare(share) !== undefined, 'must be a share like `10%` or `0.1`')
        .optional()
        .describe("Largest share of a cluster's objects that one run may delete. Default: 10%"),
      protect: kinds(
        'Kinds whose deletion always stops. Default: Namespace, CustomResourceDefinition, PersistentVolumeClaim',
      ),
    })
    .optional(),
  secrets: z
    .strictObject({ allow: texts('namespace/name patterns of Secrets that may be rendered with values.') })
    .optional(),
  review: z
    .strictObject({
      commands: z
        .strictObject({
          allow: texts('Permissions or logins that may give comment commands. Default: [write]'),
        })
        .optional(),
      silence: texts('Codes of warnings and notes that are not shown.'),
    })
    .optional(),
  sources: z
    .strictObject({ allowedHosts: texts('Private hosts that charts and sources may be fetched from.') })
    .optional(),
  app: z
    .strictObject({
      onPush: appAction(
        'What the GitHub App does when somebody pushes to the source branch: write the rendered branch (`commit`), or open a pull request to it. Default: commit',
      ),
      onFleetChange: appAction(
        'What the GitHub App does when a cluster changes and with it what the intent comes to: as `onPush`. Default: pull-request',
      ),
    })
    .optional(),
})

/** `fleetwright.yaml` as a person writes it; every field of the spec is optional. */
export const writtenConfig = z.strictObject({
  apiVersion: z.literal('fleetwright.dev/v1alpha1'),
  kind: z.literal('FleetConfig'),
  metadata: z.looseObject({}).optional().describe('Ignored.'),
  spec: spec.optional(),
})

export type WrittenConfig = z.infer<typeof writtenConfig>

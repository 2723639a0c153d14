import { z } from 'zod'
import { formatDuration, formatShare } from '../config/config.ts'
import type { ConfigInForce, FleetConfig } from '../config/types.ts'
import { sortDiagnostics } from '../diagnostics/order.ts'
import { toDiagnosticJson, type DiagnosticJson } from '../diagnostics/json.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { diagnosticOutput } from './diagnostic-schema.ts'

const texts = z.array(z.string())
const appAction = z.enum(['commit', 'pull-request'])

const specOutput = z.object({
  intent: z.object({ include: texts, exclude: texts }),
  management: z.object({
    context: z.string().optional(),
    inCluster: z.boolean().optional(),
    cluster: z.string().optional(),
  }),
  clusters: z.array(
    z.object({
      name: z.string(),
      namespace: z.string(),
      labels: z.record(z.string(), z.string()),
      context: z.string().optional(),
      version: z.string().optional().describe('With `v` and three numbers.'),
    }),
  ),
  facts: z.object({ maxAge: z.string().describe('Duration: `24h`.') }),
  rendered: z.object({
    branch: z.string(),
    delivery: z.array(z.enum(['flux', 'argocd'])),
    mode: z.enum(['hub', 'spoke']),
    adopt: z.boolean(),
    source: z.object({ name: z.string(), namespace: z.string().optional() }),
    argocd: z.object({ repoURL: z.string().optional(), namespace: z.string(), project: z.string() }),
  }),
  brakes: z.object({
    maxDeletedShare: z
      .union([z.string(), z.number()])
      .describe('Share: `10%`, or a number from 0 to 1 where no short text says it exactly.'),
    protect: texts,
  }),
  secrets: z.object({ allow: texts }),
  review: z.object({ commands: z.object({ allow: texts }), silence: texts }),
  sources: z.object({ allowedHosts: texts }),
  app: z.object({ onPush: appAction, onFleetChange: appAction }),
})

/** What `fleetwright show config --output json` prints. */
export const configOutput = z
  .object({
    written: z.boolean().describe('False where the commit has no fleetwright.yaml: everything is a default.'),
    apiVersion: z.literal('fleetwright.dev/v1alpha1'),
    kind: z.literal('FleetConfig'),
    spec: specOutput.describe(
      'Each field as in [fleetwright.yaml](configuration.md), with its default where nothing valid is written.',
    ),
    diagnostics: z.array(diagnosticOutput).describe('What is wrong with the file.'),
    inForce: z
      .object({
        commit: z
          .string()
          .optional()
          .describe('The last commit of the branch whose file can be read. Without one, nothing is allowed.'),
        spec: specOutput,
      })
      .optional()
      .describe(
        'Where something is wrong with the file: what counts in its place wherever it is a matter of trust.',
      ),
  })
  .describe('Result of `fleetwright show config --output json`.')

/** The configuration as somebody would write it who wrote everything: read again, it is the same. */
export function toWrittenForm(config: FleetConfig): z.infer<typeof specOutput> {
  const { intent, management, clusters, facts, rendered, brakes, secrets, review, sources, app } = config
  return {
    ...{ intent, management },
    clusters: clusters.map(({ name, namespace, labels, context, version }) => ({
      ...{ name, namespace, labels },
      ...(context !== undefined && { context }),
      ...(version !== undefined && { version }),
    })),
    facts: { maxAge: formatDuration(facts.maxAgeMs) },
    rendered: { ...rendered, delivery: [...rendered.delivery] },
    brakes: { maxDeletedShare: formatShare(brakes.maxDeletedShare), protect: [...brakes.protect] },
    ...{ secrets, review, sources, app },
  } as z.infer<typeof specOutput>
}

interface ConfigOutput {
  readonly written: boolean
  readonly apiVersion: 'fleetwright.dev/v1alpha1'
  readonly kind: 'FleetConfig'
  readonly spec: z.infer<typeof specOutput>
  readonly diagnostics: readonly DiagnosticJson[]
  readonly inForce?: { readonly commit?: string; readonly spec: z.infer<typeof specOutput> }
}

/** Plain data, keys in the order of the schema. */
export function toConfigOutput(
  config: FleetConfig,
  read: {
    readonly isWritten: boolean
    readonly diagnostics: readonly Diagnostic[]
    readonly inForce?: ConfigInForce
  },
): ConfigOutput {
  const { isWritten, diagnostics, inForce } = read
  const commit = inForce?.broken?.commit
  return {
    written: isWritten,
    apiVersion: 'fleetwright.dev/v1alpha1',
    kind: 'FleetConfig',
    spec: toWrittenForm(config),
    diagnostics: sortDiagnostics(diagnostics).map(toDiagnosticJson),
    ...(inForce && {
      inForce: { ...(commit !== undefined && { commit }), spec: toWrittenForm(inForce.config) },
    }),
  }
}

import { z } from 'zod'
import { toDiagnosticJson } from '../diagnostics/json.ts'
import { sortDiagnostics } from '../diagnostics/order.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { configOutput } from './config-output.ts'
import { diagnosticOutput } from './diagnostic-schema.ts'
import { brakeOutput, reviewOutput } from './review/review-schema.ts'
import type { CompileReport } from './types.ts'

const unitOutput = z.object({
  name: z.string().describe('Folder of the unit on the rendered branch.'),
  profile: z.string().describe('`ClusterProfile/<name>` or `Profile/<namespace>/<name>`.'),
  kind: z
    .enum(['helm', 'kustomize', 'policy', 'unresolved'])
    .describe('`unresolved`: asked for, and could not be worked out.'),
  chart: z.string().optional(),
  version: z.string().optional().describe('Of the chart.'),
  appVersion: z.string().optional(),
  objects: z.int().describe('Objects on the rendered branch.'),
  digest: z.string().describe('sha256 over everything that the objects depend on; empty where unknown.'),
  status: z
    .enum(['rendered', 'unchanged', 'held', 'dry-run'])
    .describe('`held`: stays as it is on the rendered branch; `dry-run`: shown and not written.'),
  reason: z.string().optional().describe('Why it is held.'),
})

const clusterOutput = z.object({
  namespace: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  hold: z
    .object({ reason: z.string(), message: z.string() })
    .optional()
    .describe('The whole cluster stays as it is.'),
  units: z.array(unitOutput).describe('In delivery order.'),
})

/** What `fleetwright compile --output json` prints. */
const compileOutput = z
  .object({
    clusters: z.array(clusterOutput).describe('Sorted by namespace and name.'),
    diagnostics: z.array(diagnosticOutput).describe('Sorted by file, position, severity and code.'),
    branch: z
      .object({
        name: z.string(),
        commit: z.string().optional().describe('Where the branch is now; absent when it does not exist.'),
        changed: z.boolean(),
      })
      .describe('The rendered branch.'),
    brake: brakeOutput.optional().describe('Deletions that nobody approved: nothing was written.'),
  })
  .describe('Result of `fleetwright compile --output json`.')

/** Plain data of a report, keys in the order of the schema. */
export function toCompileOutput({ clusters, diagnostics, branch, brake }: CompileReport) {
  return {
    clusters: clusters.map(({ namespace, name, labels, hold, units }) => ({
      ...{ namespace, name, labels },
      ...(hold && { hold: { reason: hold.reason, message: hold.message } }),
      units,
    })),
    diagnostics: sortDiagnostics(diagnostics).map(toDiagnosticJson),
    branch,
    ...(brake && { brake: { digest: brake.digest, reasons: brake.reasons } }),
  }
}

/** Plain data of the commands whose result is what they found. */
export function toDiagnosticsOutput(diagnostics: readonly Diagnostic[]) {
  return { diagnostics: sortDiagnostics(diagnostics).map(toDiagnosticJson) }
}

const validateOutput = z
  .object({ diagnostics: z.array(diagnosticOutput) })
  .describe('Result of `fleetwright validate --output json`.')

const observeOutput = z
  .object({
    clusters: z
      .array(
        z.object({
          cluster: z.string().describe('`<namespace>/<name>`, or `management`.'),
          status: z
            .enum(['observed', 'kept', 'missing'])
            .describe('`kept`: it did not answer, and its last facts stay; `missing`: there are none.'),
          version: z.string().optional().describe('Of the API server.'),
          objects: z.int().describe('Recorded objects.'),
          changed: z.boolean().describe('Whether its facts are others than before.'),
          failure: z
            .object({
              reason: z
                .string()
                .describe(
                  '`address`, `unreachable`, `certificate`, `timeout`, `unauthorized`, `forbidden`, `throttled`, `not-found`, `bad-answer`.',
                ),
              message: z.string(),
            })
            .optional(),
          unavailable: z
            .array(z.string())
            .describe('APIs whose server did not answer: their last facts stay.'),
        }),
      )
      .describe('Sorted.'),
    intentErrors: z.int().describe('Errors of the intent; `fleetwright validate` shows them.'),
    diagnostics: z.array(diagnosticOutput),
    recorded: z
      .object({
        name: z.string().describe('Branch or folder.'),
        commit: z.string().optional(),
        changed: z.boolean(),
      })
      .optional()
      .describe('Where it was recorded.'),
    roles: z
      .array(
        z.object({
          object: z.record(z.string(), z.unknown()).describe('ClusterRole or Role.'),
          notes: z.array(z.string()).describe('What it is for, and why each rule is there.'),
        }),
      )
      .optional()
      .describe('With `--print-rbac`.'),
  })
  .describe(
    'Result of `fleetwright observe --output json`; with `--watch` every line is an object of its own.',
  )

const addOnsOutput = z
  .object({
    addons: z.array(
      z.object({
        cluster: z.string().describe('`<namespace>/<name>`.'),
        resourceType: z.string().describe('`helm chart`, or `<group>:<Kind>`.'),
        namespace: z.string(),
        name: z.string(),
        version: z.string().describe('Of a chart; `N/A` for objects.'),
        time: z.string().describe('Of the commit that last changed the unit, ISO 8601 UTC.'),
        deploymentType: z.enum(['Managed cluster', 'Management cluster']),
        profile: z.string(),
        delivered: z
          .object({
            status: z.enum(['ready', 'failed', 'progressing', 'suspended', 'unknown']),
            message: z.string().optional(),
          })
          .optional()
          .describe(
            'What Flux or Argo CD said of it when it was observed; absent where nothing is recorded.',
          ),
      }),
    ),
  })
  .describe('Result of `fleetwright show addons --output json`.')

const machineSet = z.object({
  kind: z.string(),
  name: z.string(),
  version: z.string().optional().describe('Wanted.'),
  versionNow: z.string().optional().describe('Oldest version that runs now.'),
  replicas: z.int().optional().describe('Wanted.'),
  readyReplicas: z.int().optional(),
})

const clustersOutput = z
  .object({
    clusters: z.array(
      z.object({
        cluster: z.string().describe('`<namespace>/<name>`.'),
        type: z.enum(['capi', 'sveltos', 'configured']),
        version: z.string().describe('What it runs, as far as anybody knows.'),
        wantedVersion: z.string().optional().describe('What is written, where it runs another version.'),
        ready: z.boolean().optional(),
        paused: z.boolean(),
        controlPlane: machineSet.optional(),
        workers: z.array(machineSet),
        pods: z.array(z.string()).describe('CIDR blocks.'),
        services: z.array(z.string()).describe('CIDR blocks.'),
        infrastructure: z.object({ kind: z.string(), name: z.string() }).optional(),
        labels: z.array(
          z.object({
            key: z.string(),
            value: z.string(),
            origin: z.string().describe('`written`, `observed`, `what-if`, or the id of a classifier.'),
            because: z.array(z.string()).optional().describe('What made the classifier match.'),
          }),
        ),
        addons: z.int().describe('Add-ons that the plan gives it.'),
        hold: z.string().optional().describe('Why it stays as it is.'),
        observed: z
          .object({
            observedAt: z.string().optional().describe('ISO 8601 UTC of the last complete answer.'),
            reachable: z.boolean(),
            reason: z.string().optional(),
          })
          .optional()
          .describe('Absent for a cluster that was never observed.'),
      }),
    ),
  })
  .describe('Result of `fleetwright show clusters --output json`.')

const eventsOutput = z
  .object({
    events: z.array(
      z.object({
        trigger: z.string(),
        source: z.string().describe('The event source.'),
        cluster: z.string().describe('The source cluster.'),
        objects: z.array(z.string()).describe('Objects and CloudEvents that were seen.'),
        profiles: z.array(z.string()).describe('Ids of the profiles that were generated.'),
        hold: z.string().optional().describe('Why what was generated before stays.'),
      }),
    ),
  })
  .describe('Result of `fleetwright show events --output json`.')

const conflictsOutput = z
  .object({
    conflicts: z.array(
      z.object({
        cluster: z.string(),
        what: z.string(),
        owner: z.string(),
        loser: z.string(),
        because: z.string(),
      }),
    ),
  })
  .describe('Result of `fleetwright show conflicts --output json`.')

const healthStatus = z
  .enum(['Healthy', 'Progressing', 'Degraded', 'Suspended', 'Unknown'])
  .describe('`Unknown`: the facts do not say, or the script failed.')

const healthOutput = z
  .object({
    conditions: z.array(
      z.object({
        cluster: z.string().describe('`<namespace>/<name>`.'),
        clusterHealthCheck: z.string(),
        check: z.string().describe('Name of the entry of `livenessChecks`.'),
        type: z.enum(['Addons', 'HealthCheck']),
        status: z.enum(['Passing', 'Failing', 'Unknown']),
        message: z.string(),
      }),
    ),
    objects: z.array(
      z.object({
        cluster: z.string(),
        healthCheck: z.string(),
        object: z.string().describe('`<Kind> <namespace>/<name>`; empty where none can be judged.'),
        status: healthStatus,
        message: z.string(),
      }),
    ),
  })
  .describe('Result of `fleetwright show health --output json`.')

const resourcesOutput = z
  .object({
    resources: z.array(
      z.object({
        cluster: z.string().describe('`<namespace>/<name>`.'),
        healthCheck: z.string().describe('The HealthCheck that judges it.'),
        gvk: z.string().describe('`<group>/<version>, Kind=<Kind>`.'),
        namespace: z.string(),
        name: z.string(),
        status: healthStatus,
        message: z.string(),
        resource: z.record(z.string(), z.unknown()).optional().describe('The object, with `--full`.'),
      }),
    ),
  })
  .describe('Result of `fleetwright show resources --output json`.')

const cause = z.object({
  text: z.string(),
  place: z.string().optional().describe('`<file>:<line>:<column>`, or the template of a chart.'),
  get causes() {
    return z.array(cause).describe('Why that is so.')
  },
})

const explainOutput = z
  .object({ subject: z.string(), causes: z.array(cause) })
  .describe('Result of `fleetwright explain --output json`.')

const verifyOutput = z
  .object({
    status: z.enum(['equal', 'different', 'impossible']),
    commit: z.string().describe('The rendered commit.'),
    source: z.string().optional().describe('The commit that it was compiled from.'),
    differences: z
      .array(z.object({ path: z.string(), kind: z.enum(['changed', 'missing', 'unexpected']) }))
      .optional(),
    reason: z.string().optional().describe('Why it cannot be verified.'),
  })
  .describe('Result of `fleetwright verify --output json`.')

const pin = z.object({
  version: z.string(),
  revision: z.string().optional(),
  digest: z.string(),
  url: z.string().optional(),
})

const updateOutput = z
  .object({
    moves: z.array(
      z.object({
        key: z.string().describe('Of the source in fleetwright.lock.'),
        from: pin.optional().describe('Absent for a new pin.'),
        to: pin.optional().describe('Absent for a pin that nothing refers to any more.'),
      }),
    ),
    diagnostics: z.array(diagnosticOutput),
  })
  .describe('Result of `fleetwright update --output json`.')

const initOutput = z
  .object({ folder: z.string(), files: z.array(z.string()) })
  .describe('Result of `fleetwright init --output json`.')

/** What `--output json` prints, by command. */
export const outputs = {
  compile: compileOutput,
  diff: reviewOutput,
  observe: observeOutput,
  validate: validateOutput,
  'show addons': addOnsOutput,
  'show clusters': clustersOutput,
  'show events': eventsOutput,
  'show conflicts': conflictsOutput,
  'show health': healthOutput,
  'show resources': resourcesOutput,
  'show config': configOutput,
  explain: explainOutput,
  verify: verifyOutput,
  update: updateOutput,
  init: initOutput,
} as const

/** JSON Schemas of the outputs: that of `compile` is the document itself, the others are its definitions. */
export function outputSchemas(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(outputs).map(([command, schema]) => [
      command,
      { title: `fleetwright ${command}`, ...z.toJSONSchema(schema, { target: 'draft-2020-12' }) },
    ]),
  )
}

import { z } from 'zod'
import { diagnosticOutput, placeOutput } from '../diagnostic-schema.ts'

const clusters = z.array(z.string()).describe('`<namespace>/<name>`, sorted.')

const objectPlace = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  unit: z.string().describe('Add-on that holds it.'),
  path: z.string().describe('On the rendered branch, of the first cluster.'),
  source: z.string().optional().describe('Template, kustomization or text that it came from.'),
})

const value = z.unknown().describe('Any value, masked. Numbers are as they were written, beyond 53 bits too.')

const fieldOutput = z.object({
  path: z.string().describe('`spec.template.spec.containers[name=app].image`.'),
  change: z.enum(['added', 'removed', 'changed', 'reordered']),
  routine: z
    .enum(['chart-label', 'version-label', 'checksum', 'generated-hash', 'order', 'form'])
    .optional()
    .describe('Why it is no news.'),
  format: z.enum(['yaml', 'json', 'toml']).optional().describe('Of a text that holds structured data.'),
  get inside() {
    return z.array(fieldOutput).optional().describe('What differs in structured data of a text.')
  },
  values: z
    .array(z.object({ clusters, before: value.optional(), after: value.optional() }))
    .describe('One where all clusters agree; else one for each pair of values, the largest group first.'),
})

const objectOutput = z.object({
  change: z
    .enum(['added', 'removed', 'changed', 'renamed', 'moved'])
    .describe('`moved`: from or to another add-on of the cluster.'),
  before: objectPlace.optional(),
  after: objectPlace.optional(),
  clusters,
  routine: z.boolean().describe('Every field is routine.'),
  delivery: z.literal(true).optional().describe('It delivers the add-on and is no part of it.'),
  fields: z.array(fieldOutput),
  value: value.optional().describe('The whole object of the first cluster, where it is added or removed.'),
})

const unitSummary = z.object({
  kind: z.enum(['helm', 'kustomize', 'policy', 'namespaces']),
  profile: z.string().describe('`ClusterProfile/<name>` or `Profile/<namespace>/<name>`.'),
  chart: z.string().optional(),
  version: z.string().optional().describe('Of the chart.'),
  appVersion: z.string().optional(),
  objects: z.int(),
})

const unitChange = z.enum(['gained', 'lost', 'changed', 'moved'])

const unitOutput = z.object({
  unit: z.string().describe('Folder of the add-on on the rendered branch.'),
  change: unitChange.describe('`moved`: another profile owns it now.'),
  before: unitSummary.optional(),
  after: unitSummary.optional(),
  clusters,
  routine: z.boolean().describe('Nothing but routine changes.'),
  causes: z.array(
    z.object({
      text: z.string(),
      side: z.enum(['before', 'after']).describe('What is lost has its cause in `before`.'),
      fact: z
        .string()
        .optional()
        .describe(
          'That the cluster is another one than before, in few words and without its name: `serves 1.34`. Absent where somebody wrote it.',
        ),
      place: placeOutput.optional(),
      clusters,
    }),
  ),
  images: z.array(z.object({ before: z.string().optional(), after: z.string().optional(), clusters })),
  objects: z.array(objectOutput),
})

const dangerOutput = z.object({
  rule: z.string().describe('Documented in docs/reference/dangers.md.'),
  severity: z.enum(['high', 'medium']).describe('`high`: data or service may be lost, or security weakens.'),
  message: z.string(),
  clusters,
  unit: z.string().optional(),
  object: objectPlace.optional(),
  path: z.string().optional().describe('Field of the object.'),
  place: placeOutput.optional(),
  side: z.enum(['before', 'after']).optional().describe('Where the place is.'),
})

const totals = z
  .object({
    clusters: z.object({ all: z.int(), changed: z.int() }),
    units: z.object({
      gained: z.int(),
      lost: z.int(),
      changed: z.int(),
      moved: z.int(),
      routine: z.int().describe('Among the changed ones.'),
    }),
    objects: z.object({
      added: z.int(),
      removed: z.int(),
      changed: z.int(),
      renamed: z.int(),
      moved: z.int(),
      routine: z.int().describe('Among the changed ones.'),
    }),
  })
  .describe('True numbers; an object in three clusters counts three times.')

const schemas = z
  .object({
    checked: z.int(),
    unchecked: z
      .array(z.object({ api: z.string().describe('`acme.dev/v1 Widget`.'), objects: z.int() }))
      .describe('Kinds of which no schema is known: nobody looked at their objects.'),
  })
  .describe(
    'How many of the added and changed objects were held against what their cluster says of their kind.',
  )

const commit = z.object({
  commit: z.string().optional().describe('Absent for a folder and for what clusters run.'),
  name: z.string(),
})

const upgradeOutput = z.object({
  cluster: z.string(),
  from: z.string(),
  to: z.string(),
  machines: z.array(z.object({ kind: z.string(), name: z.string(), replicas: z.int().optional() })),
  labels: z.array(
    z.object({
      key: z.string(),
      before: z.string().optional(),
      after: z.string().optional(),
      classifier: z.string(),
    }),
  ),
  lostApis: z.array(z.object({ api: z.string(), objects: z.array(z.string()) })),
  follows: z
    .object({ totals, schemas, changes: z.array(unitOutput), dangers: z.array(dangerOutput) })
    .describe('What happens once the cluster has its new version.'),
  dangers: z.array(dangerOutput),
})

export const brakeOutput = z
  .object({
    digest: z
      .string()
      .describe(
        'Approves the tree that is left: `--allow-delete DIGEST`. Other facts or another commit that render the same tree keep it.',
      ),
    reasons: z.array(
      z.object({
        kind: z.enum(['cluster', 'protected', 'share', 'delivery']),
        cluster: z.string(),
        object: z.string().optional(),
        deleted: z.int().optional(),
        objects: z.int().optional(),
      }),
    ),
  })
  .describe('Deletions that would stop the compile after the merge.')

/** What `fleetwright diff --format json` prints. */
export const reviewOutput = z
  .object({
    baseline: z
      .enum(['pr', 'rendered', 'what-if', 'pending', 'drift'])
      .describe(
        '`pr`: what the change does; `rendered`: what the next compile would write; `what-if`: what a supposition would change; `pending`: what delivery has yet to do; `drift`: what somebody else changed.',
      ),
    base: commit,
    head: commit,
    verdict: z.object({
      kind: z.enum(['none', 'routine', 'changes', 'dangers', 'errors']),
      sentence: z.string(),
    }),
    totals,
    schemas,
    changes: z
      .array(unitOutput)
      .describe(
        'Add-ons that change alike on some clusters: lost, gained and moved ones first, routine ones last.',
      ),
    dangers: z.array(dangerOutput).describe('The most severe first.'),
    upgrades: z.array(upgradeOutput).describe('Clusters whose written version changes, sorted.'),
    brake: brakeOutput.optional(),
    diagnostics: z.object({
      added: z
        .array(
          diagnosticOutput.extend({ frame: z.string().optional().describe('The lines that it is about.') }),
        )
        .describe('Said of the head and not of the base.'),
      standing: z.int().describe('Said of both.'),
      resolved: z.int().describe('Said of the base alone.'),
    }),
    held: z
      .array(z.object({ cluster: z.string(), unit: z.string().optional(), reason: z.string() }))
      .describe('What stays as it is on the rendered branch whatever the head says.'),
    fleet: z
      .array(
        z.object({
          cluster: z.string(),
          labels: z.record(z.string(), z.string()),
          version: z.string().optional(),
          gone: z.literal(true).optional().describe('It is in the base alone.'),
          units: z.array(
            z.object({
              unit: z.string(),
              profile: z.string(),
              chart: z.string().optional(),
              version: z.string().optional(),
            }),
          ),
        }),
      )
      .describe('Every cluster of base or head with what it has after the change.'),
    facts: z.object({
      asOf: z.string().describe('ISO 8601 UTC.'),
      oldest: z.object({ cluster: z.string(), observedAt: z.string() }).optional(),
      silent: z.array(z.string()).describe('Clusters that did not answer at the last attempt.'),
      never: z.int().describe('Clusters that were never observed.'),
    }),
    versions: z.object({ compiler: z.string(), helm: z.string(), kustomize: z.string() }),
    reproduce: z.string().describe('Command that gives this report on another machine.'),
    changedLines: z
      .record(z.string(), z.array(z.object({ first: z.int(), last: z.int() })))
      .describe('Lines that the change touches in the head, by path; 1-based, both inclusive.'),
  })
  .describe('Result of `fleetwright diff --format json`.')

import type { Io, ExitCode } from './io.ts'
import type { CommandName } from './option-row.ts'
import type { Options } from './options.ts'

/** What a command does: values in, effects through `io`, exit code out. Faults of the world are thrown. */
export type Run = (options: Options, io: Io, args: readonly string[]) => Promise<ExitCode>

export interface CommandRow {
  readonly summary: string
  readonly description: string
  readonly arguments: readonly {
    readonly name: string
    readonly help: string
    readonly isRequired?: true
    readonly isList?: true
  }[]
  readonly examples: readonly string[]
  /** Loaded when it is run, so that `--help` need not load the product. */
  readonly load: () => Promise<Run>
}

export const commandTable: Record<CommandName, CommandRow> = {
  compile: {
    summary: 'Compile intent and facts into the rendered branch',
    description:
      'Reads a commit, works out what each cluster gets, renders it, and brings the rendered branch up to it in one commit; none when nothing changed. Units that cannot be rendered stay as they are.',
    arguments: [],
    examples: [
      'fleetwright compile',
      'fleetwright compile --push origin --locked',
      'fleetwright compile --worktree --out /tmp/tree',
      'fleetwright compile --cluster env=staging --emit plan',
    ],
    load: async () => (await import('./compile-command.ts')).runCompile,
  },
  diff: {
    summary: 'Show what a change does to the fleet',
    description:
      'Compiles the commit where HEAD left BASE and HEAD itself, both from the same recorded facts, and shows which cluster gains, loses or changes which add-on, what is dangerous, and every object that differs, folded over the clusters. Writes nothing. Configuration that could loosen anything is that of the base. With `--against rendered` the one commit that is named, or HEAD, is compared with the rendered branch; with `--what-if` too, what a supposition changes in it.',
    arguments: [
      {
        name: 'BASE',
        help: 'Branch or commit that the change goes to; default: `origin/HEAD`, else `main` or `master`',
      },
      { name: 'HEAD', help: 'The change; default: HEAD' },
    ],
    examples: [
      'fleetwright diff',
      'fleetwright diff origin/main my-branch --report out',
      'fleetwright diff --worktree --cluster env=production',
      'fleetwright diff --format markdown --fail-on dangers',
      'fleetwright diff --against rendered --facts facts',
      'fleetwright diff --against rendered --what-if cluster=fleet/prod,version=1.35',
      'fleetwright diff --against drift --context management',
    ],
    load: async () => (await import('./diff-command.ts')).runDiff,
  },
  observe: {
    summary: 'Read the clusters, and record what the intent has to know of them',
    description:
      'Compiles to learn what has to be known, reads it from every cluster, and goes round until nothing more is asked; then records the facts on the rendered branch in a commit of their own. Only reads clusters. One that does not answer keeps its last facts; the others are recorded, and the exit code is 3.',
    arguments: [],
    examples: [
      'fleetwright observe --context management --push origin',
      'fleetwright observe --cluster env=production --out facts',
      'fleetwright observe --print-rbac',
      'fleetwright observe --watch --branch rendered',
    ],
    load: async () => (await import('./observe-command.ts')).runObserve,
  },
  validate: {
    summary: 'Check intent without writing anything',
    description:
      'Reads a commit and works out what each cluster gets. Needs no network unless `--render` is given.',
    arguments: [],
    examples: ['fleetwright validate --worktree', 'fleetwright validate --render --output json'],
    load: async () => (await import('./validate-command.ts')).runValidate,
  },
  'show addons': {
    summary: 'List what the rendered branch deploys',
    description: 'The table of `sveltosctl show addons`, read from the rendered branch instead of clusters.',
    arguments: [],
    examples: ['fleetwright show addons --namespace fleet --helm-charts'],
    load: async () => (await import('./show-addons-command.ts')).runShowAddons,
  },
  'show clusters': {
    summary: 'List the clusters of the fleet with their versions, labels and facts',
    description:
      'Clusters of the repository and of the recorded management cluster: the version that each runs and the one that is written, its control plane and workers, how old its facts are, and its labels. With json every label says where it comes from.',
    arguments: [],
    examples: [
      'fleetwright show clusters --cluster env=production',
      'fleetwright show clusters --what-if cluster=fleet/prod,version=1.35 --output json',
    ],
    load: async () => (await import('./show-fleet-command.ts')).runShowClusters,
  },
  'show events': {
    summary: 'List what event triggers saw and what they generated',
    description: 'One row per trigger and source cluster, from the recorded facts.',
    arguments: [],
    examples: ['fleetwright show events'],
    load: async () => (await import('./show-fleet-command.ts')).runShowEvents,
  },
  'show conflicts': {
    summary: 'List what two profiles, or two classifiers, both want',
    description:
      'Releases and objects with their owner and the profile that does not get them, and labels that more than one classifier sets. Renders, since objects are known only then.',
    arguments: [],
    examples: ['fleetwright show conflicts --output json'],
    load: async () => (await import('./show-fleet-command.ts')).runShowConflicts,
  },
  'show health': {
    summary: 'List what health checks say of the clusters',
    description:
      'Judges the facts as HealthCheck and ClusterHealthCheck objects say: whether each cluster passes, and the state of each object. What the facts do not tell of is unknown.',
    arguments: [],
    examples: ['fleetwright show health --cluster env=production'],
    load: async () => (await import('./show-health-command.ts')).runShowHealth,
  },
  'show resources': {
    summary: 'List the objects that health checks judge',
    description:
      'The table of `sveltosctl show resources`, read from the facts: every object of every cluster that a HealthCheck has something to say of.',
    arguments: [],
    examples: ['fleetwright show resources --kind Deployment --full'],
    load: async () => (await import('./show-resources-command.ts')).runShowResources,
  },
  'show config': {
    summary: 'Print the configuration that holds, with every default',
    description:
      'Reads fleetwright.yaml of a commit and prints it complete: what is written, and the default of every field that is not.',
    arguments: [],
    examples: ['fleetwright show config', 'fleetwright show config --commit origin/main --output json'],
    load: async () => (await import('./show-config-command.ts')).runShowConfig,
  },
  explain: {
    summary: 'Say why a cluster, an add-on or an object is what it is',
    description:
      'Prints the chain of causes: object, unit, profile, selector, label. A unit or object is named by its path below the cluster; an object by `<kind>/<name>` or `<kind>/<namespace>/<name>`.',
    arguments: [
      {
        name: 'CLUSTER[/UNIT[/OBJECT]]',
        help: '`<namespace>/<name>`, then the unit, then the object',
        isRequired: true,
      },
    ],
    examples: [
      'fleetwright explain fleet/prod-eu',
      'fleetwright explain fleet/prod-eu/helm-monitoring-grafana/Service/monitoring/grafana',
    ],
    load: async () => (await import('./explain-command.ts')).runExplain,
  },
  verify: {
    summary: 'Compile a rendered commit again and compare every byte',
    description:
      'Takes the source commit, facts and pins that the rendered commit records, compiles onto its parent, and names every file that differs.',
    arguments: [{ name: 'COMMIT', help: 'Rendered commit; default: the tip of the rendered branch' }],
    examples: ['fleetwright verify', 'fleetwright verify 4f2a91c'],
    load: async () => (await import('./verify-command.ts')).runVerify,
  },
  update: {
    summary: 'Move the pins of fleetwright.lock',
    description:
      'Resolves version ranges, branches and URLs anew, prints what moves from where to where, and writes fleetwright.lock into the folder. Names are those of charts or sources; without names, all.',
    arguments: [{ name: 'NAME', help: 'Chart, repository or key in fleetwright.lock', isList: true }],
    examples: ['fleetwright update', 'fleetwright update podinfo --dry-run'],
    load: async () => (await import('./update-command.ts')).runUpdate,
  },
  init: {
    summary: 'Write a small working fleet into an empty folder',
    description:
      'Two clusters, a chart, a profile and a configuration, to compile at once and to change from there.',
    arguments: [{ name: 'DIR', help: 'Folder to write to; default: the current one' }],
    examples: ['fleetwright init my-fleet'],
    load: async () => (await import('./init-command.ts')).runInit,
  },
  serve: {
    summary: 'Run the GitHub App',
    description:
      'Takes webhooks into a queue, and does the work: checks and comments on pull requests, the rendered branch on pushes, commands in comments, and pull requests when a cluster changes. Needs APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET in the environment, which no option gives, since secrets must not stand on a command line; all variables are in docs/reference/app.md. SIGTERM and SIGINT end it in order: what runs is handed back.',
    arguments: [],
    examples: [
      'fleetwright serve',
      'fleetwright serve --port 8080 --data /var/lib/fleetwright --fleets fleets.yaml',
      'fleetwright serve --print-manifest https://fleetwright.example.com',
    ],
    load: async () => (await import('./serve-command.ts')).runServe,
  },
}

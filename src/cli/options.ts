import { commandNames, type CommandName, type OptionRow } from './option-row.ts'
import { serveOptions } from './serve-options.ts'

const printing = commandNames.filter((name) => name !== 'serve')
/** Tables of what the plan says. */
const planning = ['show clusters', 'show events', 'show conflicts', 'show health', 'show resources'] as const
const compiling = ['compile', 'diff', 'validate', 'explain', ...planning, 'verify', 'update'] as const
/** Those that read clusters. */
const observing = ['compile', 'diff', 'observe'] as const
const reading = [...compiling, 'observe', 'show addons'] as const
/** Those that read one commit, or the folder as it is. */
const ofOneState = ['observe', 'validate', 'explain', ...planning, 'show config'] as const

/** Stages that `--emit` can print, in the order of the journey. */
export const emittedStages = ['intent', 'facts', 'plan', 'sources', 'manifests', 'tree'] as const

/** What `diff --format` can print; each is a file of `--report`. */
export const reviewFormats = [
  'terminal',
  'markdown',
  'summary',
  'json',
  'html',
  'sarif',
  'check',
  'annotations',
  'proposal',
] as const
export type ReviewFormat = (typeof reviewFormats)[number]

/** By name. */
export const optionTable = {
  repo: {
    argument: 'PATH',
    help: 'Folder of the Git repository with the intent',
    default: '.',
    commands: [...reading, 'show config'],
  },
  commit: {
    argument: 'REF',
    help: 'Commit, branch or tag to compile',
    default: 'HEAD',
    commands: ['compile', ...ofOneState],
  },
  worktree: {
    help: 'Compile the files of the folder as they are, instead of a commit',
    commands: ['compile', 'diff', ...ofOneState],
  },
  branch: {
    argument: 'NAME',
    help: 'Rendered branch',
    defaultNote: '`rendered.branch` of fleetwright.yaml, else `rendered`',
    commands: reading,
  },
  remote: {
    argument: 'REMOTE',
    help: 'Read the rendered branch from this Git remote',
    defaultNote: 'the branch of the repository itself',
    commands: ['diff', 'validate', 'show addons', 'explain', ...planning],
  },
  against: {
    argument: 'BASELINE',
    help: '`pr`: what the commits of this branch change; `rendered`: what the next compile would write; `pending`: what delivery has yet to do in the clusters; `drift`: what somebody else changed in them',
    choices: ['pr', 'rendered', 'pending', 'drift'],
    default: 'pr',
    commands: ['diff'],
  },
  predict: {
    help: 'Predict what applying would change in the clusters, instead of asking them with a dry run, which needs the verb `patch`',
    commands: ['diff'],
  },
  format: {
    argument: 'FORMAT',
    help: 'What is printed on standard output; `markdown` is the comment on a pull request; `summary`, `check` and `annotations` are for GitHub too, and `proposal` is title and text of a pull request to the rendered branch, as JSON',
    choices: reviewFormats,
    default: 'terminal',
    commands: ['diff'],
  },
  report: {
    argument: 'DIR',
    help: 'Also write every format into this folder',
    commands: ['diff'],
  },
  link: {
    argument: 'URL',
    help: 'Where the whole report is, for the comment',
    commands: ['diff'],
  },
  failOn: {
    argument: 'WHAT',
    help: 'End with code 5 when there are any',
    choices: ['changes', 'dangers'],
    commands: ['diff'],
  },
  untrusted: {
    help: 'The head is of somebody whom you do not trust: fetch only from hosts that the base names or uses',
    commands: ['diff'],
  },
  trust: {
    argument: 'COMMIT',
    help: 'With `--what-if`: what this commit configures and uses decides which hosts the head may reach with whose credentials, as BASE does for a change',
    commands: ['diff'],
  },
  push: {
    argument: 'REMOTE',
    help: 'Read the rendered branch from this Git remote and push it there',
    defaultNote: 'the branch of the repository itself',
    commands: ['compile', 'observe'],
  },
  out: {
    argument: 'DIR',
    help: 'Write the tree into a folder instead of a branch',
    commands: ['compile'],
  },
  factsOut: {
    flag: '--out',
    argument: 'DIR',
    help: 'Record into a folder instead of a branch; `--facts DIR` of other commands reads it',
    commands: ['observe'],
  },
  observe: {
    help: 'Observe the clusters first, and compile with what they say',
    commands: ['compile'],
  },
  kubeconfig: {
    argument: 'FILE',
    help: 'Where contexts of clusters are looked up; without contexts in fleetwright.yaml, its current one is the management cluster',
    defaultNote: 'the files of KUBECONFIG, else `~/.kube/config`',
    commands: observing,
  },
  context: {
    argument: 'NAME',
    help: 'kubeconfig context of the management cluster',
    defaultNote: '`management` of fleetwright.yaml',
    commands: observing,
  },
  allowExec: {
    help: 'Let the kubeconfig run programs for credentials; one from a Secret never may',
    commands: observing,
  },
  timeout: {
    argument: 'DURATION',
    help: 'Longest time that reading one cluster may take: `45s`, `2m`',
    defaultNote: '30s',
    commands: observing,
  },
  clustersAtOnce: {
    flag: '--concurrency',
    argument: 'N',
    help: 'Clusters that are read at a time',
    isNumber: true,
    defaultNote: '16',
    commands: ['observe'],
  },
  watch: {
    help: 'Go on: print a line of JSON for every change that is recorded; records them too with `--branch`, `--push` or `--out`',
    commands: ['observe'],
  },
  debounce: {
    argument: 'DURATION',
    help: 'With `--watch`: quiet time after a change before it is looked at',
    defaultNote: '2s',
    commands: ['observe'],
  },
  poll: {
    argument: 'DURATION',
    help: 'With `--watch`: how often clusters are asked for their version and what they serve, which no watch tells',
    defaultNote: '1m',
    commands: ['observe'],
  },
  printRbac: {
    help: 'Print the least roles that observing needs, and connect to nothing',
    commands: ['observe'],
  },
  facts: {
    argument: 'DIR',
    help: 'Folder with recorded facts, laid out as `.fleetwright/` of the rendered branch',
    defaultNote: 'those of the rendered branch',
    commands: ['compile', 'diff', 'validate', 'explain', ...planning, 'update'],
  },
  cluster: {
    argument: 'SELECTOR',
    help: 'Only the clusters with these labels (`env=prod`), or the one with this `<namespace>/<name>`; the others stay as they are',
    defaultNote: 'all clusters',
    commands: ['compile', 'diff', 'observe', 'validate', ...planning],
  },
  whatIf: {
    argument: 'CHANGES',
    help: 'Answer for another world: `cluster=NAME` with `version=1.34`, `label:KEY=VALUE`, `label:KEY` (gone), `add=FILE`, `remove=KIND/NAMESPACE/NAME`, separated by commas. Never written to a branch',
    isList: true,
    commands: ['compile', 'diff', 'validate', 'explain', ...planning],
  },
  cloudEvent: {
    argument: 'FILE',
    help: 'A CloudEvent that came, as JSON: the event itself, which counts for every source cluster, or `{ "cluster": "NAMESPACE/NAME", "subject": NATS-SUBJECT, "event": … }`. Recorded on the branch with the facts',
    isList: true,
    commands: ['compile'],
  },
  emit: {
    argument: 'STAGE',
    help: 'Stop after a stage and print its value; nothing is written',
    choices: emittedStages,
    commands: ['compile'],
  },
  render: {
    help: 'Fetch charts and render too, so that their faults are found',
    commands: ['validate'],
  },
  locked: {
    help: 'Refuse what fleetwright.lock does not hold',
    commands: ['compile', 'diff', 'validate'],
  },
  offline: {
    help: 'Use what the cache holds and no network',
    environment: 'FLEETWRIGHT_OFFLINE',
    commands: [...compiling, 'observe'],
  },
  allowDelete: {
    argument: 'DIGEST',
    help: 'Approve the deletions that a brake named with this digest',
    isList: true,
    commands: ['compile'],
  },
  asOf: {
    argument: 'TIME',
    help: 'Time that the ages of facts are counted to, ISO 8601',
    defaultNote: 'now',
    commands: ['compile', 'diff', 'observe', 'validate', 'explain', ...planning],
  },
  concurrency: {
    argument: 'N',
    help: 'Renders side by side; each takes about 100 MB',
    isNumber: true,
    defaultNote: 'the number of cores, at most 4',
    environment: 'FLEETWRIGHT_CONCURRENCY',
    commands: compiling,
  },
  again: {
    help: 'Compile also when nothing changed since this machine compiled it last',
    commands: ['compile'],
  },
  cache: {
    argument: 'DIR',
    help: 'Folder that keeps downloads and what runs said',
    defaultNote: '`fleetwright` in `$XDG_CACHE_HOME`, else in `~/.cache`',
    environment: 'FLEETWRIGHT_CACHE',
    commands: [...compiling, 'observe'],
  },
  namespace: {
    argument: 'NAME',
    help: 'Only clusters of this namespace',
    commands: ['show addons'],
  },
  clusterName: {
    flag: '--cluster',
    argument: 'NAME',
    help: 'Only the cluster with this name, or this `<namespace>/<name>`',
    commands: ['show addons'],
  },
  group: {
    argument: 'GROUP',
    help: 'Only objects of this API group; `core` for the core group',
    commands: ['show resources'],
  },
  kind: {
    argument: 'KIND',
    help: 'Only objects of this kind',
    commands: ['show resources'],
  },
  objectNamespace: {
    flag: '--namespace',
    argument: 'NAME',
    help: 'Only objects in this namespace',
    commands: ['show resources'],
  },
  clusterNamespace: {
    argument: 'NAME',
    help: 'Only clusters of this namespace',
    commands: ['show resources'],
  },
  full: {
    help: 'Print the objects too, as they were observed',
    commands: ['show resources'],
  },
  profile: {
    argument: 'NAME',
    help: 'Only what this profile deploys: `ClusterProfile/<name>`, or the name alone',
    commands: ['show addons'],
  },
  helmCharts: {
    help: 'Only Helm charts',
    commands: ['show addons'],
  },
  resources: {
    help: 'Only objects that no Helm chart renders',
    commands: ['show addons'],
  },
  dryRun: {
    help: 'Print what would move, and write nothing',
    commands: ['update'],
  },
  ...serveOptions,
  output: {
    argument: 'FORMAT',
    help: 'What is printed on standard output',
    choices: ['human', 'json'],
    default: 'human',
    commands: printing,
  },
  progress: {
    argument: 'FORMAT',
    help: 'How standard error says where the work has come to; `auto`: on a terminal, and as `plain` lines where `CI` is set; `json`: a line `{ "stage", "done", "total" }` each',
    choices: ['auto', 'plain', 'json', 'none'],
    default: 'auto',
    commands: printing,
  },
  color: {
    argument: 'WHEN',
    help: 'Colours; `auto`: on a terminal, unless NO_COLOR is set',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    commands: printing,
  },
} as const satisfies Record<string, OptionRow>

type Table = typeof optionTable
export type OptionName = keyof Table

type ValueOf<Row> = Row extends { choices: readonly (infer Choice)[] }
  ? Choice
  : Row extends { isNumber: true }
    ? number
    : Row extends { isList: true }
      ? readonly string[]
      : Row extends { argument: string }
        ? string
        : boolean

/** Values of the options of a run: those with a default are always there. */
export type Options = {
  readonly [Name in OptionName as Table[Name] extends { default: string } ? Name : never]: ValueOf<
    Table[Name]
  >
} & {
  readonly [Name in OptionName as Table[Name] extends { default: string } ? never : Name]?: ValueOf<
    Table[Name]
  >
}

/** `allowDelete` → `--allow-delete`. */
export function flagOf(name: string, row: Pick<OptionRow, 'flag'>): string {
  return row.flag ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** Rows of a command, in the order of the table. */
export function optionsOf(command: CommandName): [OptionName, OptionRow][] {
  return (Object.entries(optionTable) as [OptionName, OptionRow][]).filter(([, { commands }]) =>
    commands.includes(command),
  )
}

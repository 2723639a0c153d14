/** What the input `command` can be. `post` posts what the run of a fork's pull request left behind. */
export const actionCommands = ['diff', 'compile', 'observe', 'verify', 'post'] as const
export type ActionCommand = (typeof actionCommands)[number]

/** One input; action.yml is made from these rows and from the options of the command line. */
export interface InputRow {
  readonly description: string
  /** A list has one value on each line. */
  readonly kind: 'text' | 'switch' | 'number' | 'list'
  readonly choices?: readonly string[]
  /** As action.yml has it, expressions of GitHub included. */
  readonly default?: string
  /** Handed on to these commands, as this flag. */
  readonly passedTo?: { readonly flag: string; readonly commands: readonly ActionCommand[] }
}

/** Inputs that the action itself acts on. */
export const ownInputs = {
  command: {
    description:
      'What to do. `auto` follows from the event: `diff` for pull_request and merge_group, `compile` for push, `observe` for schedule, `post` for workflow_run',
    kind: 'text',
    choices: ['auto', ...actionCommands],
    default: 'auto',
  },
  token: {
    description:
      'Token that comments and checks are written with. It is never handed to what compiles; Git uses the credentials that actions/checkout leaves',
    kind: 'text',
    default: '${{ github.token }}',
  },
  'api-url': {
    description: 'Where the API of GitHub is',
    kind: 'text',
    default: '${{ github.api_url }}',
  },
  name: {
    description:
      'Name of the check, and what the comment is found by; several fleets in one repository need several',
    kind: 'text',
    default: 'fleetwright',
  },
  comment: {
    description: 'diff, post: keep one comment on the pull request up to date',
    kind: 'switch',
    default: 'true',
  },
  check: {
    description: 'diff, post: write a check, or a commit status where checks may not be written',
    kind: 'switch',
    default: 'true',
  },
  remote: {
    description: 'Git remote that holds the pull requests and the rendered branch',
    kind: 'text',
    default: 'origin',
  },
  'report-dir': {
    description:
      'diff: folder to write every format of the report to, ready to be uploaded; post: folder that the report of the other run was downloaded to. Default: `fleetwright-report` in the temporary folder of the runner',
    kind: 'text',
  },
} as const satisfies Record<string, InputRow>

/** What later steps can read. */
export const actionOutputs = {
  changed:
    'diff: `true` when anything changes for the fleet; compile, observe: `true` when a commit was written',
  clusters: 'How many clusters change; observe: how many answered',
  dangers: 'diff, post: how many dangers there are',
  'report-path': 'diff: folder with the report in every format',
  commit:
    'diff, post: the commit that was reviewed; compile, observe, verify: the commit of the rendered branch',
} as const
export type ActionOutput = keyof typeof actionOutputs

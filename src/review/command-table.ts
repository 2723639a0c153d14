export const commandNames = [
  'diff',
  'explain',
  'what-if',
  'approve-delete',
  'compile',
  'rollback',
  'help',
] as const
export type CommandWord = (typeof commandNames)[number]

export interface CommandRow {
  readonly name: CommandWord
  /** As it is written behind the name; empty for none. */
  readonly argument: string
  readonly example: string
  /** One sentence. */
  readonly help: string
  /** Says something about what the pull request would change, which nothing does once it is closed. */
  readonly needsOpen: boolean
}

/** What may be said in a comment. The answer to `/fleet help` and the documentation are made from these rows, in this order. */
export const commandHelp: readonly CommandRow[] = [
  {
    name: 'diff',
    argument: '[SELECTOR]',
    example: '/fleet diff env=prod',
    help: 'Shows what this pull request changes in the clusters with these labels, or in the one with this `<namespace>/<name>`; in all of them without a selector.',
    needsOpen: true,
  },
  {
    name: 'explain',
    argument: 'CLUSTER[/UNIT[/OBJECT]]',
    example: '/fleet explain prod/eu/helm-kyverno-kyverno',
    help: 'Says why a cluster has what it has with this pull request: the object, its unit, the profile, the selector, the label and where that comes from.',
    needsOpen: true,
  },
  {
    name: 'what-if',
    argument: 'cluster=NAME version=VERSION|label:KEY=VALUE|label:KEY …',
    example: '/fleet what-if cluster=prod/eu version=1.34 label:tier=gold',
    help: 'Shows what would change if a cluster served another version of Kubernetes, or had other labels; `label:KEY` without a value takes a label away. Several clusters may follow each other.',
    needsOpen: true,
  },
  {
    name: 'approve-delete',
    argument: '',
    example: '/fleet approve-delete',
    help: 'Approves the deletions that a brake stopped, for exactly what was shown: it holds for every commit that renders the same, for 30 days.',
    needsOpen: false,
  },
  {
    name: 'compile',
    argument: '',
    example: '/fleet compile',
    help: 'Compiles and reviews this pull request again, also where nothing seems to have changed.',
    needsOpen: true,
  },
  {
    name: 'rollback',
    argument: 'CLUSTER',
    example: '/fleet rollback prod/eu',
    help: 'Opens a pull request that reverts the commits of the intent that changed this cluster last.',
    needsOpen: false,
  },
  {
    name: 'help',
    argument: '',
    example: '/fleet help',
    help: 'Lists these commands.',
    needsOpen: false,
  },
]

/** `/fleet diff [SELECTOR]`. */
export function commandUsage({ name, argument }: Pick<CommandRow, 'name' | 'argument'>): string {
  return `/fleet ${name}${argument === '' ? '' : ` ${argument}`}`
}

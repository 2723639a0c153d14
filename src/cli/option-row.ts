/** One option of the command line. Help, docs/reference/cli.md and completions are made from these rows. */
export interface OptionRow {
  /** Where it is not the name in kebab-case: one flag, another meaning in another command. */
  readonly flag?: string
  /** What follows it; absent for a switch. */
  readonly argument?: string
  readonly help: string
  readonly commands: readonly CommandName[]
  readonly choices?: readonly string[]
  readonly isNumber?: true
  /** May be given more than once. */
  readonly isList?: true
  readonly default?: string
  /** What holds without it, where that is no fixed value. */
  readonly defaultNote?: string
  /** Variable that gives it when the option is absent. */
  readonly environment?: string
}

/** In the order of the help. */
export const commandNames = [
  'compile',
  'diff',
  'observe',
  'validate',
  'show addons',
  'show clusters',
  'show events',
  'show conflicts',
  'show health',
  'show resources',
  'show config',
  'explain',
  'verify',
  'update',
  'init',
  'serve',
] as const
export type CommandName = (typeof commandNames)[number]

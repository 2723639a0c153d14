import { didYouMean } from '../diagnostics/suggestion-list.ts'
import { ActionError, type Environment } from './action-io.ts'
import { inputTable } from './inputs.generated.ts'
import type { ActionCommand, InputRow } from './own-inputs.ts'

export interface Inputs {
  readonly command: ActionCommand | 'auto'
  readonly token: string
  readonly apiUrl: string
  readonly name: string
  readonly comment: boolean
  readonly check: boolean
  readonly remote: string
  readonly reportFolder: string | undefined
  /** From the folder of the job. */
  readonly repo: string
  readonly branch: string | undefined
  /** Options of the command line that are handed on to a command. */
  readonly optionsFor: (command: ActionCommand) => readonly string[]
}

const rows: Readonly<Record<string, InputRow>> = inputTable

/**
 * Inputs as GitHub hands them over: INPUT_<NAME>, upper case, blanks as underscores. Throws ActionError for what is not in the table
 * and for values that are not allowed. Defaults are those of action.yml, which the runner fills in.
 */
export function parseInputs(env: Environment): Inputs {
  checkNames(env)
  const values = new Map(Object.entries(rows).map(([name, row]) => [name, readInput(env, name, row)]))
  const text = (name: keyof typeof inputTable): string => values.get(name)?.[0] ?? ''
  const maybe = (name: keyof typeof inputTable): string | undefined => text(name) || undefined
  const name = text('name')
  if (!/^(?!.*--)[\w ./-]{1,90}$/.test(name))
    throw new ActionError(
      `input \`name\` cannot be \`${name}\`: up to 90 letters, digits, blanks and \`_./-\`, without \`--\``,
    )
  return {
    command: text('command') as Inputs['command'],
    token: text('token'),
    ...{ apiUrl: text('api-url'), name, remote: text('remote') },
    comment: text('comment') === 'true',
    check: text('check') === 'true',
    ...{ reportFolder: maybe('report-dir'), repo: text('repo'), branch: maybe('branch') },
    optionsFor: (command) => optionsFor(command, values),
  }
}

function checkNames(env: Environment): void {
  const names = new Map(Object.keys(rows).map((name) => [variableOf(name), name]))
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('INPUT_') || names.has(variable)) continue
    const written = variable.slice('INPUT_'.length).toLowerCase()
    const hint = didYouMean(written, names.values()) ?? `there are: ${[...names.values()].join(', ')}`
    throw new ActionError(`there is no input \`${written}\`; ${hint}`)
  }
}

function variableOf(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}

/** No value where nothing is given, which is what an empty input is to GitHub. */
function readInput(env: Environment, name: string, row: InputRow): readonly string[] {
  const written = (env[variableOf(name)] ?? '').trim()
  const isExpression = row.default?.startsWith('${{') === true
  const value = written === '' && !isExpression ? (row.default ?? '') : written
  if (value === '') return []
  if (row.kind === 'list') return value.split('\n').flatMap((line) => line.trim() || [])
  const refuse = (allowed: string): never => {
    throw new ActionError(`input \`${name}\` cannot be \`${value}\`; ${allowed}`)
  }
  if (/[\r\n]/.test(value)) refuse('it is one line')
  const choices = row.choices ?? (row.kind === 'switch' ? ['true', 'false'] : undefined)
  if (choices && !choices.includes(value))
    refuse(didYouMean(value, choices) ?? `it is one of ${choices.join(', ')}`)
  if (row.kind === 'number' && !/^[1-9][0-9]{0,3}$/.test(value)) refuse('it is a whole number of 1 or more')
  return [value]
}

/** Refuses what the command has no use for: it would be taken for something that holds. */
function optionsFor(command: ActionCommand, values: ReadonlyMap<string, readonly string[]>): string[] {
  return Object.entries(rows).flatMap(([name, row]) => {
    const given = values.get(name) ?? []
    // The folder is where the command runs, and has a default.
    if (row.passedTo === undefined || name === 'repo' || given.length === 0) return []
    if (row.kind === 'switch' && given[0] === 'false') return []
    if (!row.passedTo.commands.includes(command))
      throw new ActionError(
        `input \`${name}\` means nothing to \`${command}\`; it is for ${row.passedTo.commands.join(', ')}`,
      )
    // In one word, so that no value can be taken for an option.
    return row.kind === 'switch'
      ? [row.passedTo.flag]
      : given.map((value) => `${row.passedTo?.flag}=${value}`)
  })
}

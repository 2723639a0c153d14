import { Command, CommanderError, Option } from 'commander'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import { commandTable } from './commands.ts'
import { commandHelp, commandLine, generalHelp } from './help.ts'
import { UsageError } from './io.ts'
import { commandNames, type CommandName, type OptionRow } from './option-row.ts'
import { flagOf, optionsOf, optionTable, type OptionName, type Options } from './options.ts'

export type Request =
  | {
      readonly kind: 'run'
      readonly command: CommandName
      readonly options: Options
      readonly args: readonly string[]
    }
  | { readonly kind: 'print'; readonly text: string }

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Arguments → what is asked for. Throws UsageError for anything that is not in the tables, with what may have been meant.
 * Precedence: option, then its environment variable, then its default.
 */
export function parseArguments(args: readonly string[], env: Environment, version: string): Request {
  const [first, second] = args
  if (first === undefined || first === '--help' || first === '-h')
    return { kind: 'print', text: generalHelp() }
  if (first === '--version' || first === '-V') return { kind: 'print', text: `${version}\n` }
  if (first === 'help') return { kind: 'print', text: helpFor(args.slice(1)) }
  const command = findCommand(first, second)
  const rest = args.slice(command.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'print', text: commandHelp(command) }
  const parser = createParser(command)
  try {
    parser.parse([...rest], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw usage(error, command)
    throw error
  }
  return { kind: 'run', command, options: complete(command, parser.opts(), env), args: parser.args }
}

function helpFor(words: readonly string[]): string {
  const [first, second] = words
  return first === undefined ? generalHelp() : commandHelp(findCommand(first, second))
}

function findCommand(first: string, second: string | undefined): CommandName {
  const found = commandNames.find((name) => name === first || name === `${first} ${second ?? ''}`)
  if (found !== undefined) return found
  if (first.startsWith('-'))
    throw new UsageError(`options come after the command: fleetwright COMMAND ${first} …`)
  const under = commandNames.filter((name) => name.startsWith(`${first} `))
  if (under.length > 0) {
    const names = under.map((name) => name.slice(first.length + 1))
    const hint = didYouMean(second ?? '', names) ?? `what there is: ${names.join(', ')}`
    throw new UsageError(
      second === undefined
        ? `\`${first}\` needs to know what; ${hint}`
        : `\`${first}\` knows no \`${second}\`; ${hint}`,
    )
  }
  const hint = didYouMean(first, commandNames) ?? 'see `fleetwright --help`'
  throw new UsageError(`there is no command \`${first}\`; ${hint}`)
}

/** commander reads the words; help and suggestions are ours, made from the tables. */
function createParser(name: CommandName): Command {
  const parser = new Command(name)
    .exitOverride()
    .helpOption(false)
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
  for (const { name: argument, isRequired, isList } of commandTable[name].arguments) {
    const word = `${argument.replace(/[^A-Z]+.*$/, '').toLowerCase()}${isList === true ? '...' : ''}`
    parser.argument(isRequired === true ? `<${word}>` : `[${word}]`)
  }
  for (const [option, row] of optionsOf(name)) parser.addOption(toOption(option, row))
  return parser
}

function toOption(name: string, row: OptionRow): Option {
  const flags = row.argument === undefined ? flagOf(name, row) : `${flagOf(name, row)} <${row.argument}>`
  const option = new Option(flags, row.help)
  if (row.isList === true)
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
  return option
}

function usage(error: CommanderError, command: CommandName): UsageError {
  const see = `see \`fleetwright ${command} --help\``
  const said = error.message.replace(/^error: /, '')
  if (error.code === 'commander.unknownOption') {
    const written = /'(-[^']*)'/.exec(said)?.[1] ?? ''
    const flags = optionsOf(command).map(([name, row]) => flagOf(name, row))
    const hint = didYouMean(written.replace(/=.*$/, ''), flags) ?? see
    return new UsageError(`\`${command}\` has no option \`${written}\`; ${hint}`)
  }
  if (error.code === 'commander.excessArguments')
    return new UsageError(`too many arguments; usage: ${commandLine(command)}`)
  if (error.code === 'commander.missingArgument')
    return new UsageError(`an argument is missing; usage: ${commandLine(command)}`)
  return new UsageError(`${said}; ${see}`)
}

function complete(command: CommandName, given: Record<string, unknown>, env: Environment): Options {
  const own = new Set(optionsOf(command).map(([name]) => name))
  const values = (Object.entries(optionTable) as [OptionName, OptionRow][]).flatMap(([name, row]) => {
    const { value, origin } = own.has(name)
      ? find(name, row, { given, env })
      : { value: row.default, origin: '' }
    return value === undefined ? [] : [[name, check(value, row, origin)] as const]
  })
  return Object.fromEntries(values) as unknown as Options
}

interface Written {
  readonly given: Record<string, unknown>
  readonly env: Environment
}

function find(name: string, row: OptionRow, { given, env }: Written): { value: unknown; origin: string } {
  const written = given[row.flag?.replace(/^--/, '') ?? name]
  if (written !== undefined) return { value: written, origin: flagOf(name, row) }
  const fromEnvironment = row.environment === undefined ? undefined : env[row.environment]
  if (fromEnvironment !== undefined && fromEnvironment !== '')
    return { value: fromEnvironment, origin: row.environment ?? '' }
  return { value: row.default, origin: '' }
}

/** A value as its row wants it. */
function check(value: unknown, row: OptionRow, origin: string): unknown {
  if (typeof value !== 'string') return value
  if (row.choices !== undefined && !row.choices.includes(value)) {
    const hint = didYouMean(value, row.choices) ?? `it is one of ${row.choices.join(', ')}`
    throw new UsageError(`${origin} cannot be \`${value}\`; ${hint}`)
  }
  if (row.isNumber === true) {
    if (!/^[1-9][0-9]{0,3}$/.test(value))
      throw new UsageError(`${origin} must be a whole number of 1 or more, not \`${value}\``)
    return Number(value)
  }
  // A switch can only be text when it comes from the environment.
  if (row.argument === undefined) return !['0', 'false', 'no'].includes(value.toLowerCase())
  if (value === '') throw new UsageError(`${origin} must not be empty`)
  return value
}

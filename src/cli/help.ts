import { commandTable } from './commands.ts'
import { environmentVariables } from './environment-variables.ts'
import { exitCodes } from './io.ts'
import { commandNames, type CommandName, type OptionRow } from './option-row.ts'
import { flagOf, optionsOf } from './options.ts'

/** Widest line of a help text. */
const columns = 100

export function generalHelp(): string {
  return [
    'usage: fleetwright COMMAND [OPTIONS]',
    '',
    'Compiles fleet intent into a rendered branch that Flux or Argo CD applies.',
    '',
    'Commands',
    ...describe(commandNames.map((name) => [name, commandTable[name].summary])),
    '',
    'Options',
    ...describe([
      ['--help', 'Print this, or the help of a command'],
      ['--version', 'Print the version'],
    ]),
    '',
    'Environment',
    ...describe(environmentVariables.map(({ name, help }) => [name, help])),
    '',
    'Exit codes',
    ...describe(Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning])),
    '',
  ].join('\n')
}

export function commandHelp(command: CommandName): string {
  const { description, arguments: words, examples } = commandTable[command]
  return [
    `usage: ${commandLine(command)}`,
    '',
    ...wrap(description, columns),
    ...(words.length === 0
      ? []
      : ['', 'Arguments', ...describe(words.map(({ name, help }) => [name, help]))]),
    '',
    'Options',
    ...describe(optionsOf(command).map(([name, row]) => [usageOf(name, row), helpOf(row)])),
    '',
    'Examples',
    ...examples.map((example) => `  ${example}`),
    '',
  ].join('\n')
}

/** `fleetwright explain [OPTIONS] CLUSTER[/UNIT[/OBJECT]]` */
export function commandLine(command: CommandName): string {
  const words = commandTable[command].arguments.map(({ name, isRequired, isList }) => {
    const word = isList === true ? `${name}…` : name
    return isRequired === true ? word : `[${word}]`
  })
  return ['fleetwright', command, '[OPTIONS]', ...words].join(' ')
}

/** `--emit STAGE` */
export function usageOf(name: string, row: OptionRow): string {
  return row.argument === undefined ? flagOf(name, row) : `${flagOf(name, row)} ${row.argument}`
}

/** Help of an option with everything that its row says. */
export function helpOf({
  help,
  choices,
  default: value,
  defaultNote,
  environment,
  isList,
}: OptionRow): string {
  const notes = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(isList === true ? ['may be repeated'] : []),
    ...(value === undefined ? [] : [`default ${value}`]),
    ...(defaultNote === undefined ? [] : [`default: ${defaultNote}`]),
    ...(environment === undefined ? [] : [`environment ${environment}`]),
  ]
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`
}

/** Two columns, the second wrapped. */
function describe(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.min(26, Math.max(...rows.map(([term]) => term.length)))
  const indent = ' '.repeat(left + 4)
  return rows.flatMap(([term, text]) => {
    const [first = '', ...rest] = wrap(text, columns - left - 4)
    const head =
      term.length > left ? [`  ${term}`, `${indent}${first}`] : [`  ${term.padEnd(left)}  ${first}`]
    return [...head, ...rest.map((line) => `${indent}${line}`)]
  })
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

import { commandTable } from '../../src/cli/commands.ts'
import { commandLine, helpOf, usageOf } from '../../src/cli/help.ts'
import { environmentVariables } from '../../src/cli/environment-variables.ts'
import { exitCodes } from '../../src/cli/io.ts'
import { commandNames, type CommandName } from '../../src/cli/option-row.ts'
import { optionsOf } from '../../src/cli/options.ts'
import { codeBlock, generatedNote, markdownTable } from './markdown.ts'

/** Every command with its options, from the tables that the command line is made of. */
export function cliPage(): string {
  return [
    generatedNote,
    '# Command line',
    'An option wins over its environment variable, and that over the default. Results go to standard output; diagnostics and progress go to standard error, so that a result can be piped. `--output json` is described in [output.md](output.md), every diagnostic in [diagnostics.md](diagnostics.md).',
    ...commandNames.map(section),
    '## Environment',
    markdownTable(
      ['Variable', 'Meaning'],
      environmentVariables.map(({ name, help }) => [`\`${name}\``, help]),
    ),
    '## Exit codes',
    markdownTable(
      ['Code', 'Meaning'],
      Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]),
    ),
    '',
  ].join('\n\n')
}

function section(command: CommandName): string {
  const { description, arguments: words, examples } = commandTable[command]
  const options = optionsOf(command).map(([name, row]) => [`\`${usageOf(name, row)}\``, helpOf(row)])
  return [
    `## fleetwright ${command}`,
    description,
    codeBlock(commandLine(command)),
    ...(words.length === 0
      ? []
      : [
          markdownTable(
            ['Argument', 'Meaning'],
            words.map(({ name, help }) => [`\`${name}\``, help]),
          ),
        ]),
    markdownTable(['Option', 'Meaning'], options),
    codeBlock(examples.join('\n'), 'sh'),
  ].join('\n\n')
}

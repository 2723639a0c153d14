import { describe, expect, test } from 'vitest'
import { commandHelp, generalHelp } from '../../src/cli/help.ts'
import { UsageError } from '../../src/cli/io.ts'
import { commandNames } from '../../src/cli/option-row.ts'
import { flagOf, optionsOf, optionTable } from '../../src/cli/options.ts'
import { parseArguments } from '../../src/cli/parse-arguments.ts'

const parse = (line: string, env = {}) => parseArguments(line === '' ? [] : line.split(' '), env, '1.2.3')

function optionsFor(line: string, env = {}) {
  const request = parse(line, env)
  if (request.kind !== 'run') throw new Error('this prints')
  return request.options
}

function complaint(line: string, env = {}): string {
  try {
    parse(line, env)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'no complaint'
}

describe('what is asked for', () => {
  test('options have the types and defaults of the table', () => {
    const options = optionsFor('compile --worktree --concurrency 3 --allow-delete aa --allow-delete bb')
    expect(options).toEqual({
      repo: '.',
      against: 'pr',
      format: 'terminal',
      commit: 'HEAD',
      worktree: true,
      concurrency: 3,
      allowDelete: ['aa', 'bb'],
      progress: 'auto',
      output: 'human',
      color: 'auto',
    })
  })

  test('a flag may mean one thing here and another there', () => {
    expect(optionsFor('compile --cluster env=prod').cluster).toBe('env=prod')
    expect(optionsFor('show addons --cluster prod').clusterName).toBe('prod')
  })

  test('an option wins over its environment variable, and that over the default', () => {
    const env = { FLEETWRIGHT_CONCURRENCY: '2', FLEETWRIGHT_OFFLINE: '1' }
    expect(optionsFor('compile', env)).toMatchObject({ concurrency: 2, offline: true })
    expect(optionsFor('compile --concurrency 4', env).concurrency).toBe(4)
    expect(optionsFor('compile', { FLEETWRIGHT_OFFLINE: 'false' }).offline).toBe(false)
    expect(optionsFor('show addons', env)).not.toHaveProperty('concurrency')
  })

  test('arguments are handed on', () => {
    expect(parse('explain fleet/prod')).toMatchObject({
      kind: 'run',
      command: 'explain',
      args: ['fleet/prod'],
    })
    expect(parse('update a b')).toMatchObject({ args: ['a', 'b'] })
  })
})

describe('what is not there', () => {
  test.each([
    ['compil', 'there is no command `compil`; did you mean `compile`?'],
    ['frobnicate', 'there is no command `frobnicate`; see `fleetwright --help`'],
    [
      'show',
      '`show` needs to know what; what there is: addons, clusters, events, conflicts, health, resources, config',
    ],
    ['show addon', '`show` knows no `addon`; did you mean `addons`?'],
    ['--repo x compile', 'options come after the command: fleetwright COMMAND --repo …'],
    ['compile --workree', '`compile` has no option `--workree`; did you mean `--worktree`?'],
    ['verify --xyzzyxyzzy', '`verify` has no option `--xyzzyxyzzy`; see `fleetwright verify --help`'],
    ['compile --output yaml', '--output cannot be `yaml`; it is one of human, json'],
    ['compile --emit plans', '--emit cannot be `plans`; did you mean `plan`?'],
    ['compile --concurrency many', '--concurrency must be a whole number of 1 or more, not `many`'],
    ['compile extra', 'too many arguments; usage: fleetwright compile [OPTIONS]'],
    ['explain', 'an argument is missing; usage: fleetwright explain [OPTIONS] CLUSTER[/UNIT[/OBJECT]]'],
    ['compile --commit', "option '--commit <REF>' argument missing; see `fleetwright compile --help`"],
    ['compile --commit=', '--commit must not be empty'],
  ])('%s: %s', (line, message) => {
    expect(complaint(line)).toBe(message)
  })

  test('a wrong environment variable is named', () => {
    expect(complaint('compile', { FLEETWRIGHT_CONCURRENCY: '0' })).toBe(
      'FLEETWRIGHT_CONCURRENCY must be a whole number of 1 or more, not `0`',
    )
  })
})

describe('help', () => {
  test.each(commandNames)('%s --help names each of its options and no other', (command) => {
    const text = commandHelp(command)
    expect(parse(`${command} --help`)).toEqual({ kind: 'print', text })
    expect(parse(`help ${command}`)).toEqual({ kind: 'print', text })
    const own = optionsOf(command).map(([name, row]) => flagOf(name, row))
    const named = [...text.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag)
    expect(named).toEqual(own)
  })

  test('no line is wider than 100 columns', () => {
    for (const text of [generalHelp(), ...commandNames.map(commandHelp)]) {
      const widest = Math.max(
        ...text
          .split('\n')
          .filter((line) => !line.startsWith('usage'))
          .map((line) => line.length),
      )
      expect(widest).toBeLessThanOrEqual(100)
    }
  })

  test('without a command the commands are listed, and the version is one line', () => {
    expect(parse('')).toEqual({ kind: 'print', text: generalHelp() })
    expect(parse('--version')).toEqual({ kind: 'print', text: '1.2.3\n' })
    for (const command of commandNames) expect(generalHelp()).toContain(`  ${command} `)
  })
})

test('no two options of a command have one flag', () => {
  for (const command of commandNames) {
    const flags = optionsOf(command).map(([name, row]) => flagOf(name, row))
    expect(new Set(flags).size).toBe(flags.length)
  }
  expect(Object.values(optionTable).every(({ commands }) => commands.length > 0)).toBe(true)
})

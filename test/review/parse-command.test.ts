import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commandHelp, commandUsage } from '../../src/review/command-table.ts'
import { parseCommand, type ParsedCommand } from '../../src/review/parse-command.ts'

const hintOf = (body: string): string => {
  const parsed = parseCommand(body)
  return parsed?.name === 'unknown' ? parsed.hint : `understood: ${JSON.stringify(parsed)}`
}

describe('a comment', () => {
  test.each<[string, ParsedCommand]>([
    ['/fleet diff', { name: 'diff' }],
    ['/fleet diff env=prod', { name: 'diff', cluster: 'env=prod' }],
    ['/fleet diff env in (qa, prod),!legacy', { name: 'diff', cluster: 'env in (qa, prod),!legacy' }],
    ['/fleet diff prod/eu', { name: 'diff', cluster: 'prod/eu' }],
    ['/fleet explain prod/eu', { name: 'explain', object: 'prod/eu' }],
    ['/fleet explain prod/eu/helm-x', { name: 'explain', object: 'prod/eu/helm-x' }],
    [
      '/fleet explain prod/eu/helm-x/ClusterRole/system:node',
      { name: 'explain', object: 'prod/eu/helm-x/ClusterRole/system:node' },
    ],
    [
      '/fleet explain prod/eu/helm-x/Deployment/kube-system/dns',
      { name: 'explain', object: 'prod/eu/helm-x/Deployment/kube-system/dns' },
    ],
    [
      '/fleet what-if cluster=prod/eu version=1.34',
      { name: 'what-if', changes: ['cluster=prod/eu,version=v1.34.0'] },
    ],
    [
      '/fleet what-if cluster=eu label:tier=gold label:example.com/old cluster=us version=v1.33.2',
      {
        name: 'what-if',
        changes: ['cluster=eu,label:tier=gold,label:example.com/old', 'cluster=us,version=v1.33.2'],
      },
    ],
    ['/fleet what-if cluster=eu,label:a=', { name: 'what-if', changes: ['cluster=eu,label:a='] }],
    ['/fleet approve-delete', { name: 'approve-delete' }],
    ['/fleet compile', { name: 'compile' }],
    ['/fleet rollback prod/eu', { name: 'rollback', cluster: 'prod/eu' }],
    ['/fleet rollback eu', { name: 'rollback', cluster: 'eu' }],
    ['/fleet help', { name: 'help' }],
    ['/fleet help me please', { name: 'help' }],
    ['/fleet', { name: 'help' }],
    ['\r\n  /fleet \t compile  \r\nthank you\n/fleet rollback x', { name: 'compile' }],
  ])('%j is %j', (body, command) => {
    expect(parseCommand(body)).toEqual(command)
  })

  test.each([
    '',
    'compile',
    'please /fleet compile',
    '> /fleet compile',
    '```\n/fleet compile\n```',
    '    /fleet compile',
    'x\n/fleet compile',
  ])('%j is no command', (body) => {
    expect(parseCommand(body)).toBeUndefined()
  })
})

describe('what is not understood is said', () => {
  test.each([
    ['/fleet dif', 'There is no command `dif`. Did you mean `diff`?'],
    ['/fleet Compile', 'There is no command `Compile`. Did you mean `compile`?'],
    ['/fleet approve', 'There is no command `approve`.'],
    ['/fleet `@acme/all`', 'There is no command `?@acme/all?`.'],
    [`/fleet ${'x'.repeat(200)}`, `There is no command \`${'x'.repeat(60)}…\`.`],
    [
      '/fleet compile now',
      '`/fleet compile` is not understood: it takes no argument, and was given `now`. Write `/fleet compile`, such as `/fleet compile`.',
    ],
    [
      '/fleet rollback',
      '`/fleet rollback` is not understood: it names no cluster. Write `/fleet rollback CLUSTER`, such as `/fleet rollback prod/eu`.',
    ],
    [
      '/fleet what-if version=1.34',
      '`/fleet what-if` is not understood: the first setting is not `cluster=…`. Write `/fleet what-if cluster=NAME version=VERSION|label:KEY=VALUE|label:KEY …`, such as `/fleet what-if cluster=prod/eu version=1.34 label:tier=gold`.',
    ],
  ])('%j → %s', (body, hint) => {
    expect(hintOf(body)).toBe(hint)
  })

  test.each([
    ['/fleet diff --against drift', '`--against drift` is no selector of labels and no cluster'],
    ['/fleet diff env=-x', 'is no selector'],
    ['/fleet diff a/b/c', 'is no selector'],
    ['/fleet diff env!=prod', 'is no selector'],
    ['/fleet explain', 'it says nothing to explain'],
    ['/fleet explain prod', '`prod` is no cluster, unit or object'],
    ['/fleet explain prod/eu/../../etc/passwd', 'is no cluster, unit or object'],
    ['/fleet explain prod/eu/helm-x/Deployment', 'is no cluster, unit or object'],
    ['/fleet explain prod/eu/-x', 'is no cluster, unit or object'],
    ['/fleet explain a/b c/d', 'is no cluster, unit or object'],
    ['/fleet what-if', 'it names no cluster'],
    ['/fleet what-if cluster=eu', 'nothing is said of `cluster=eu` that would be different'],
    ['/fleet what-if cluster=eu add=/etc/passwd', 'the setting `add=/etc/passwd` is not understood'],
    ['/fleet what-if cluster=eu remove=Secret/a/b', 'the setting `remove=Secret/a/b` is not understood'],
    ['/fleet what-if cluster=eu,add=x', 'the setting `add=x` is not understood'],
    ['/fleet what-if cluster= version=1.34', '`` is no name of a cluster'],
    ['/fleet what-if cluster=-eu version=1.34', '`-eu` is no name of a cluster'],
    ['/fleet what-if cluster=eu version=latest', '`latest` is no version of Kubernetes'],
    [`/fleet what-if cluster=eu version=1.34-${'x'.repeat(63)}`, 'is no version of Kubernetes'],
    ['/fleet what-if cluster=eu version=1.34 version=1.35', '`cluster=eu` is given two versions'],
    ['/fleet what-if cluster=eu label:-a=b', '`label:-a=b` is no label'],
    ['/fleet what-if cluster=eu label:a=b=c', '`label:a=b=c` is no label'],
    ['/fleet rollback ../x', '`../x` is no name of a cluster'],
    ['/fleet rollback prod/eu us', '`prod/eu us` is no name of a cluster'],
    [`/fleet diff ${'a'.repeat(501)}`, 'its argument is longer than 500 characters'],
    [
      `/fleet what-if ${'cluster=a version=1.34 '.repeat(11)}`,
      'it has more than 10 clusters, or settings of one',
    ],
  ])('%j: %s', (body, why) => {
    expect(hintOf(body)).toContain(why)
  })
})

describe('the table', () => {
  test('has an example of each command that is understood, and says nothing twice', () => {
    expect(commandHelp.map(({ example }) => parseCommand(example)?.name)).toEqual([
      ...['diff', 'explain', 'what-if', 'approve-delete', 'compile', 'rollback', 'help'],
    ])
    expect(commandHelp.map(commandUsage)).toEqual([
      '/fleet diff [SELECTOR]',
      '/fleet explain CLUSTER[/UNIT[/OBJECT]]',
      '/fleet what-if cluster=NAME version=VERSION|label:KEY=VALUE|label:KEY …',
      '/fleet approve-delete',
      '/fleet compile',
      '/fleet rollback CLUSTER',
      '/fleet help',
    ])
  })
})

/** What a parsed command would hand to the command line. */
function handedOver(command: ParsedCommand): readonly string[] {
  switch (command.name) {
    case 'diff':
      return command.cluster === undefined ? [] : [command.cluster]
    case 'explain':
      return [command.object]
    case 'what-if':
      return command.changes
    case 'rollback':
      return [command.cluster]
    default:
      return []
  }
}

describe('whatever is said', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...[
        '-',
        '--push',
        '=',
        ',',
        '/',
        '..',
        '\n',
        '\u2028',
        '\0',
        ' ',
        '(',
        ')',
        '!',
        '$(x)',
        '`',
        '@',
        ':',
        'é',
      ],
    ),
    fc.constantFrom(
      'cluster=',
      'version=',
      'label:',
      'add=',
      'remove=',
      '1.34',
      'eu',
      'prod/eu',
      'env',
      'in',
      'a'.repeat(200),
    ),
    fc.string({ maxLength: 5 }),
  )
  const said = fc
    .tuple(
      fc.constantFrom('diff', 'explain', 'what-if', 'rollback', 'compile', 'approve-delete', 'help'),
      fc.array(piece, { maxLength: 10 }),
    )
    .map(([name, pieces]) => `/fleet ${name} ${pieces.join('')}`)

  test('nothing that is handed over begins with a dash, has a line end, or is longer than its bound', () => {
    let understood = 0
    fc.assert(
      fc.property(said, (body) => {
        const parsed = parseCommand(body)
        if (parsed === undefined) return
        for (const argument of handedOver(parsed)) {
          understood += 1
          expect(argument).toMatch(/^(?!-)[!-~ ]{1,500}$/)
          expect(argument).not.toMatch(/[$`\\;&|'"]/)
          // Elsewhere these are labels.
          if (parsed.name === 'what-if') expect(argument).not.toMatch(/,(add|remove)=/)
        }
      }),
      { numRuns: 3000, seed: 6 },
    )
    expect(understood).toBeGreaterThan(20)
  })

  test('a hint is one line of text that calls nobody', () => {
    const character = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code))
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 80 }), (text) => {
        const parsed = parseCommand(`/fleet ${text}`)
        if (parsed?.name === 'unknown') expect(parsed.hint.replaceAll('…', '')).toMatch(/^[ -~]+$/)
      }),
    )
  })
})

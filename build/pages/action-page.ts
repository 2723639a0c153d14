import { actionOutputs, ownInputs, type ActionCommand, type InputRow } from '../../src/action/own-inputs.ts'
import type { OptionRow } from '../../src/cli/option-row.ts'
import { flagOf, optionTable, type OptionName } from '../../src/cli/options.ts'

const commands = ['diff', 'compile', 'observe', 'verify'] as const satisfies readonly ActionCommand[]

/** Options of those commands that are no inputs: what the event decides, and what has no use in a workflow. */
const decided: ReadonlySet<OptionName> = new Set<OptionName>([
  // The commit of the event, and the branch of the remote.
  ...(['commit', 'worktree', 'remote', 'push', 'untrusted', 'trust'] as const),
  // What is printed and written is what the action reads.
  ...(['format', 'output', 'color', 'progress', 'report', 'link', 'emit', 'out', 'factsOut'] as const),
  // For a person at a terminal.
  ...(['watch', 'debounce', 'poll', 'printRbac', 'whatIf', 'asOf', 'again', 'against'] as const),
  ...(['predict', 'cloudEvent'] as const),
])

/** The report on a pull request comes from recorded facts: what it runs on gets no credentials of clusters. */
const clusterAccess: ReadonlySet<OptionName> = new Set<OptionName>([
  ...(['kubeconfig', 'context', 'allowExec', 'timeout'] as const),
])

/** Where a workflow means something else than a command line. */
const helpInWorkflows: Partial<Record<OptionName, string>> = {
  failOn: 'Fail the job, and the check, when there are any',
  repo: 'Folder of the repository with the intent, from the folder of the job',
}

/** Every input, by name: those of the action first, then the options that are handed on, in the order of the help. */
export function actionInputs(): ReadonlyMap<string, InputRow> {
  const inputs = new Map<string, InputRow>(Object.entries(ownInputs))
  for (const [option, row] of Object.entries(optionTable) as [OptionName, OptionRow][]) {
    const used = commands.filter(
      (command) => row.commands.includes(command) && !(command === 'diff' && clusterAccess.has(option)),
    )
    if (used.length === 0 || decided.has(option)) continue
    const flag = flagOf(option, row)
    const name = flag.slice('--'.length)
    const known = inputs.get(name)
    if (known && known.passedTo === undefined) throw new Error(`two inputs are called ${name}`)
    const description = `${used.join(', ')}: ${helpInWorkflows[option] ?? row.help}${noteOf(row)}`
    inputs.set(name, {
      ...toRow(row),
      description: known ? `${known.description}. ${description}` : description,
      passedTo: { flag, commands: [...(known?.passedTo?.commands ?? []), ...used] },
    })
  }
  return inputs
}

function noteOf({ default: fixed, defaultNote }: OptionRow): string {
  if (fixed !== undefined) return ''
  return defaultNote === undefined ? '' : `. Default: ${defaultNote}`
}

function toRow(row: OptionRow): Pick<InputRow, 'kind' | 'choices' | 'default'> {
  return {
    kind: kindOf(row),
    ...(row.choices && { choices: row.choices }),
    ...(row.default !== undefined && { default: row.default }),
  }
}

function kindOf(row: OptionRow): InputRow['kind'] {
  if (row.argument === undefined) return 'switch'
  if (row.isList === true) return 'list'
  return row.isNumber === true ? 'number' : 'text'
}

/** `src/action/inputs.generated.ts`: the same table for the action, which does not know the command line. */
export function actionInputsModule(): string {
  return [
    '// Written by `npm run generate` from src/cli/options.ts and src/action/own-inputs.ts; edit it there.',
    "import type { InputRow } from './own-inputs.ts'",
    '',
    `export const inputTable = ${JSON.stringify(Object.fromEntries(actionInputs()), null, 2)} as const satisfies Record<string, InputRow>`,
    '',
  ].join('\n')
}

/** `action.yml`. */
export function actionManifest(): string {
  return [
    '# Written by `npm run generate` from src/cli/options.ts and src/action/own-inputs.ts; edit it there.',
    'name: fleetwright',
    'description: Compiles fleet intent into a rendered branch, and shows what a pull request does to each cluster',
    'branding:',
    '  icon: anchor',
    '  color: blue',
    'inputs:',
    ...[...actionInputs()].flatMap(([name, row]) => [
      `  ${name}:`,
      `    description: ${quote(describe(row))}`,
      ...(row.default === undefined ? [] : [`    default: ${quote(row.default)}`]),
    ]),
    'outputs:',
    ...Object.entries(actionOutputs).flatMap(([name, description]) => [
      `  ${name}:`,
      `    description: ${quote(description)}`,
    ]),
    'runs:',
    '  using: node24',
    '  main: dist/action/main.js',
    '',
  ].join('\n')
}

function describe({ description, kind, choices }: InputRow): string {
  const allowed = choices ?? (kind === 'switch' ? ['true', 'false'] : undefined)
  if (kind === 'list') return `${description}. One per line`
  return allowed ? `${description}. One of: ${allowed.join(', ')}` : description
}

/** YAML reads what JSON writes. */
function quote(text: string): string {
  return JSON.stringify(text)
}

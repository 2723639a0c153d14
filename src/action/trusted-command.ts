import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { formatWorkflowCommand } from '../diagnostics/workflow-annotation.ts'
import type { DiagnosticJson } from '../diagnostics/json.ts'
import { ActionError, type ActionIo } from './action-io.ts'
import { childEnvironment } from './child-environment.ts'
import { fetchBranch } from './git-remote.ts'
import { runCli } from './run-cli.ts'
import type { ActionRun } from './action-run.ts'

type TrustedCommand = 'compile' | 'observe' | 'verify'

/** Where nobody says how the rendered branch is called. */
const usualBranch = 'rendered'

/** What runs on commits of the repository itself, and may write its rendered branch. Gives what the step fails with. */
export async function runTrusted(run: ActionRun, command: TrustedCommand): Promise<string | undefined> {
  const { io, inputs, folder } = run
  const emptyFolder = await mkdtemp(join(run.temporaryFolder, 'fleetwright-'))
  const env = childEnvironment(io.env, { command, isUntrusted: false, emptyFolder })
  const target =
    command === 'verify'
      ? await findRendered(run, { io, folder, env, remote: inputs.remote })
      : [`--push=${inputs.remote}`]
  const args = [...target, '--output=json', ...inputs.optionsFor(command)]
  const { exitCode, stdout } = await runCli(io, { command, args, folder, env, isQuiet: true })
  const result = tryParse(stdout)
  if (result === undefined) throw new ActionError(`fleetwright ${command} ended with ${exitCode}; see above`)
  for (const diagnostic of result.diagnostics ?? []) io.write(`${annotate(diagnostic)}\n`)
  const summary = tellOutcome(io, command, result)
  io.write(`${summary}\n`)
  await io.addSummary(`### fleetwright ${command}\n\n${summary}\n`)
  return exitCode === 0
    ? undefined
    : `fleetwright ${command} ended with ${exitCode}: ${meanings[exitCode] ?? 'see above'}`
}

const meanings: Readonly<Record<number, string>> = {
  1: 'errors; what they do not hold was written all the same',
  3: 'something of the environment failed, or a cluster did not answer; running again may help',
  4: 'a brake stopped the write, because it would delete too much',
}

/** The whole history of both branches: the source of a rendered commit may be any commit. */
async function findRendered(
  { inputs }: ActionRun,
  repository: Parameters<typeof fetchBranch>[0],
): Promise<readonly string[]> {
  const branch = inputs.branch ?? usualBranch
  const commit = await fetchBranch(repository, branch)
  if (commit === undefined)
    throw new ActionError(
      `there is no branch ${branch} to verify at ${inputs.remote}; name it in the input \`branch\``,
    )
  return [commit]
}

/** Of the results of these commands, as docs/reference/output.md describes them, what is told here. */
interface Result {
  readonly diagnostics?: readonly DiagnosticJson[]
  readonly branch?: Written
  readonly recorded?: Written
  readonly clusters?: readonly {
    readonly status?: string
    readonly units?: readonly { readonly status: string }[]
  }[]
  readonly status?: string
  readonly commit?: string
  readonly reason?: string
  readonly differences?: readonly { readonly kind: string; readonly path: string }[]
}

interface Written {
  readonly name: string
  readonly commit?: string
  readonly changed: boolean
}

function tryParse(text: string): Result | undefined {
  try {
    return JSON.parse(text) as Result
  } catch {
    return undefined
  }
}

/** Sets the outputs; a sentence. */
function tellOutcome(io: ActionIo, command: TrustedCommand, result: Result): string {
  const written = result.branch ?? result.recorded
  const commit = result.commit ?? written?.commit
  if (commit !== undefined) io.setOutput('commit', commit)
  if (command === 'verify') return describeVerification(result)
  const clusters = (result.clusters ?? []).filter(({ status, units }) =>
    units ? units.some((unit) => unit.status === 'rendered') : status === 'observed',
  )
  io.setOutput('changed', String(written?.changed === true))
  io.setOutput('clusters', String(clusters.length))
  const done = command === 'compile' ? 'rendered anew for' : 'observed:'
  const where =
    written === undefined
      ? 'nothing was to be recorded'
      : `\`${written.name}\` is at ${written.commit?.slice(0, 12) ?? 'no commit'}, ${written.changed ? 'changed' : 'as before'}`
  return `${where}; ${done} ${clusters.length} of ${(result.clusters ?? []).length} clusters`
}

const mostDifferences = 20

function describeVerification({ status, commit = '', reason, differences = [] }: Result): string {
  const short = commit.slice(0, 12)
  if (status === 'equal') return `${short} is what its source compiles to, byte for byte`
  if (status !== 'different') return `${short} cannot be verified: ${reason ?? 'nobody says why'}`
  const files = differences
    .slice(0, mostDifferences)
    .map(({ kind, path }) => `- ${kind} ${JSON.stringify(path)}`)
  return [
    `${short} is not what its source compiles to; ${differences.length} files differ:`,
    '',
    ...files,
  ].join('\n')
}

const levels: Readonly<Record<string, 'error' | 'warning' | 'notice'>> = {
  error: 'error',
  warning: 'warning',
}

function annotate({ code, severity, message, hint, place, cluster }: DiagnosticJson): string {
  const where = place && { file: place.file, line: place.line, endLine: place.endLine }
  const text = [
    cluster === undefined ? message : `${cluster}: ${message}`,
    ...(hint === undefined ? [] : [hint]),
  ]
  return formatWorkflowCommand(levels[severity] ?? 'notice', { ...where, title: code }, text.join('\n'))
}

import { EnvironmentError } from '../../diagnostics/errors.ts'
import { formatFailedCheck, toPublicText, type FailedCheck } from '../../report/report.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import type { CliCall, CliResult } from '../types.ts'
import type { WorkContext } from './work-context.ts'

export interface ChildCall extends Pick<CliCall, 'command' | 'args' | 'isUntrusted' | 'onProgress'> {
  readonly working: WorkingRepository
}

/** Exit codes of the command line that mean something here; docs/reference/cli.md has them all. */
export const childCodes = {
  done: 0,
  errors: 1,
  usage: 2,
  environment: 3,
  brake: 4,
  found: 5,
  time: 124,
  memory: 137,
} as const

/**
 * Runs the command line in a repository. Throws EnvironmentError when something outside failed, and the reason of the
 * signal when this work is not to go on.
 */
export async function runChild(context: WorkContext, call: ChildCall): Promise<CliResult> {
  const { ports, repository, run, kind } = context
  const { working, ...rest } = call
  run.signal.throwIfAborted()
  const result = await ports.cli({
    ...{ ...rest, repository, folder: working.folder },
    ...{ env: working.childEnvironment, signal: run.signal },
  })
  run.signal.throwIfAborted()
  const { exitCode, durationMs } = result
  ports.metrics.stage(kind, call.command, durationMs / 1000)
  run.log.info('child-ended', { command: call.command, exitCode, durationMs })
  if (exitCode === childCodes.environment) throw environmentFailed(context, call.command, result)
  if (result.isKilled === true && run.attempt <= mostKills) throw killedByOthers(call.command)
  return result
}

/** One that is killed more often is likely what the machine has no memory for, and its check says so. */
const mostKills = 3

function killedByOthers(command: string): EnvironmentError {
  return new EnvironmentError({
    ...{ adapter: 'child', operation: `fleetwright ${command}`, retryable: true },
    message: 'the process that does this was killed by somebody, or by a machine without memory',
  })
}

function environmentFailed(context: WorkContext, command: string, { stderr }: CliResult): EnvironmentError {
  const said = toPublicText(stderr, secretsOf(context)).trim().slice(-2000)
  return new EnvironmentError({
    adapter: 'child',
    operation: `fleetwright ${command}`,
    message: said === '' ? 'something outside failed, and nothing was said of it' : said,
    retryable: true,
  })
}

/** A check for a child that ended without a result. */
export function describeEnd(context: WorkContext, { exitCode, stderr }: CliResult): FailedCheck {
  const { timeLimitMs, memoryLimitBytes } = context.ports.fleets.of(context.repository)
  switch (exitCode) {
    case childCodes.time:
      return formatFailedCheck({ kind: 'time', limitMs: timeLimitMs })
    case childCodes.memory:
      return formatFailedCheck({ kind: 'memory', limitBytes: memoryLimitBytes })
    default:
      return formatFailedCheck({ kind: 'fault' }, { said: stderr, secrets: secretsOf(context) })
  }
}

/** What children of this repository know and nobody may read. */
export function secretsOf({
  ports,
  repository,
}: Pick<WorkContext, 'ports' | 'repository'>): readonly string[] {
  return Object.values(ports.fleets.of(repository).env)
}

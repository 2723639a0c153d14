import pc from 'picocolors'
import { EnvironmentError } from '../diagnostics/errors.ts'
import { printable } from '../diagnostics/printable.ts'
import { commandTable } from './commands.ts'
import { exitCodes, UsageError, type ExitCode, type Io } from './io.ts'
import { parseArguments } from './parse-arguments.ts'
import { version } from './version.ts'

/** One run of the command line: arguments in, exit code out. Nothing is thrown. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    const request = parseArguments(args, io.env, version)
    if (request.kind === 'print') {
      io.stdout.write(request.text)
      return exitCodes.done.code
    }
    const command = await commandTable[request.command].load()
    return await command(request.options, io, request.args)
  } catch (error) {
    return explainFailure(error, io)
  }
}

/** Says on standard error what went wrong and what to do. */
function explainFailure(error: unknown, io: Io): ExitCode {
  const colors = pc.createColors(io.stderr.isTerminal && (io.env['NO_COLOR'] ?? '') === '')
  const strong = (text: string): string => colors.red(colors.bold(text))
  if (error instanceof UsageError) {
    io.stderr.write(`${strong('usage')}: ${printable(error.message)}\n`)
    return exitCodes.usage.code
  }
  if (error instanceof EnvironmentError) {
    const { adapter, operation, message, hint, retryable } = error
    const lines = [
      `${strong('environment')}${colors.dim(`[${adapter}]`)}: ${printable(message)}`,
      `  ${colors.cyan('while:')} ${printable(operation)}`,
      ...(hint === undefined ? [] : [`  ${colors.cyan('hint:')} ${printable(hint)}`]),
      ...(retryable ? [`  ${colors.cyan('retry:')} the same run may succeed later`] : []),
    ]
    io.stderr.write(`${lines.join('\n')}\n`)
    return exitCodes.environment.code
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  io.stderr.write(
    [
      `${strong('internal')}: this is a fault of fleetwright ${version}, not of your repository`,
      ...text.split('\n').map((line) => `  ${printable(line)}`),
      `  ${colors.cyan('hint:')} report these lines, the command line, and the intent that brings it about if you may share it`,
      '',
    ].join('\n'),
  )
  return exitCodes.internal.code
}

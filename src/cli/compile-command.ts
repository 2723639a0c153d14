import { UsageError, type ExitCode, type Io } from './io.ts'
import { openRepository } from './open-repository.ts'
import type { Options } from './options.ts'
import { recallRun, repeatableRun, sayAgain } from './said-run.ts'
import { startEngine } from './start-engine.ts'

/** `fleetwright compile`. */
export async function runCompile(options: Options, io: Io): Promise<ExitCode> {
  if (options.whatIf !== undefined && options.emit === undefined)
    throw new UsageError('--what-if needs --emit: a world that is not is never written')
  if (options.observe === true && (options.facts ?? options.emit) !== undefined)
    throw new UsageError('--observe excludes --facts and --emit')
  const isOnBranch = options.out === undefined && options.emit === undefined && options.worktree !== true
  const opened = isOnBranch ? openRepository(options, io) : undefined
  // What is wrong with it is said where it is waited for.
  opened?.catch(() => undefined)
  // What came is recorded: the same run has something else to say the next time.
  const isRepeatable = options.cloudEvent === undefined && options.observe !== true
  const repeatable = opened && isRepeatable ? await repeatableRun(options, io, opened) : undefined
  const said =
    repeatable &&
    (await recallRun(repeatable, options.asOf === undefined ? io.now() : new Date(options.asOf)))
  if (said) return sayAgain(said, options, io)
  const engine = startEngine(options, io)
  // Only what compiles needs the rest of the product, which loads for about as long as the engine starts.
  const { runCompileRequest } = await import('./compile-request.ts')
  return runCompileRequest({
    ...{ options, io, engine },
    ...(opened && { opened }),
    ...(repeatable && { repeatable }),
  })
}

import { EnvironmentError } from '../../diagnostics/errors.ts'
import { parseCompileOutput, type CompileOutput, type FailedCheck } from '../../report/report.ts'
import type { Approval } from '../../review/review.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import { childCodes, describeEnd, runChild } from './run-child.ts'
import type { RunningCheck } from './running-check.ts'
import type { WorkContext } from './work-context.ts'

export interface CompileCall {
  readonly working: WorkingRepository
  /** Commit that is compiled. */
  readonly source: string
  readonly approvals: readonly Approval[]
  /** Options beside these: `--facts=…`. */
  readonly args?: readonly string[]
}

export type CompileOutcome =
  | { readonly kind: 'compiled'; readonly output: CompileOutput }
  | { readonly kind: 'failed'; readonly check: FailedCheck }

/**
 * Compiles a commit onto the rendered branch of the working repository, where the parent finds the new commit. Throws as
 * `runChild` does.
 */
export async function runCompile(
  context: WorkContext,
  { working, source, approvals, args = [] }: CompileCall,
  onProgress: RunningCheck['progress'],
): Promise<CompileOutcome> {
  const result = await runChild(context, {
    ...{ command: 'compile', working, onProgress },
    args: [
      ...[`--commit=${source}`, '--output=json', ...args],
      ...approvals.map(({ digest }) => `--allow-delete=${digest}`),
    ],
  })
  const { done, errors, brake } = childCodes
  const isEnded = [done, errors, brake].some((code) => code === result.exitCode)
  const output = isEnded ? parseCompileOutput(result.stdout) : undefined
  return output ? { kind: 'compiled', output } : { kind: 'failed', check: describeEnd(context, result) }
}

/** Somebody else writes the branch all the time. */
export function movedEachTime(branch: string): EnvironmentError {
  return new EnvironmentError({
    adapter: 'git',
    operation: `push ${branch}`,
    message: `${branch} was moved by somebody else each time that it was to be written`,
    retryable: true,
    hint: 'let nobody else write that branch',
  })
}

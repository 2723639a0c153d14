import { compileBranch, type CompileBranchOptions, type CompiledBranch } from '../../src/compile-branch.ts'
import type { CompilePorts } from '../../src/compile.ts'
import type { BranchWriter } from '../../src/branch/branch-writer-port.ts'
import { createLuaEvaluator } from '../../src/cli/evaluate-lua.ts'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import { formatDiagnostics } from '../../src/diagnostics/frame.ts'
import { sortDiagnostics } from '../../src/diagnostics/order.ts'
import { positionOf } from '../../src/diagnostics/position.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { Engine } from '../../src/engine/types.ts'
import type { RepositoryReader } from '../../src/source/repository-reader-port.ts'
import { nothingToFetch } from '../compile-files.ts'

/** What came of one compile onto a branch. */
export interface Run extends Partial<CompiledBranch> {
  readonly diagnostics: readonly Diagnostic[]
  /** Why the run could not go to its end. */
  readonly failure?: EnvironmentError
}

export interface RunPorts {
  readonly reader: RepositoryReader
  readonly writer: BranchWriter
  readonly engine: Engine
  readonly sources?: CompilePorts['sources']
  readonly readCommit?: (commit: string) => Promise<RepositoryReader>
}

export type RunOptions = Partial<Omit<CompileBranchOptions, 'key'>> & { readonly key?: string }

export const bot = { name: 'fleetwright', email: 'fleetwright@example.com' }
export const asOf = '2026-01-02T00:00:00Z'

/** Compiles as a shell does: everything real but what the test hands in. Only the world may make it fail. */
export async function run(ports: RunPorts, { key, ...options }: RunOptions = {}): Promise<Run> {
  const diagnostics: Diagnostic[] = []
  try {
    const done = await compileBranch(
      {
        sources: () => nothingToFetch,
        evaluateLua: createLuaEvaluator({ now: asOf, elapsedMs: () => 0 }),
        elapsedMs: () => 0,
        readCommit: () => Promise.reject(new Error('this test has no earlier commit')),
        ...ports,
      },
      {
        branch: 'rendered',
        asOf,
        compiler: '0.0.0-test',
        fetch: {},
        committer: bot,
        allowDelete: [],
        ...options,
        ...(key !== undefined && { key: new TextEncoder().encode(key) }),
      },
      (diagnostic) => diagnostics.push(diagnostic),
    )
    return { ...done, diagnostics: sortDiagnostics(diagnostics) }
  } catch (failure) {
    if (!(failure instanceof EnvironmentError)) throw failure
    return { failure, diagnostics: sortDiagnostics(diagnostics) }
  }
}

/** Errors as `code file:line:column`, or the code alone where no file is at fault. */
export function errorsOf({ diagnostics }: Run): string[] {
  return diagnostics.filter(({ severity }) => severity === 'error').map(placed)
}

export function warningsOf({ diagnostics }: Run): string[] {
  return diagnostics.filter(({ severity }) => severity === 'warning').map(placed)
}

function placed({ code, span }: Diagnostic): string {
  if (span === undefined) return code
  const { line, column } = positionOf(span.file, span.start)
  return `${code} ${span.file.path}:${line}:${column}`
}

export function printed({ diagnostics }: Run): string {
  return formatDiagnostics(diagnostics)
}

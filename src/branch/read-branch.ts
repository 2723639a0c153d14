import type { Diagnostic } from '../diagnostics/types.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import { readPreviousTree } from './previous-tree.ts'
import type { BranchState, PreviousTree } from './types.ts'

/** A branch as it was read, with what there is to say of it. */
export interface BranchReading {
  readonly state: BranchState
  /** Undefined when the branch must not be written. */
  readonly previous: PreviousTree | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Throws EnvironmentError. */
export async function readBranch(writer: BranchWriter, branch: string): Promise<BranchReading> {
  const diagnostics: Diagnostic[] = []
  const state = await writer.read(branch)
  const previous = await readPreviousTree(
    state,
    (of, paths) => writer.readFiles(of, paths),
    (diagnostic) => void diagnostics.push(diagnostic),
  )
  return { state, previous, diagnostics }
}

import { EnvironmentError } from '../diagnostics/errors.ts'
import type { Report } from '../diagnostics/types.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import { readBranch, type BranchReading } from './read-branch.ts'
import type { PreviousTree, UpdatePlan } from './types.ts'

export type UpdateOutcome =
  | { readonly status: 'written'; readonly commit: string; readonly plan: UpdatePlan & { status: 'changed' } }
  | Exclude<UpdatePlan, { status: 'changed' }>

export interface UpdateTarget {
  readonly branch: string
  /** What the branch was a moment ago. The first attempt starts from it, and fails when the branch was moved since. */
  readonly ahead?: BranchReading
  /** How often to plan again when others are faster. Default 10. */
  readonly attempts?: number
  readonly report: Report
}

/**
 * Brings a branch up to date: reads it, plans, writes, and starts over when somebody else moved it meanwhile, so that
 * neither side loses anything. `plan` is called once an attempt, with what is on the branch then.
 * Throws EnvironmentError when others keep being faster, and what the writer throws.
 */
export async function updateBranch(
  writer: BranchWriter,
  { branch, ahead, attempts = 10, report }: UpdateTarget,
  plan: (previous: PreviousTree) => Promise<UpdatePlan>,
): Promise<UpdateOutcome> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const isFirst = attempt === 1
    const { previous, diagnostics } = (isFirst && ahead) || (await readBranch(writer, branch))
    diagnostics.forEach(report)
    if (!previous) return { status: 'refused' }
    const planned = await plan(previous)
    if (planned.status !== 'changed') return planned
    const outcome = await writer.write(planned.update)
    if (outcome.status === 'written') return { status: 'written', commit: outcome.commit, plan: planned }
  }
  throw new EnvironmentError({
    adapter: 'branch',
    operation: `update ${branch}`,
    message: `branch ${branch} was moved by somebody else ${attempts} times in a row`,
    retryable: true,
    hint: 'see that one pipeline at a time writes the branch (a concurrency group), then run again',
  })
}

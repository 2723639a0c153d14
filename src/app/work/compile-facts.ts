import { join } from 'node:path'
import { writeRecordedFolder } from '../../adapters/disk/facts-folder.ts'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import type { CompileOutput } from '../../report/report.ts'
import type { Approval } from '../../review/review.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import type { FactsFiles } from '../fleet/fleet-facts.ts'
import { runCompile } from './run-compile.ts'
import type { WorkContext } from './work-context.ts'

/** What facts are compiled with: everything but they is as the rendered branch has it. */
export interface FactsBase {
  readonly working: WorkingRepository
  /** Name of the rendered branch. */
  readonly branch: string
  /** Commit that it was compiled from. */
  readonly source: string
  /** Commit that they are compiled onto. */
  readonly commit: string
  readonly approvals: readonly Approval[]
}

export type CompiledFacts =
  /** Nothing could be written: what is wrong holds everything. */
  | { readonly kind: 'refused'; readonly output: CompileOutput }
  | {
      readonly kind: 'compiled'
      /** The one that it was compiled onto where nothing changed at all. */
      readonly commit: string
      /** What delivery would apply differently; empty where that is nothing. */
      readonly effect: string
      /** Deletions stop it: the commit is what it would be if somebody approved. */
      readonly isBraked: boolean
      /** Those that hold what they are about, sorted: equal ones have equal texts. */
      readonly errors: readonly string[]
    }

/** Where children find facts, below the folder that they run in; it goes with the working repository. */
export const factsFolder = 'fleetwright-facts'

/** Compiles facts onto a commit of the rendered branch, in the working repository alone. Throws as `runChild` does. */
export async function compileFacts(
  context: WorkContext,
  base: FactsBase,
  facts: FactsFiles,
): Promise<CompiledFacts> {
  await placeFacts(base, facts)
  const first = await compileOnce(context, base, [])
  const digest = first.brake?.digest
  const output = digest === undefined ? first : await compileApproved(context, base, digest)
  const { commit = base.commit, changed } = output.branch
  const errors = output.diagnostics.filter(({ severity }) => severity === 'error')
  const isRefused = output.brake !== undefined || errors.some(({ holds }) => holds === 'all')
  if (!changed && isRefused) return { kind: 'refused', output }
  return {
    ...{ kind: 'compiled', commit, isBraked: digest !== undefined },
    errors: errors.map(({ code, cluster = '', message }) => `${code} ${cluster} ${message}`).sort(),
    effect: await readEffect(base.working, base.commit, commit),
  }
}

/** The branch and the folder with facts, as a child is to find them. */
export async function placeFacts(base: FactsBase, facts: FactsFiles): Promise<void> {
  const { working, branch, commit } = base
  await working.git(['update-ref', `refs/heads/${branch}`, commit])
  await writeRecordedFolder(join(working.folder, factsFolder), facts)
}

async function compileApproved(context: WorkContext, base: FactsBase, digest: string) {
  await base.working.git(['update-ref', `refs/heads/${base.branch}`, base.commit])
  return compileOnce(context, base, [`--allow-delete=${digest}`])
}

async function compileOnce(context: WorkContext, base: FactsBase, more: readonly string[]) {
  const { working, source, approvals } = base
  const args = [`--facts=${factsFolder}`, ...more]
  const outcome = await runCompile(context, { working, source, approvals, args }, () => undefined)
  if (outcome.kind === 'compiled') return outcome.output
  throw new EnvironmentError({
    adapter: 'child',
    operation: 'compile what was observed',
    message: outcome.check.title,
    retryable: false,
    hint: outcome.check.summary,
  })
}

/** Folders of the rendered branch that delivery applies. */
const delivered = ['clusters', 'local', 'delivery']

/** Files that differ, with their Git ids on both sides: the same change has the same text, whatever else the branch holds. */
async function readEffect(working: WorkingRepository, before: string, after: string): Promise<string> {
  if (before === after) return ''
  const args = ['diff-tree', '-r', '--no-renames', before, after, '--', ...delivered]
  return (await working.git(args)).stdout
}

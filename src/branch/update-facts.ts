import type { Diagnostic, Report } from '../diagnostics/types.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import { planFactsUpdate, type FactsUpdateOptions, type RecordedFiles } from './plan-facts-update.ts'
import { updateBranch, type UpdateOutcome } from './update-branch.ts'

/**
 * Records what was observed on the rendered branch: one commit, or none when nothing changed. Somebody else's push in
 * between means planning again with what is there then. Throws EnvironmentError when the writer fails.
 */
export async function updateFacts(
  writer: BranchWriter,
  recorded: RecordedFiles,
  options: Omit<FactsUpdateOptions, 'readFiles'> & { readonly branch: string },
  report: Report,
): Promise<UpdateOutcome> {
  const readFiles: BranchWriter['readFiles'] = (state, paths) => writer.readFiles(state, paths)
  // Only the attempt that counts may speak.
  const said = new Map<string, Diagnostic>()
  const note = (diagnostic: Diagnostic): void => void said.set(diagnostic.message, diagnostic)
  const outcome = await updateBranch(writer, { branch: options.branch, report: note }, (previous) =>
    planFactsUpdate(previous, recorded, { ...options, readFiles }, note),
  )
  said.forEach((diagnostic) => report(diagnostic))
  return outcome
}

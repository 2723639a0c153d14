import type { Approval } from '../../review/review.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'

/** Commits of the rendered branch that are looked at; an approval that is found later is spent later. */
const mostCommits = 500

const trailer = /^Allow-Delete: ([0-9a-f]{40})$/gm

/**
 * Approvals that commits name which were written with them: those after a commit, up to a tip; of the tip alone where it is
 * not known what was there before. Commits say it however they came to the branch: pushed before a crash, or merged.
 */
export async function findSpentApprovals(
  working: WorkingRepository,
  { after, tip }: { readonly after: string | undefined; readonly tip: string | undefined },
  approvals: readonly Approval[],
): Promise<readonly Approval[]> {
  if (approvals.length === 0 || tip === undefined) return []
  const messages =
    (after === undefined
      ? undefined
      : await tryLog(working, `--max-count=${mostCommits}`, `${after}..${tip}`)) ??
    (await tryLog(working, '--max-count=1', tip)) ??
    ''
  const named = new Set([...messages.matchAll(trailer)].map(([, digest]) => digest))
  return approvals.filter(({ digest }) => named.has(digest))
}

/** Undefined where a commit is not there any more. */
async function tryLog(working: WorkingRepository, count: string, range: string): Promise<string | undefined> {
  const args = ['log', count, '--format=%B', '--end-of-options', range]
  const { exitCode, stdout } = await working.git(args, { codes: [0, 128] })
  return exitCode === 0 ? stdout : undefined
}

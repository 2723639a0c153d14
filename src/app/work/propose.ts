import { declinedKey, parseDeclinedNote, proposalDigest, withProposalMarker } from '../../review/review.ts'
import type { Proposal } from '../../review/proposals-port.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import { fetchBranch } from './open-repository.ts'
import { movedEachTime } from './run-compile.ts'
import type { WorkContext } from './work-context.ts'

export interface ProposalToMake {
  readonly working: WorkingRepository
  /** Branch of ours that holds the commit. */
  readonly branch: string
  /** Branch that it is for. */
  readonly onto: string
  readonly commit: string
  readonly title: string
  readonly body: string
}

export type Proposed =
  | { readonly status: 'open'; readonly proposal: Proposal }
  /** Somebody closed this very proposal: it is not made again. */
  | { readonly status: 'declined' }

/** Brings a branch of ours and its one pull request to this commit. May be repeated. */
export async function propose(context: WorkContext, wanted: ProposalToMake): Promise<Proposed> {
  const { ports, repository, github } = context
  const { working, branch, onto, commit, title } = wanted
  const digest = proposalDigest(await readContent(working, commit))
  const declined = parseDeclinedNote(await ports.state.get(declinedKey(repository, branch)))
  if (declined?.digest === digest) return { status: 'declined' }
  const expected = await fetchBranch(context, working, branch)
  context.run.signal.throwIfAborted()
  // The branch is ours: what somebody else put there is not kept, and what comes in between is looked at again.
  if ((await working.push({ branch, commit, expected })) === 'moved') throw movedEachTime(branch)
  const body = withProposalMarker(digest, wanted.body)
  const proposal = await github.proposals.open({ head: branch, base: onto, title, body })
  await github.proposals.update(proposal.number, { title, body })
  return { status: 'open', proposal }
}

/** What delivery would apply: another commit or other ages of facts make no other proposal. */
async function readContent(working: WorkingRepository, commit: string): Promise<string> {
  const { stdout } = await working.git(['ls-tree', commit, 'clusters', 'local', 'delivery'])
  return stdout
}

/** Closes what is proposed from a branch of ours, and takes the branch away: nobody needs to decline it any more. */
export async function withdraw(context: WorkContext, branch: string, why: string): Promise<void> {
  const { ports, repository, github } = context
  const { proposals, host } = github
  const open = (await proposals.list(branch)).filter(({ head }) => head === branch)
  for (const { number } of open) await proposals.close(number, why)
  await ports.state.put(new Map([[declinedKey(repository, branch), undefined]]))
  if (open.length === 0) return
  const commit = await host.readHead(branch)
  if (commit !== undefined) await proposals.deleteBranch(branch, commit)
}

import { createHash } from 'node:crypto'
import { assert } from '../diagnostics/errors.ts'
import { isObjectName } from '../kubernetes/object-name.ts'
import type { Proposal } from './proposals-port.ts'
import { ownBranchPrefix, proposalDigest, readProposalMarker, withProposalMarker } from './proposal-marker.ts'

/** What every branch of a change of the fleet starts with. */
export const fleetBranchPrefix = `${ownBranchPrefix}fleet/`

/** What the app would have, for one reason. */
export interface WantedProposal {
  /** What it is for, the same as long as it is the same: the id of the cluster that changed. */
  readonly reason: string
  readonly title: string
  /** Markdown, without a marker. */
  readonly body: string
  /** What is told apart by: the digest of the tree that the branch would have. */
  readonly content: string
}

export interface ProposalSituation {
  /** One for each reason. */
  readonly wanted: readonly WantedProposal[]
  /** Open ones of the app with `fleetBranchPrefix`. */
  readonly standing: readonly Proposal[]
  /** What persons closed without merging: digests by branch, of the notes at `declinedKey`. */
  readonly declined: ReadonlyMap<string, string>
  /** The rendered branch. */
  readonly base: string
}

/** Said about the branches that have been pushed, in this order. */
export type ProposalEffect =
  | { readonly type: 'close'; readonly number: number; readonly branch: string; readonly why: string }
  | { readonly type: 'update'; readonly number: number; readonly title: string; readonly body: string }
  | { readonly type: 'open'; readonly branch: string; readonly title: string; readonly body: string }

export interface ProposalPlan {
  /** Where the commit of each reason has to be before anything is said about it. The others have no branch. */
  readonly branches: ReadonlyMap<string, WantedProposal>
  readonly effects: readonly ProposalEffect[]
}

/**
 * What is proposed and what should be → what has to be done: one pull request for each reason. The one with the lowest number
 * stays; one whose reason is gone is closed; one that a person closed is not opened again until it would say something else.
 * Pure; applied to what came of it, it finds nothing to do.
 */
export function planProposals({ wanted, standing, declined, base }: ProposalSituation): ProposalPlan {
  const byBranch = new Map(wanted.map((each) => [fleetBranch(each.reason), each]))
  assert(byBranch.size === wanted.length, 'each reason is wanted once')
  const kept = new Map<string, Proposal>()
  const closes: ProposalEffect[] = []
  for (const proposal of standing.toSorted((a, b) => a.number - b.number)) {
    const why = whyClosed(proposal, { byBranch, kept, base })
    if (why === undefined) kept.set(proposal.head, proposal)
    else closes.push({ type: 'close', number: proposal.number, branch: proposal.head, why })
  }
  const branches = new Map(
    [...byBranch].filter(([branch, { content }]) => {
      return kept.has(branch) || declined.get(branch) !== proposalDigest(content)
    }),
  )
  const says = [...branches].flatMap(([branch, each]) => planWanted(branch, each, kept.get(branch)))
  return { branches, effects: [...closes, ...says] }
}

interface Kept {
  readonly byBranch: ReadonlyMap<string, WantedProposal>
  readonly kept: ReadonlyMap<string, Proposal>
  readonly base: string
}

function whyClosed({ head, base: onto }: Proposal, { byBranch, kept, base }: Kept): string | undefined {
  if (!byBranch.has(head))
    return 'The reason for this is gone: with what the clusters say now, it would change nothing.'
  if (onto !== base) return `The rendered branch is \`${base}\` now.`
  const other = kept.get(head)
  return other && `#${other.number} proposes the same.`
}

function planWanted(
  branch: string,
  { title, body: text, content }: WantedProposal,
  standing: Proposal | undefined,
): ProposalEffect[] {
  const body = withProposalMarker(proposalDigest(content), text)
  if (standing === undefined) return [{ type: 'open', branch, title, body }]
  const isSaid = standing.title === title && normal(standing.body) === normal(body)
  return isSaid ? [] : [{ type: 'update', number: standing.number, title, body }]
}

/** Whether a proposal stands for this content already: then its branch needs to be looked at only where its base moved. */
export function proposes({ body }: Pick<Proposal, 'body'>, content: string): boolean {
  return readProposalMarker(body) === proposalDigest(content)
}

/** As GitHub may give it back: other line ends, no space at the end. */
function normal(text: string): string {
  return text.replaceAll('\r\n', '\n').trimEnd()
}

/**
 * Branch of a reason: as it is where it is the id of a cluster, else as far as it can be read, with a hash. No two reasons have
 * one branch, nor one that would be a folder of another.
 * @example fleetBranch('prod/eu') // 'fleetwright/fleet/prod/eu'
 */
export function fleetBranch(reason: string): string {
  const parts = reason.split('/')
  const isId = parts.length === 2 && reason.length <= longest && parts.every(isSafePart)
  if (isId) return `${fleetBranchPrefix}${reason}`
  const word = reason
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
  const hash = createHash('sha256').update(reason).digest('hex').slice(0, 16)
  // No name of an object has `_`.
  return `${fleetBranchPrefix}${word === '' ? 'change' : word}_${hash}`
}

/** Git and file systems that it keeps refs on take it. */
const longest = 150

function isSafePart(part: string): boolean {
  return isObjectName(part) && !part.endsWith('.lock')
}

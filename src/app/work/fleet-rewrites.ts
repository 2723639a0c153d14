import { createHash } from 'node:crypto'
import { z } from 'zod'
import { formatRewrittenIssue } from '../../report/report.ts'
import { parseKept, type WantedIssue } from '../../review/review.ts'
import type { FactsBase } from './compile-facts.ts'
import { formatCompiled, parseCompiled } from './compiled-note.ts'
import { isFoughtOver, lateRewrites, listForeignCommits } from './rewritten-branch.ts'
import { compiledKey, fleetRewritesKey } from './state-keys.ts'
import type { WorkContext } from './work-context.ts'

const note = z.object({
  /** Commit that facts were compiled with. */
  source: z.string(),
  /** Commit that was written. */
  commit: z.string(),
  /** Digests of what it holds (`readContents`). */
  contents: z.array(z.string()),
  /** Times at which the very same had to be written again, since somebody else had changed it. */
  at: z.array(z.number()),
  /** It is left to whoever rewrites it, and this is what is said of it. */
  left: z.object({ title: z.string(), body: z.string() }).optional(),
})

type Note = Readonly<z.infer<typeof note>>

/** What the last writing of facts and the coming one have to do with each other. */
export interface FleetRewrites {
  /** As it is remembered once it is written. */
  readonly next: Note
  /** Of the same source. */
  readonly last?: Note
  /** Somebody took back what was written, and it would be written again. */
  readonly isAgain: boolean
}

/** Somebody may take away facts alone, or what follows from them alone; how old facts are makes no difference. */
const parts = [
  ['clusters', 'local', 'delivery'],
  ['.fleetwright/facts', '.fleetwright/schemas'],
]

/** What a commit holds for delivery, and of facts. */
async function readContents({ working }: FactsBase, commit: string): Promise<string[]> {
  return Promise.all(
    parts.map(async (paths) => {
      const { stdout } = await working.git(['ls-tree', commit, '--', ...paths])
      return createHash('sha256').update(stdout).digest('hex')
    }),
  )
}

/** Of a commit that is to be written onto the base. */
export async function readFleetRewrites(
  { ports, repository }: WorkContext,
  base: FactsBase,
  commit: string,
): Promise<FleetRewrites> {
  const kept = parseKept(note, await ports.state.get(fleetRewritesKey(repository)))
  const last = kept?.source === base.source ? kept : undefined
  const [before, contents] = await Promise.all([readContents(base, base.commit), readContents(base, commit)])
  const isSame = (index: number): boolean => contents[index] === last?.contents[index]
  const isAgain = contents.some((each, index) => isSame(index) && each !== before[index])
  // Nothing but ages is new: that neither takes back nor is taken back.
  const isKept = isAgain || contents.every((_, index) => isSame(index))
  const now = ports.now()
  const at = last !== undefined && isKept ? lateRewrites(last.at, now) : []
  const next = { source: base.source, commit, contents, at: isAgain ? [...at, now] : at }
  return { next, isAgain, ...(last && { last }) }
}

/** Why it is not written once more: it would be answered in the same way. Undefined where it is to be written. */
export async function leaveFleetBranch(
  { ports, repository, run }: WorkContext,
  base: FactsBase,
  { rewrites, sourceBranch }: { readonly rewrites: FleetRewrites; readonly sourceBranch: string },
): Promise<WantedIssue | undefined> {
  const { last, isAgain } = rewrites
  if (last === undefined || !isAgain) return undefined
  const subject = 'branch'
  if (last.left) return { subject, ...last.left }
  const { at } = last
  if (!isFoughtOver({ at, isLeft: false }, ports.now())) return undefined
  const { branch, source, working, commit: tip } = base
  const commits = await listForeignCommits(working, { after: last.commit, tip })
  run.log.warn('rendered-branch-rewritten', { branch, source, commits: commits.map(({ id }) => id) })
  const left = formatRewrittenIssue({ branch, source: sourceBranch, count: at.length, commits })
  await ports.state.put(new Map([[fleetRewritesKey(repository), JSON.stringify({ ...last, left })]]))
  return { subject, ...left }
}

/** Remembers that it was written, and that the branch is where the app left it: no compile takes it for somebody else's. */
export async function noteFleetWrite(
  { ports, repository }: WorkContext,
  base: FactsBase,
  { rewrites, sourceBranch }: { readonly rewrites: FleetRewrites; readonly sourceBranch: string },
): Promise<void> {
  const { next } = rewrites
  const key = compiledKey(repository, sourceBranch)
  const isOwn = parseCompiled(await ports.state.get(key))?.rendered === base.commit
  // Approvals that it was written with are spent by the compile that finds a commit which it does not know.
  const isKnown = isOwn && base.approvals.length === 0
  await ports.state.put(
    new Map([
      [fleetRewritesKey(repository), JSON.stringify(next)],
      ...(isKnown
        ? [[key, formatCompiled({ digest: '', rendered: next.commit, source: base.source })] as const]
        : []),
    ]),
  )
}

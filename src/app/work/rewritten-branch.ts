import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { RewrittenBranch } from '../../report/report.ts'
import { parseKept } from '../../review/review.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import { rewritesKey } from './state-keys.ts'
import type { WorkContext } from './work-context.ts'

const rewrites = z.object({
  /** Commit that was compiled. */
  source: z.string(),
  /** Digest of what delivery applies of what was written. */
  content: z.string(),
  /** Times at which the very same had to be written again, since somebody else had changed it. */
  at: z.array(z.number()),
  /** It is left to whoever rewrites it, and that was said. */
  isLeft: z.boolean(),
})

/** How often the rendered branch was written for one commit of the source branch. */
export type Rewrites = Readonly<z.infer<typeof rewrites>>

/** So often within this time; then whoever rewrites it is no person who errs, and would go on as long as the app does. */
const mostRewrites = 3
const withinMs = 3_600_000

/** Undefined where nothing was written for this commit. */
export async function readRewrites(
  { ports, repository }: WorkContext,
  { branch, source }: { readonly branch: string; readonly source: string },
): Promise<Rewrites | undefined> {
  const known = parseKept(rewrites, await ports.state.get(rewritesKey(repository, branch)))
  return known?.source === source ? known : undefined
}

/** Whether somebody else changed the branch again after it was written so often that it is not written once more. */
export function isFoughtOver({ at, isLeft }: Pick<Rewrites, 'at' | 'isLeft'>, now: number): boolean {
  return isLeft || lateRewrites(at, now).length >= mostRewrites
}

/** Those that count still. */
export function lateRewrites(at: readonly number[], now: number): number[] {
  return at.filter((time) => time > now - withinMs)
}

export interface Compiled {
  readonly opened: { readonly working: WorkingRepository }
  /** Branch of the intent. */
  readonly branch: string
  readonly source: string
  /** Commit that the rendered branch got. */
  readonly written: string | undefined
  /** Of the same source; undefined where nobody else has changed the branch since. */
  readonly rewrites: Rewrites | undefined
}

/** What is to be kept of a compile: whether it only brought back what somebody else had changed. */
export async function noteCompile(
  context: WorkContext,
  { opened, branch, source, written, rewrites: before }: Compiled,
): Promise<readonly (readonly [string, string])[]> {
  const { ports, repository } = context
  const key = rewritesKey(repository, branch)
  if (written === undefined) {
    const kept = await readRewrites(context, { branch, source })
    return kept?.isLeft === true ? [[key, formatRewrites({ ...kept, isLeft: false })]] : []
  }
  const { stdout } = await opened.working.git(['ls-tree', written, 'clusters', 'local', 'delivery'])
  const content = createHash('sha256').update(stdout).digest('hex')
  const now = ports.now()
  const isAgain = before?.content === content
  const at = isAgain ? [...lateRewrites(before.at, now), now] : []
  return [[key, formatRewrites({ source, content, at, isLeft: false })]]
}

export function formatRewrites(kept: Rewrites): string {
  return JSON.stringify(kept)
}

const mostCommits = 5

/** Commits of others, by what they say of themselves. */
export async function listForeignCommits(
  working: WorkingRepository,
  { after, tip }: { readonly after: string; readonly tip: string },
): Promise<RewrittenBranch['commits']> {
  const log = (...range: readonly string[]) =>
    working.git(['log', '--format=%H %an', ...range], { codes: [0, 128] })
  const since = await log(`--max-count=${mostCommits}`, '--end-of-options', `${after}..${tip}`)
  // A branch that was moved by force need not have what was there.
  const { stdout } =
    since.exitCode === 0 && since.stdout !== '' ? since : await log('--max-count=1', '--end-of-options', tip)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ id: line.slice(0, line.indexOf(' ')), author: line.slice(line.indexOf(' ') + 1) }))
}

import { printable } from '../../diagnostics/printable.ts'
import { toPublicText } from '../../report/report.ts'
import type { Check, CheckAction, Reviewer } from '../../report/reviewer-port.ts'
import { approvalIdentifier, compileIdentifier, planPosting, type PostingMode } from '../../review/review.ts'
import type { RepositoryHost } from '../../review/repository-host-port.ts'
import { openCheckKey } from './state-keys.ts'
import type { WorkContext } from './work-context.ts'

/** The check of a piece of work, from when it is known that there will be one. */
export interface RunningCheck {
  /** Of the check: the later run has the last word. */
  readonly startedAt: number
  /** The work begins. Never fails. */
  begin(): void
  /** Tells how far it is; now and then, since nobody reads faster. Never fails. */
  progress(stage: string, done: number, total: number): void
  /** Says what it waits for; nothing is written after that. Never fails. */
  wait(title: string, summary: string): Promise<void>
  /** Resolves when nothing more is written. */
  settle(): Promise<void>
  /** Writes the end of it. */
  end(end: CheckEnd): Promise<void>
  /** Somebody else wrote the end of it. */
  ended(): Promise<void>
}

export interface CheckEnd extends Pick<Check, 'state' | 'title' | 'summary'> {
  readonly annotations?: Check['annotations']
  readonly actions?: readonly CheckAction[]
}

export interface CheckPlace {
  readonly name: string
  readonly commit: string
  /** What it is for, of which one check is open at a time: `review/5`. */
  readonly subject: string
}

export const compileAgain: CheckAction = {
  label: 'Compile again',
  description: 'Does this once more, as things are now',
  identifier: compileIdentifier,
}

export function approveDeletions(digest: string): CheckAction {
  return {
    label: 'Approve deletions',
    description: 'Lets the compile delete what is listed',
    identifier: approvalIdentifier(digest),
  }
}

/** Shortest time between two writings of one check. */
const restMs = 4000

const workingText = 'What comes of it stands here when it is done.'

/**
 * Opens the check of a commit, and ends the one of the commit that was looked at before, if nobody did. A check is written
 * while the work goes on; that it cannot be written is said at the end.
 */
export async function openCheck(context: WorkContext, place: CheckPlace): Promise<RunningCheck> {
  const { ports, github } = context
  const standing = await github.host.findCheck(place.commit, place.name)
  // The clocks of replicas differ; the lane lets one of them at a time do this.
  const startedAt = Math.max(ports.now(), (standing?.run ?? 0) + 1)
  await leaveOpenCheck(context, place, 'The pull request or branch has moved on to another commit.')
  await ports.state.put(new Map([[openCheckKey(context.repository, place.subject), place.commit]]))
  return createRunningCheck(context, place, startedAt)
}

type ToldState = Pick<Check, 'state' | 'title' | 'summary'>

function createRunningCheck(context: WorkContext, place: CheckPlace, startedAt: number): RunningCheck {
  const { ports, github, run } = context
  const { name, commit } = place
  let isClosed = false
  let writing: Promise<void> | undefined
  let next: ToldState | undefined
  let writtenAt = Number.NEGATIVE_INFINITY
  const write = async (check: Omit<Check, 'name' | 'commit' | 'run'>): Promise<void> => {
    await github.reviewer.writeCheck({ name, commit, run: startedAt, ...check })
  }
  const writeNext = async (): Promise<void> => {
    while (next !== undefined && !isClosed) {
      const told = next
      next = undefined
      writtenAt = ports.now()
      await write({ ...told, annotations: [] }).catch((error: unknown) =>
        run.log.warn('check-not-written', { check: name, error }),
      )
    }
    writing = undefined
  }
  // Where few requests are left, they are for what comes of it.
  const isSparing = postingMode(context).type !== 'full'
  const tell = (told: ToldState): void => {
    if (isSparing) return
    next = told
    writing ??= writeNext()
  }
  const settle = async (): Promise<void> => {
    isClosed = true
    await writing
  }
  const ended = async (): Promise<void> => {
    await ports.state.put(new Map([[openCheckKey(context.repository, place.subject), undefined]]))
  }
  tell({ state: 'queued', title: 'Waiting to be compiled', summary: 'This starts in a moment.' })
  return {
    ...{ startedAt, settle, ended },
    begin: () => tell({ state: 'in_progress', title: 'Compiling', summary: workingText }),
    progress(stage, done, total) {
      if (writing !== undefined || ports.now() - writtenAt < restMs) return
      const shown = printable(toPublicText(total > 0 ? `${stage} ${done}/${total}` : stage))
      tell({ state: 'in_progress', title: `Compiling: ${shown.slice(0, 120)}`, summary: workingText })
    },
    async wait(title, summary) {
      tell({ state: 'in_progress', title, summary })
      await writing
      await settle()
    },
    async end({ annotations = [], ...end }) {
      await settle()
      await write({ ...end, annotations })
      await ended()
    },
  }
}

/** Whether there are requests enough for more than the end of a check. */
export function postingMode({ github, ports }: Pick<WorkContext, 'github' | 'ports'>): PostingMode {
  return planPosting(github.budget?.(), ports.now())
}

/** Ends the check that was left open for another commit, or for this one when there is no commit any more. */
export async function leaveOpenCheck(
  context: WorkContext,
  { name, commit, subject }: Omit<CheckPlace, 'commit'> & { readonly commit?: string },
  why: string,
): Promise<void> {
  const { ports, github, repository } = context
  const key = openCheckKey(repository, subject)
  const open = await ports.state.get(key)
  if (open === undefined || open === commit) return
  await cancelCheck(context, github, { name, commit: open, why })
  await ports.state.put(new Map([[key, undefined]]))
}

async function cancelCheck(
  { ports }: WorkContext,
  { host, reviewer }: { readonly host: RepositoryHost; readonly reviewer: Reviewer },
  { name, commit, why }: { readonly name: string; readonly commit: string; readonly why: string },
): Promise<void> {
  const standing = await host.findCheck(commit, name)
  if (standing === undefined || standing.state === 'completed') return
  await reviewer.writeCheck({
    ...{ name, commit, run: Math.max(ports.now(), (standing.run ?? 0) + 1) },
    ...{ state: 'cancelled', title: 'Not done', summary: why, annotations: [] },
  })
}

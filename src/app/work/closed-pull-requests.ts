import { headKey, headsPrefix } from '../../review/review.ts'
import type { OpenPullRequest } from '../../review/repository-host-port.ts'
import {
  refusedKey,
  refusedPrefix,
  reviewedKey,
  reviewedPrefix,
  unsaidKey,
  whoMayPrefix,
} from './state-keys.ts'
import type { WorkContext } from './work-context.ts'

/** What is kept of pull requests, by key, as it was read. */
export type Notes = ReadonlyMap<string, string>

/** Pull requests of which GitHub is asked at a time; the others are left to the next look. */
const mostAsked = 100

export async function readNotesOf(
  { ports, repository }: WorkContext,
  numbers: readonly number[],
): Promise<Notes> {
  const keys = numbers.flatMap((number) =>
    [headKey, reviewedKey, refusedKey, unsaidKey].map((keyOf) => keyOf(repository, number)),
  )
  const read = await Promise.all(keys.map(async (key) => [key, await ports.state.get(key)] as const))
  return new Map(read.flatMap(([key, text]) => (text === undefined ? [] : [[key, text] as const])))
}

/** Takes away what was read before it was known that nobody needs it: what came since tells of something new. */
export async function forgetNotes({ ports }: WorkContext, notes: Notes): Promise<void> {
  const now = await Promise.all(
    [...notes].map(async ([key, text]) => [key, (await ports.state.get(key)) === text] as const),
  )
  const same = now.flatMap(([key, isSame]) => (isSame ? [key] : []))
  if (same.length > 0) await ports.state.put(new Map(same.map((key) => [key, undefined])))
}

/** What is kept of pull requests that are closed by now, however that came to be, and of branches that none goes to. */
export async function forgetClosed(
  context: WorkContext,
  defaultBranch: string,
  listOpen: () => Promise<readonly Pick<OpenPullRequest, 'number' | 'base'>[]>,
): Promise<void> {
  const { ports, repository, github, run } = context
  // First: one that is opened meanwhile is not looked for.
  const numbers = new Set<number>()
  for (const prefix of [headsPrefix, reviewedPrefix, refusedPrefix].map((of) => of(repository)))
    for (const key of (await ports.state.list(prefix)).keys()) numbers.add(Number(key.slice(prefix.length)))
  const whoMay = await ports.state.list(whoMayPrefix(repository))
  if (numbers.size + whoMay.size === 0) return
  const listed = await listOpen()
  const bases = new Set([defaultBranch, ...listed.map(({ base }) => base.branch)])
  const unused = [...whoMay].filter(([key]) => !bases.has(key.slice(whoMayPrefix(repository).length)))
  await forgetNotes(context, new Map(unused))
  const open = new Set(listed.map(({ number }) => number))
  const missing = [...numbers].filter((number) => !open.has(number)).slice(0, mostAsked)
  for (const number of missing) {
    run.signal.throwIfAborted()
    const notes = await readNotesOf(context, [number])
    // A list may lack one that is open.
    const [pullRequest] = await github.reviewer.findPullRequests({ number })
    if (pullRequest?.isOpen !== true) await forgetNotes(context, notes)
  }
}

import { maxStatusLength, type Check, type CommitStatus } from '../report/reviewer-port.ts'
import type { Refusal } from './types.ts'

/**
 * Where the verdict goes: to a check, to a status where checks may not be written, else to whatever the shell has. Pure.
 * Places are found out by trying: no API tells what a token may do.
 */
export function planVerdict(withheld: readonly Refusal[]): 'check' | 'status' | 'summary' {
  const isWithheld = (wanted: Refusal['place']): boolean => withheld.some(({ place }) => place === wanted)
  return (['check', 'status'] as const).find((place) => !isWithheld(place)) ?? 'summary'
}

const states: Readonly<Record<Check['state'], CommitStatus['state']>> = {
  queued: 'pending',
  in_progress: 'pending',
  success: 'success',
  neutral: 'success',
  skipped: 'success',
  failure: 'failure',
  action_required: 'failure',
  cancelled: 'error',
  timed_out: 'error',
}

/** The same verdict as a status, which has room for one line. */
export function toCommitStatus({ name, commit, state, title, url }: Check): CommitStatus {
  const characters = [...title]
  const description =
    characters.length <= maxStatusLength ? title : `${characters.slice(0, maxStatusLength - 1).join('')}…`
  return { name, commit, state: states[state], description, ...(url !== undefined && { url }) }
}

const instead: Readonly<Record<Refusal['place'], string>> = {
  check: 'no check is written',
  status: 'no commit status is written',
  comment: 'no comment is written',
}

/** One sentence about something that the token may not do, for a log. */
export function describeRefusal({ place, permission }: Refusal): string {
  return `${instead[place]}: the token lacks \`${permission}\``
}

import { createHash } from 'node:crypto'
import { assert } from '../diagnostics/errors.ts'
import type { OwnIssue } from './issues-port.ts'

/** Something that stands in the way of what the clusters say, and that no check or pull request tells of. */
export interface WantedIssue {
  /** The same as long as it is about the same: `facts fleet/prod`. */
  readonly subject: string
  readonly title: string
  /** Markdown, without a marker. */
  readonly body: string
}

export interface FleetIssuesSituation {
  /** One for each subject. */
  readonly wanted: readonly WantedIssue[]
  /** Open ones whose body starts with `fleetIssueMarker`. */
  readonly standing: readonly OwnIssue[]
  /** Digests of what was said last, by subject, so that one that somebody closed stays closed. */
  readonly told: ReadonlyMap<string, string>
}

export type FleetIssueEffect =
  | { readonly type: 'open'; readonly title: string; readonly body: string }
  | { readonly type: 'update'; readonly number: number; readonly title: string; readonly body: string }
  | { readonly type: 'close'; readonly number: number; readonly why: string }

export interface FleetIssuesPlan {
  readonly effects: readonly FleetIssueEffect[]
  /** To be remembered once all of it is done. */
  readonly told: ReadonlyMap<string, string>
}

/** What the body of every such issue starts with. */
export const fleetIssueMarker = '<!-- fleetwright-fleet '

/**
 * What is to be told → one issue for each subject. It says what is so now, and is closed when it is over. Pure; applied to
 * what came of it, it finds nothing to do.
 */
export function planFleetIssues({ wanted, standing, told }: FleetIssuesSituation): FleetIssuesPlan {
  const bySubject = new Map(wanted.map((each) => [each.subject, each]))
  assert(bySubject.size === wanted.length, 'each subject is told of once')
  const kept = new Map<string, OwnIssue>()
  const closes: FleetIssueEffect[] = []
  for (const issue of standing.toSorted((a, b) => a.number - b.number)) {
    const subject = subjectOf(issue)
    const same = kept.get(subject)
    if (!bySubject.has(subject)) closes.push({ type: 'close', number: issue.number, why: 'This is over.' })
    else if (same) closes.push({ type: 'close', number: issue.number, why: `#${same.number} says the same.` })
    else kept.set(subject, issue)
  }
  const says = wanted.flatMap((each): FleetIssueEffect[] => {
    const { title } = each
    const body = bodyOf(each)
    const issue = kept.get(each.subject)
    if (issue === undefined)
      return told.get(each.subject) === digestOf(each) ? [] : [{ type: 'open', title, body }]
    const isSaid = issue.title === title && normal(issue.body) === normal(body)
    return isSaid ? [] : [{ type: 'update', number: issue.number, title, body }]
  })
  return {
    effects: [...closes, ...says],
    told: new Map(wanted.map((each) => [each.subject, digestOf(each)])),
  }
}

function bodyOf({ subject, body }: WantedIssue): string {
  assert(/^[^"<>\n]+$/.test(subject), 'what an issue is about can stand in an HTML comment')
  return `${fleetIssueMarker}${JSON.stringify(subject)} -->\n${body}`
}

function subjectOf({ body }: OwnIssue): string {
  return /^<!-- fleetwright-fleet "([^"]*)" -->/.exec(body)?.[1] ?? ''
}

function digestOf({ title, body }: WantedIssue): string {
  return createHash('sha256')
    .update(JSON.stringify([title, body]))
    .digest('hex')
}

/** As GitHub may give it back: other line ends, no space at the end. */
function normal(text: string): string {
  return text.replaceAll('\r\n', '\n').trimEnd()
}

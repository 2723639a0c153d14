import { assert } from '../diagnostics/errors.ts'
import type { OwnIssue } from './issues-port.ts'

/** A cluster of the fleet, and when it answered last. */
export interface ClusterAge {
  /** `<namespace>/<name>`. */
  readonly id: string
  /** ISO 8601 UTC; absent when it never did: then it is new, and compiling says what it lacks. */
  readonly answeredAt?: string
}

export interface StaleSituation {
  /** All of the fleet. */
  readonly clusters: readonly ClusterAge[]
  /** `facts.maxAge`. */
  readonly limitMs: number
  /** Open ones whose body starts with `staleMarker`. */
  readonly standing: readonly OwnIssue[]
  /** When each cluster had answered last that an issue was opened for, so that one that somebody closed stays closed. */
  readonly told: ReadonlyMap<string, string>
  /** Milliseconds since the epoch. */
  readonly now: number
}

export type StaleEffect =
  | {
      readonly type: 'open'
      readonly title: string
      readonly body: string
      /** To be remembered of the cluster once it is opened. */
      readonly cluster: string
      readonly answeredAt: string
    }
  | { readonly type: 'close'; readonly number: number; readonly why: string }

/** What the body of every such issue starts with. */
export const staleMarker = '<!-- fleetwright-silent-cluster '

/**
 * Ages of facts → one issue for each cluster that does not answer. It says since when, and is left alone until the cluster
 * answers or is gone. Pure; applied to what came of it, it finds nothing to do.
 */
export function planStaleIssues(situation: StaleSituation): readonly StaleEffect[] {
  const { clusters, standing, told } = situation
  const byId = new Map(clusters.map((each) => [each.id, each]))
  const kept = new Map<string, OwnIssue>()
  const closes: StaleEffect[] = []
  for (const issue of standing.toSorted((a, b) => a.number - b.number)) {
    const id = clusterOf(issue)
    const cluster = byId.get(id)
    const same = kept.get(id)
    const why =
      cluster === undefined
        ? 'This cluster is no more part of the fleet.'
        : isFresh(cluster, situation)
          ? 'It answers again.'
          : same && `#${same.number} says the same.`
    if (why === undefined) kept.set(id, issue)
    else closes.push({ type: 'close', number: issue.number, why })
  }
  const opens = clusters.flatMap((cluster): StaleEffect[] => {
    const { id, answeredAt } = cluster
    const isSilent = answeredAt !== undefined && !isFresh(cluster, situation)
    if (!isSilent || kept.has(id) || told.get(id) === answeredAt) return []
    return [{ type: 'open', ...issueText(id, answeredAt), cluster: id, answeredAt }]
  })
  return [...closes, ...opens]
}

function isFresh({ answeredAt }: ClusterAge, { now, limitMs }: StaleSituation): boolean {
  return answeredAt !== undefined && now - Date.parse(answeredAt) <= limitMs
}

function issueText(id: string, answeredAt: string): Pick<OwnIssue, 'title' | 'body'> {
  assert(/^[^\s"<>]+$/.test(id), 'the id of a cluster can stand in an HTML comment')
  const at = answeredAt.replace('T', ' ').replace(/(:\d\d)(\.\d+)?Z$/, '$1 UTC')
  return {
    title: `Cluster ${id} does not answer`,
    body: [
      `${staleMarker}${JSON.stringify(id)} -->`,
      `The cluster \`${id}\` answered last at ${at}. What is known of it is older than \`facts.maxAge\` allows.`,
      '',
      'What is rendered for it stays as it is, and so does what depends on it in other clusters. Nothing is deleted.',
      '',
      '- Is its API server up, and can it be reached from where fleetwright runs?',
      '- Are its credentials still valid?',
      '- If it is gone for good, remove it from the fleet.',
      '',
      'This issue is closed when it answers again.',
    ].join('\n'),
  }
}

function clusterOf({ body }: OwnIssue): string {
  return /^<!-- fleetwright-silent-cluster "([^"]*)" -->/.exec(body)?.[1] ?? ''
}

import { formatFieldPath } from '../../../compare/compare.ts'
import type { Review } from '../../types.ts'
import { clusterList, type ClusterList } from '../cluster-list.ts'
import { countOf } from '../counts.ts'
import {
  dangerSubject,
  describeDangers,
  groupDangers,
  placeOf,
  type DangerGroup,
  type ListedDanger,
} from '../danger-list.ts'
import { fleetText, maybeText, type FleetText } from '../fleet-text.ts'
import { namesOf, type Names } from './names.ts'

export interface DangerModel {
  readonly severity: 'high' | 'medium'
  readonly rule: string
  readonly message: FleetText
  readonly later: boolean
  readonly field: FleetText | undefined
  readonly clusters: ClusterList | undefined
  readonly place: FleetText | undefined
}

export interface DangersModel {
  readonly total: string
  readonly open: readonly DangerModel[] | undefined
  readonly folded: readonly DangerModel[] | undefined
  readonly foldedCount: string
  readonly groups:
    | readonly (Names & {
        readonly severity: DangerGroup['severity']
        readonly rule: string
        readonly summary: string
      })[]
    | undefined
}

/** `full`: each with its places; `named`: each by name, by rule; `rules`: by rule, the first of them by name. */
export type DangersLevel = 'full' | 'named' | 'rules'

/** So many dangers are read before anything else; the less severe ones beyond are a click away. */
const mostOpen = 20

export function dangersModel(
  dangers: readonly ListedDanger[],
  review: Review,
  level: DangersLevel,
): DangersModel | undefined {
  if (dangers.length === 0) return undefined
  const total = describeDangers(dangers)
  if (level !== 'full') {
    const most = level === 'named' ? Infinity : 3
    const groups = groupDangers(dangers).map(({ severity, rule, summary, dangers: group }) => ({
      ...{ severity, rule, summary },
      ...namesOf([...new Set(group.map(({ danger }) => dangerSubject(danger)))], most),
    }))
    return { total, open: undefined, folded: undefined, foldedCount: '', groups }
  }
  const high = dangers.filter(({ danger }) => danger.severity === 'high').length
  const split = dangers.length <= mostOpen ? dangers.length : Math.max(mostOpen, high)
  const models = dangers.map((danger) => dangerModel(danger, review))
  const folded = models.slice(split)
  return {
    total,
    open: models.slice(0, split),
    folded: folded.length === 0 ? undefined : folded,
    foldedCount: countOf(folded.length, 'more danger'),
    groups: undefined,
  }
}

function dangerModel({ danger, later }: ListedDanger, review: Review): DangerModel {
  const { severity, rule, message, clusters, path, span } = danger
  return {
    ...{ severity, rule, later },
    message: fleetText(message),
    field: path === undefined ? undefined : fleetText(formatFieldPath(path)),
    clusters: clusters.length === 0 ? undefined : clusterList(clusters, review),
    place: maybeText(placeOf(span)),
  }
}

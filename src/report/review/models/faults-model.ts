import type { Severity } from '../../../diagnostics/types.ts'
import type { Review, ReviewedDiagnostic } from '../../types.ts'
import { clusterList, type ClusterList } from '../cluster-list.ts'
import { countOf, listOf } from '../counts.ts'
import { faultPlace, type ListedFault } from '../fault-list.ts'
import { fleetText, maybeText, type FleetText } from '../fleet-text.ts'

export interface FaultsModel {
  readonly faults:
    | readonly {
        readonly severity: Severity
        readonly id: FleetText
        readonly message: FleetText
        readonly clusters: ClusterList | undefined
        readonly place: FleetText | undefined
        readonly hint: FleetText | undefined
      }[]
    | undefined
  readonly frames: readonly { readonly place: FleetText; readonly frame: FleetText }[]
  readonly codes:
    readonly { readonly severity: Severity; readonly id: FleetText; readonly times: string }[] | undefined
  /** What is said of both sides or of the base alone. */
  readonly others: string | undefined
}

export type FaultsLevel = 'frames' | 'messages' | 'codes'

export function faultsModel(
  faults: readonly ListedFault[],
  review: Review,
  level: FaultsLevel,
): FaultsModel | undefined {
  if (faults.length === 0) return undefined
  const others = describeStanding(review.diagnostics)
  if (level === 'codes') {
    const codes = [...Map.groupBy(faults, ({ diagnostic }) => `${diagnostic.severity} ${diagnostic.code}`)]
    return {
      faults: undefined,
      frames: [],
      codes: codes.flatMap(([, group]) => {
        const [first] = group
        if (first === undefined) return []
        const { code } = first.diagnostic
        const severity = severityOf(first.diagnostic)
        return [{ severity, id: fleetText(code), times: countOf(group.length, 'time') }]
      }),
      others,
    }
  }
  return {
    faults: faults.map(({ diagnostic, clusters }) => ({
      severity: severityOf(diagnostic),
      id: fleetText(diagnostic.code),
      message: fleetText(diagnostic.message),
      clusters: clusters.length === 0 ? undefined : clusterList(clusters, review),
      place: maybeText(faultPlace(diagnostic)),
      hint: maybeText(diagnostic.hint),
    })),
    frames: faults.flatMap(({ diagnostic }) => {
      const place = faultPlace(diagnostic)
      if (level !== 'frames' || place === undefined || diagnostic.frame === undefined) return []
      return [{ place: fleetText(place), frame: fleetText(diagnostic.frame) }]
    }),
    codes: undefined,
    others,
  }
}

export function describeStanding({ standing, resolved }: Review['diagnostics']): string | undefined {
  const parts = [
    ...(standing > 0 ? [`${countOf(standing, 'other')} as before`] : []),
    ...(resolved > 0
      ? [`${countOf(resolved, 'fault')} of the base ${resolved === 1 ? 'is' : 'are'} no more`]
      : []),
  ]
  return parts.length === 0 ? undefined : `${listOf(parts)}.`
}

/** Templates print it as it is, and the type of the printed form is any text. */
function severityOf({ severity }: ReviewedDiagnostic): Severity {
  return severity === 'error' || severity === 'warning' ? severity : 'note'
}

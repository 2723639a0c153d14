import type { Span } from '../../diagnostics/types.ts'
import type { Plan } from '../../resolve/types.ts'
import { locate, locateInString } from '../../source/source.ts'
import type { SourceDocument } from '../../source/types.ts'
import type { Difference } from './differences.ts'

/** The entry of the profile that gives a cluster a unit; undefined where none does, as for its namespaces. */
export function placeOfUnit(plan: Plan, cluster: string, unit: string): Span | undefined {
  const found = plan.clusters.find((one) => one.cluster.id === cluster)
  const claim = found?.units.find(({ name }) => name === unit)?.claim
  return claim && locate(claim.profile.document, claim.path)
}

/** Where a difference stands in the document that has it: of long texts, the line. */
export function placeOfDifference(document: SourceDocument, { path, offset }: Difference): Span {
  return offset === undefined ? locate(document, path) : locateInString(document, path, offset)
}

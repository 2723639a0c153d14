import type { Report } from '../../diagnostics/types.ts'
import { isEmptySelector } from '../../kubernetes/label-selector.ts'
import type { LabelSelector } from '../../kubernetes/types.ts'
import { selectsNothing } from '../fleet-diagnostics.ts'
import { prerequisiteId } from './dependencies.ts'
import type { ClusterSet, Profile } from '../types.ts'

/**
 * "Empty or absent selects nothing" (sveltos.md 1.1): bad is `clusterSelector: {}` alone, good are clusterRefs or setRefs
 * beside it. A prerequisite goes where its dependants go and needs no selector of its own.
 */
export function checkSelection(
  profiles: readonly Profile[],
  sets: readonly ClusterSet[],
  report: Report,
): void {
  const prerequisites = new Set(
    profiles.flatMap((profile) => profile.spec.dependsOn.map((name) => prerequisiteId(profile, name))),
  )
  for (const { id, document, spec, faulty } of profiles) {
    if (faulty === true || prerequisites.has(id) || spec.setRefs.length > 0) continue
    reportEmpty({ document, selector: spec.clusterSelector, clusterRefs: spec.clusterRefs.length }, report)
  }
  for (const { document, clusterSelector, clusterRefs, maxReplicas, faulty } of sets) {
    if (faulty === true) continue
    reportEmpty({ document, selector: clusterSelector, clusterRefs: clusterRefs.length }, report)
    if (maxReplicas === 0)
      report(selectsNothing(document, ['spec', 'maxReplicas'], '`maxReplicas` is 0 or not written'))
  }
}

interface Selection {
  readonly document: Profile['document']
  readonly selector: LabelSelector | undefined
  readonly clusterRefs: number
}

function reportEmpty({ document, selector, clusterRefs }: Selection, report: Report): void {
  if (clusterRefs > 0 || (selector !== undefined && !isEmptySelector(selector))) return
  if (selector === undefined)
    report(selectsNothing(document, ['spec'], 'it has neither selector nor references'))
  else report(selectsNothing(document, ['spec', 'clusterSelector'], 'its selector is empty'))
}

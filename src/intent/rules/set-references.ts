import type { Report } from '../../diagnostics/types.ts'
import { setUnknown } from '../fleet-diagnostics.ts'
import type { ClusterSet, Profile } from '../types.ts'

/** A ClusterProfile names ClusterSets, a Profile Sets of its namespace; a missing set is ignored by Sveltos (sveltos.md 1.2). */
export function checkSetReferences(
  profiles: readonly Profile[],
  sets: readonly ClusterSet[],
  report: Report,
): void {
  for (const { document, spec, namespace } of profiles) {
    if (spec.setRefs.length === 0) continue
    const known = sets.filter((set) => set.namespace === namespace).map(({ name }) => name)
    spec.setRefs.forEach((name, index) => {
      if (!known.includes(name) && !name.includes('{{'))
        report(setUnknown(document, ['spec', 'setRefs', index], name, known))
    })
  }
}

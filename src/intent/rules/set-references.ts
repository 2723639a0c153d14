import type { Report } from '../../diagnostics/types.ts'
import { setUnknown } from '../fleet-diagnostics.ts'
import type { SourceDocument } from '../../source/types.ts'
import type { Fleet } from '../types.ts'

/**
 * A ClusterProfile and an EventTrigger name ClusterSets, a Profile Sets of its namespace; a missing set is ignored by
 * Sveltos (sveltos.md 1.2).
 */
export function checkSetReferences(
  { profiles, eventTriggers, sets }: Pick<Fleet, 'profiles' | 'eventTriggers' | 'sets'>,
  report: Report,
): void {
  const check = (user: SourceDocument, field: string, names: readonly string[], namespace?: string): void => {
    const known = sets.filter((set) => set.namespace === namespace).map(({ name }) => name)
    names.forEach((name, index) => {
      if (!known.includes(name) && !name.includes('{{'))
        report(setUnknown(user, ['spec', field, index], name, known))
    })
  }
  for (const { document, spec, namespace } of profiles) check(document, 'setRefs', spec.setRefs, namespace)
  for (const { document, clusterSetRefs } of eventTriggers) check(document, 'clusterSetRefs', clusterSetRefs)
}

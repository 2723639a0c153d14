import { attemptUnit } from './attempt-unit.ts'
import type { ClusterWork, PreparedCluster } from './cluster-work.ts'
import { functionsBlocked, impure } from './diagnostics.ts'
import { settleCluster, type SettledCluster } from './settle-cluster.ts'
import type { RenderedUnit, UnitRecord } from './types.ts'
import type { UnitQuestions } from './unit-needs.ts'

/** Renders what the branch has not; a cluster that it has all of is taken over unread. */
export async function renderCluster(
  cluster: PreparedCluster,
  records: ReadonlyMap<string, UnitRecord>,
  work: ClusterWork,
): Promise<SettledCluster> {
  if (cluster.isKnown) return takenOver(cluster, work)
  const context = { answers: cluster.answers, work }
  const attempts = await Promise.all(
    cluster.units.map(async (one) => {
      const known = records.get(`${cluster.id}/${one.unit.name}`)
      const attempt = 'hold' in one ? one : await attemptUnit(one, known, context)
      work.onUnit()
      return attempt
    }),
  )
  return settleCluster(cluster, attempts, records, work)
}

/** Everything that its rendering said and asked is said and asked again. */
function takenOver({ id, digest, plan, units }: PreparedCluster, work: ClusterWork): SettledCluster {
  const known = work.known.units.get(id) ?? new Map<string, never>()
  const rendered = units.map((one): RenderedUnit => {
    work.onUnit()
    const { unit } = one
    if ('hold' in one) return { unit, inputs: '', result: { status: 'held', hold: one.hold } }
    const recorded = known.get(unit.name)
    if (recorded?.impure) work.report(impure({ cluster: id, unit }, recorded.impure))
    if (recorded?.blocked) work.report(functionsBlocked({ cluster: id, unit }, recorded.blocked))
    return { unit, inputs: one.inputs, result: { status: 'unchanged' } }
  })
  // A held cluster has no planned units: what stays of it will be rendered again when it is held no more.
  const planned = new Map(units.map(({ unit }) => [unit.name, unit]))
  const names = plan.hold ? [...known.keys()] : [...planned.keys()]
  const questions = names.flatMap((name): UnitQuestions[] => {
    const recorded = known.get(name)
    if (recorded === undefined) return []
    const profile = planned.get(name)?.claim.profile.id ?? recorded.profile
    return [{ profile, looked: recorded.looked?.asked ?? [], kinds: recorded.kinds ?? [] }]
  })
  return { cluster: { id, digest, units: rendered, conflicts: [] }, questions }
}

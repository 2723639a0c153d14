import type { Hold, PlannedUnit, ProfileClaim } from './types.ts'
import type { ClusterState } from './cluster-state.ts'
import { helmUnit } from './helm-unit.ts'
import { kustomizeUnit } from './kustomize-unit.ts'
import { patchesOf } from './patches.ts'
import { policyUnit } from './policy-unit.ts'
import { templateData } from './template-data.ts'
import { Unresolvable, type World } from './world.ts'

/** What one profile asks of one cluster, in the order in which the profile lists it, by feature. */
export interface ProfileUnits {
  readonly resources: readonly PlannedUnit[]
  readonly charts: readonly PlannedUnit[]
  readonly kustomizations: readonly PlannedUnit[]
  /** Set when the units of the profile could not even be named: all that it has there stays as it is. */
  readonly hold?: Hold
}

/** Works one profile out on one cluster. Reports every fault; a unit that fails leaves the others alone. */
export async function planProfile(
  world: World,
  claim: ProfileClaim,
  state: ClusterState,
): Promise<ProfileUnits> {
  const { spec } = claim.profile
  let hold: Hold | undefined
  const attempt = async (work: () => Promise<PlannedUnit | undefined>): Promise<readonly PlannedUnit[]> => {
    try {
      const unit = await work()
      return unit ? [unit] : []
    } catch (error) {
      if (!(error instanceof Unresolvable)) throw error
      hold ??= error.hold
      return []
    }
  }
  try {
    const claimed = await templateData(world, claim, state)
    const patches = await patchesOf(world, claimed)
    // sveltos.md 1.7: Local references before Remote ones, each in list order.
    const policies = spec.policyRefs.map((reference, index) => ({ reference, index }))
    const ordered = (['Local', 'Remote'] as const).flatMap((type) =>
      policies.filter(({ reference }) => reference.deploymentType === type),
    )
    const [resources, charts, kustomizations] = await Promise.all([
      Promise.all(
        ordered.map(({ reference, index }) =>
          attempt(() => policyUnit(world, claimed, reference, { index, patches })),
        ),
      ),
      Promise.all(
        spec.helmCharts.map((chart, index) =>
          attempt(() => helmUnit(world, claimed, chart, { index, patches })),
        ),
      ),
      Promise.all(
        spec.kustomizationRefs.map((reference, index) =>
          attempt(() => kustomizeUnit(world, claimed, reference, { index, patches })),
        ),
      ),
    ])
    return {
      resources: resources.flat(),
      charts: charts.flat(),
      kustomizations: kustomizations.flat(),
      ...(hold && { hold }),
    }
  } catch (error) {
    if (!(error instanceof Unresolvable)) throw error
    return { resources: [], charts: [], kustomizations: [], hold: error.hold }
  }
}

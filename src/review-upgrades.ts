import { lostApis, skewDangers } from './compare/compare.ts'
import type { Comparison, Danger, Upgrade } from './compare/types.ts'
import { tryParseUnitIndex, unitIndexPath } from './branch/branch.ts'
import type { BranchView } from './branch/types.ts'
import type { Preview, PreviewStep } from './preview.ts'
import type { ObjectIdentity } from './render/types.ts'
import type { ClusterPlan, MachineSet, PlannedLabel } from './resolve/types.ts'

/**
 * What the versions do that a change writes: machines that are replaced, labels that classifiers then set otherwise, APIs
 * that are no longer there for objects that the head renders, and the add-ons that follow. Throws EnvironmentError.
 */
export async function describeUpgrades(
  { base, head, upgrade }: Preview,
  /** What follows in one cluster. */
  follows: (cluster: string) => Promise<Comparison>,
): Promise<readonly Upgrade[]> {
  const upgraded = upgrade?.clusters ?? []
  const plans = { base: plansOf(base), head: plansOf(head), upgrade: plansOf(upgrade) }
  return Promise.all(
    upgraded.map(async ({ cluster, from, to }): Promise<Upgrade> => {
      const [before, now, later] = [
        plans.base.get(cluster),
        plans.head.get(cluster),
        plans.upgrade.get(cluster),
      ]
      const lost = lostApis(await readIdentities(head.view, cluster), from, to)
      return {
        ...{ cluster, from, to },
        machines: machinesOf(now),
        labels: changedLabels(now?.labels ?? [], later?.labels ?? []),
        lostApis: lost,
        follows: await follows(cluster),
        dangers: [
          ...(before && now ? skewDangers(before, now) : []),
          ...lost.map((api) => lostDanger(api, cluster, to)),
        ],
      }
    }),
  )
}

function lostDanger({ api, objects }: Upgrade['lostApis'][number], cluster: string, to: string): Danger {
  const [first = '', ...others] = objects
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return {
    ...{ rule: 'api-removed', severity: 'high', clusters: [cluster] },
    message: `${to} serves ${api} no more, of which ${first}${more} ${others.length === 0 ? 'is' : 'are'}`,
  }
}

function plansOf(step: PreviewStep | undefined): ReadonlyMap<string, ClusterPlan> {
  return new Map((step?.compiled?.plan?.clusters ?? []).map((plan) => [plan.cluster.id, plan]))
}

/** Every set of machines that runs another version afterwards; those without a version of their own follow the cluster. */
function machinesOf(plan: ClusterPlan | undefined): Upgrade['machines'] {
  const { controlPlane, workers = [] } = plan?.machines ?? {}
  return [...(controlPlane ? [controlPlane] : []), ...workers]
    .filter(isReplaced)
    .map(({ kind, name, replicas }) => ({ kind, name, ...(replicas !== undefined && { replicas }) }))
}

function isReplaced({ version, versionNow }: MachineSet): boolean {
  return version === undefined || versionNow === undefined || version !== versionNow
}

function changedLabels(before: readonly PlannedLabel[], after: readonly PlannedLabel[]): Upgrade['labels'] {
  const [old, now] = [before, after].map((labels) => new Map(labels.map((label) => [label.key, label]))) as [
    Map<string, PlannedLabel>,
    Map<string, PlannedLabel>,
  ]
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)]
    if (was?.value === is?.value) return []
    const origin = (is ?? was)?.origin
    return [
      {
        key,
        ...(was && { before: was.value }),
        ...(is && { after: is.value }),
        classifier: typeof origin === 'object' ? origin.classifier : (origin ?? 'written'),
      },
    ]
  })
}

/** Every object of a cluster, by what its indexes say: texts are not read. */
async function readIdentities(
  { previous, readFiles }: BranchView,
  cluster: string,
): Promise<ObjectIdentity[]> {
  const names = Object.keys(previous.clusters.get(cluster)?.units ?? {})
  const texts = await readFiles(names.map((name) => unitIndexPath(cluster, name)))
  return [...texts.values()].flatMap((text) => tryParseUnitIndex(text)?.objects ?? [])
}

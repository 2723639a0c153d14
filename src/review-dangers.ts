import { placeOfUnit } from './compare/compare.ts'
import type { Danger } from './compare/types.ts'
import type { Preview, PreviewBaseline, PreviewStep } from './preview.ts'
import type { ClusterPlan } from './resolve/types.ts'
import { trustDangers } from './review-trust.ts'

/** Dangers that are not in what is rendered: in how much of it can be believed, and in what the next compile will refuse. */
export function reviewedDangers(
  preview: Preview,
  changedFiles: readonly string[],
  mask: (text: string) => string,
): readonly Danger[] {
  const { base, head } = preview
  return [
    ...trustDangers(preview, changedFiles),
    ...brakeOf(head, preview.baseline),
    ...oldFacts(base, head),
    ...impureCharts(base, head),
  ].map((danger) => ({
    ...danger,
    message: mask(danger.message),
  }))
}

/**
 * Clusters that the change would touch and whose facts are too old to say how. Others are no news: they are as old without
 * this change.
 */
function oldFacts(base: PreviewStep, head: PreviewStep): readonly Danger[] {
  const before = new Map((base.compiled?.plan?.clusters ?? []).map((plan) => [plan.cluster.id, plan]))
  const clusters = (head.compiled?.plan?.clusters ?? [])
    .filter((plan) => isOld(plan) && planKey(plan) !== planKey(before.get(plan.cluster.id)))
    .map(({ cluster }) => cluster.id)
    .sort()
  if (clusters.length === 0) return []
  const message =
    'the facts are missing or older than the limit, so that this change stays without effect there until the cluster is observed again'
  return [{ rule: 'facts-old', severity: 'medium', message, clusters }]
}

function isOld({ hold }: ClusterPlan): boolean {
  return hold?.reason === 'facts-too-old' || hold?.reason === 'facts-missing'
}

/** What a plan asks of a cluster, without where it is written. */
function planKey(plan: ClusterPlan | undefined): string {
  return JSON.stringify(
    (plan?.units ?? []).map(({ claim, ...unit }) => [
      claim.profile.id,
      claim.tier,
      { ...unit, origin: undefined },
    ]),
    (key, value: unknown) => (key === 'origin' || key === 'document' ? undefined : value),
  )
}

/** Units that draw on randomness or the clock and did not before: one danger a unit. */
function impureCharts(base: PreviewStep, head: PreviewStep): readonly Danger[] {
  const clustersOf = new Map<string, string[]>()
  for (const [cluster, { units }] of head.view.previous.clusters) {
    const before = base.view.previous.clusters.get(cluster)?.units
    for (const [unit, { impure }] of Object.entries(units)) {
      if (impure && before?.[unit]?.impure === undefined)
        clustersOf.set(unit, [...(clustersOf.get(unit) ?? []), cluster])
    }
  }
  return [...clustersOf].sort().map(([unit, found]) => {
    const clusters = found.sort()
    const plan = head.compiled?.plan
    const span = plan && placeOfUnit(plan, clusters[0] ?? '', unit)
    return {
      rule: 'impure-chart',
      severity: 'medium',
      message: `${unit} draws on randomness or the clock: what it renders is held as it is first rendered`,
      ...{ clusters, unit },
      ...(span && { span, side: 'after' as const }),
    }
  })
}

const stopped: Readonly<Record<PreviewBaseline, string>> = {
  pr: 'the compile after the merge stops before it deletes',
  rendered: 'the next compile stops before it deletes',
  'what-if': 'a compile would stop before it deletes',
}

function brakeOf({ brake }: PreviewStep, baseline: PreviewBaseline): readonly Danger[] {
  if (!brake) return []
  const clusters = [...new Set(brake.reasons.map(({ cluster }) => cluster))].sort()
  const approval =
    baseline === 'what-if' ? '' : `, until somebody approves with --allow-delete ${brake.digest}`
  const message = `${stopped[baseline]}${approval}`
  return [{ rule: 'brake', severity: 'high', message, clusters }]
}

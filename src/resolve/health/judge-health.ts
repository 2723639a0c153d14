import type { ClusterHealthCheck, Fleet, HealthCheck } from '../../intent/types.ts'
import { matchesLabels } from '../../kubernetes/label-selector.ts'
import type { ClusterState } from '../cluster-state.ts'
import type { Selecting } from '../resources/asker.ts'
import type { HealthCondition, HealthReport, JudgedObject } from '../types.ts'
import { judgeObjects } from './judge-objects.ts'

type HealthFleet = Pick<Fleet, 'healthChecks' | 'clusterHealthChecks'>

/**
 * How the clusters are, as HealthChecks and ClusterHealthChecks see them from the facts (sveltos.md 6). A HealthCheck is
 * judged in the clusters that a ClusterHealthCheck selects which names it, as Sveltos deploys it there and nowhere else.
 *
 * Pure; nothing that is rendered depends on it, and it holds nothing: what cannot be worked out is `Unknown`, with the
 * reason. Asks the knowledge for what the checks select; reports scripts that fail.
 */
export function judgeHealth(
  states: readonly ClusterState[],
  { healthChecks, clusterHealthChecks }: HealthFleet,
  selecting: Selecting,
): HealthReport {
  const checks = new Map(healthChecks.map((check) => [check.name, check]))
  const shown = states.filter(({ hold }) => hold?.reason !== 'not-selected')
  const reports = shown.map((state): HealthReport => {
    const selected = clusterHealthChecks.filter((check) => selects(check, state))
    const judged = new Map<HealthCheck, readonly JudgedObject[]>()
    for (const check of namedBy(selected, checks)) judged.set(check, judge(check, state, selecting))
    return {
      objects: [...judged.values()].flat(),
      conditions: selected.flatMap((check) => conditionsOf(check, state.cluster.id, { checks, judged })),
    }
  })
  return {
    objects: reports.flatMap(({ objects }) => objects),
    conditions: reports.flatMap(({ conditions }) => conditions),
  }
}

function selects({ clusterSelector }: ClusterHealthCheck, { ready, labelMap }: ClusterState): boolean {
  return clusterSelector !== undefined && ready && matchesLabels(clusterSelector, labelMap)
}

/** By name, each once. */
function namedBy(
  selected: readonly ClusterHealthCheck[],
  checks: ReadonlyMap<string, HealthCheck>,
): readonly HealthCheck[] {
  const names = new Set(
    selected.flatMap(({ livenessChecks }) =>
      livenessChecks.flatMap(({ type, healthCheck }) =>
        type === 'HealthCheck' && healthCheck !== undefined ? [healthCheck] : [],
      ),
    ),
  )
  return [...names].sort().flatMap((name) => checks.get(name) ?? [])
}

function judge(
  check: HealthCheck,
  { cluster, hold }: ClusterState,
  selecting: Selecting,
): readonly JudgedObject[] {
  const judged = judgeObjects(check, cluster.id, selecting)
  // The needs are given all the same, so that the next look at the cluster answers them.
  const isStale = hold?.reason === 'facts-too-old' || hold?.reason === 'facts-missing'
  if (!isStale) return judged
  const healthCheck = `HealthCheck/${check.name}`
  return [{ cluster: cluster.id, healthCheck, status: 'Unknown', message: hold.message }]
}

interface Judged {
  readonly checks: ReadonlyMap<string, HealthCheck>
  readonly judged: ReadonlyMap<HealthCheck, readonly JudgedObject[]>
}

function conditionsOf(
  { name: clusterHealthCheck, livenessChecks }: ClusterHealthCheck,
  cluster: string,
  { checks, judged }: Judged,
): readonly HealthCondition[] {
  return livenessChecks.map(({ name, type, healthCheck }): HealthCondition => {
    const base = {
      cluster,
      clusterHealthCheck: `ClusterHealthCheck/${clusterHealthCheck}`,
      check: name,
      type,
    }
    if (type === 'Addons')
      return { ...base, status: 'Unknown', message: 'nobody recorded what became of the add-ons' }
    const check = checks.get(healthCheck ?? '')
    const objects = check && judged.get(check)
    if (!objects)
      return { ...base, status: 'Failing', message: `there is no HealthCheck ${healthCheck ?? ''}`.trim() }
    return { ...base, ...overall(objects) }
  })
}

/** One that is not healthy decides, whatever is not known of others. */
function overall(objects: readonly JudgedObject[]): Pick<HealthCondition, 'status' | 'message'> {
  const bad = objects.filter(({ status }) => status !== 'Healthy' && status !== 'Unknown')
  const unknown = objects.find(({ status }) => status === 'Unknown')
  if (bad.length > 0)
    return { status: 'Failing', message: `${bad.length} of ${objects.length} objects are not healthy` }
  if (unknown) return { status: 'Unknown', message: unknown.message }
  return { status: 'Passing', message: '' }
}

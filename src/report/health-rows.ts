import type { Delivered, DeliveredUnit } from '../observe/observe.ts'
import type { ClusterPlan, HealthCondition, HealthReport, JudgedObject, Plan } from '../resolve/types.ts'

/** One row of `fleetwright show resources`: an object that a HealthCheck judges. */
export interface ResourceRow {
  readonly cluster: string
  readonly healthCheck: string
  /** As Kubernetes prints it: `apps/v1, Kind=Deployment`. */
  readonly gvk: string
  readonly namespace: string
  readonly name: string
  readonly status: JudgedObject['status']
  readonly message: string
}

export interface ResourceFilter {
  /** Of the object; `core` for the core group, whose name is empty. */
  readonly group?: string | undefined
  readonly kind?: string | undefined
  readonly namespace?: string | undefined
  readonly clusterNamespace?: string | undefined
}

/** What `fleetwright show health` shows. */
export interface HealthRows {
  readonly conditions: readonly HealthCondition[]
  readonly objects: readonly HealthRow[]
}

/** One object that a HealthCheck judges, or why it judges none. */
export interface HealthRow {
  readonly cluster: string
  readonly healthCheck: string
  /** `Deployment web/api`; empty where none can be judged. */
  readonly object: string
  readonly status: JudgedObject['status']
  readonly message: string
}

/** In the order of the plan; `delivered` is what became of the add-ons, where that was observed. Pure. */
export function toHealthRows(plan: Pick<Plan, 'clusters' | 'health'>, delivered?: Delivered): HealthRows {
  const { conditions, objects } = plan.health
  const plans = new Map(plan.clusters.map((cluster) => [cluster.cluster.id, cluster]))
  return {
    conditions: conditions.map((condition) => {
      const [cluster, states] = [plans.get(condition.cluster), delivered?.get(condition.cluster)]
      if (condition.type !== 'Addons' || !cluster || !states) return condition
      return { ...condition, ...addOnsOf(cluster, states) }
    }),
    objects: objects.map(({ cluster, healthCheck, object, status, message }) => {
      const place = object?.namespace === undefined ? '' : `${object.namespace}/`
      return {
        ...{ cluster, healthCheck, status, message },
        object: object === undefined ? '' : `${object.kind} ${place}${object.name}`,
      }
    }),
  }
}

/** All add-ons of a cluster must be there (sveltos.md 6); one that is only shown need not. Of a held cluster, what it has. */
function addOnsOf(
  { units, hold }: ClusterPlan,
  states: ReadonlyMap<string, DeliveredUnit>,
): Pick<HealthCondition, 'status' | 'message'> {
  const planned = units.filter(({ syncMode }) => syncMode !== 'DryRun').map(({ name }) => name)
  for (const name of hold ? states.keys() : planned) {
    const state = states.get(name)
    if (state?.status === 'ready') continue
    const why = state?.message === undefined ? '' : `: ${state.message}`
    return { status: 'Failing', message: `${name} is ${state?.status ?? 'not delivered'}${why}` }
  }
  return { status: 'Passing', message: '' }
}

/** Objects that can be named, in the order of the plan. Pure. */
export function toResourceRows(
  { objects }: HealthReport,
  filter: ResourceFilter = {},
): readonly ResourceRow[] {
  return objects.flatMap(({ cluster, healthCheck, object, status, message }): ResourceRow[] => {
    if (object === undefined) return []
    const { apiVersion, kind, namespace = '', name } = object
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
    const isWanted =
      isAny(filter.group, group === '' ? 'core' : group) &&
      isAny(filter.kind, kind) &&
      isAny(filter.namespace, namespace) &&
      isAny(filter.clusterNamespace, cluster.slice(0, cluster.indexOf('/')))
    const gvk = `${group === '' ? '/' : ''}${apiVersion}, Kind=${kind}`
    return isWanted ? [{ cluster, healthCheck, gvk, namespace, name, status, message }] : []
  })
}

function isAny(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value
}

import type { HealthCondition, HealthReport, JudgedObject } from '../resolve/types.ts'

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

/** In the order of the plan. Pure. */
export function toHealthRows({ conditions, objects }: HealthReport): HealthRows {
  return {
    conditions,
    objects: objects.map(({ cluster, healthCheck, object, status, message }) => {
      const place = object?.namespace === undefined ? '' : `${object.namespace}/`
      return {
        ...{ cluster, healthCheck, status, message },
        object: object === undefined ? '' : `${object.kind} ${place}${object.name}`,
      }
    }),
  }
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

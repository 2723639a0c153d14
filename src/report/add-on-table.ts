import { formatTable } from './table.ts'
import type { AddOnRow } from './types.ts'

const headers = [
  'CLUSTER',
  'RESOURCE TYPE',
  'NAMESPACE',
  'NAME',
  'VERSION',
  'TIME',
  'DEPLOYMENT TYPE',
  'PROFILES',
] as const

/**
 * The table of `sveltosctl show addons` (sveltos.md 7): same columns, same words, rows sorted; and one more for what became
 * of a delivery, where that was observed. Pure.
 */
export function formatAddOns(rows: readonly AddOnRow[]): string {
  const hasDelivered = rows.some(({ delivered }) => delivered !== undefined)
  const cells = rows.map((row) => [
    row.cluster,
    row.resourceType,
    row.namespace,
    row.name,
    row.version,
    row.time,
    row.deploymentType,
    row.profile,
    describeDelivered(row),
  ])
  return formatTable(hasDelivered ? [...headers, 'DELIVERED'] : headers, cells, { borders: true })
}

/** Longest message in a table. */
const mostCharacters = 80

function describeDelivered({ delivered }: AddOnRow): string {
  if (delivered === undefined) return ''
  const { status, message } = delivered
  if (message === undefined) return status
  const isLong = message.length > mostCharacters
  return `${status}: ${isLong ? `${message.slice(0, mostCharacters)}…` : message}`
}

export interface AddOnFilter {
  /** Namespace of the cluster. */
  readonly namespace?: string
  /** Name of the cluster. */
  readonly cluster?: string
  /** `ClusterProfile/x`, or only its name. */
  readonly profile?: string
  /** Default: both. */
  readonly only?: 'helm-charts' | 'resources'
}

/** Those of the rows that a person asked for. */
export function filterAddOns(rows: readonly AddOnRow[], filter: AddOnFilter): AddOnRow[] {
  return rows.filter(({ cluster, profile, resourceType }) => {
    const slash = cluster.indexOf('/')
    const isChart = resourceType === 'helm chart'
    return (
      (filter.namespace === undefined || cluster.slice(0, slash) === filter.namespace) &&
      (filter.cluster === undefined ||
        cluster === filter.cluster ||
        cluster.slice(slash + 1) === filter.cluster) &&
      (filter.profile === undefined ||
        profile === filter.profile ||
        profile.split('/').at(-1) === filter.profile) &&
      (filter.only === undefined || (filter.only === 'helm-charts') === isChart)
    )
  })
}

import pc from 'picocolors'
import type { ClusterChange } from '../branch/types.ts'
import { formatCount, formatNames } from './names.ts'
import { formatTable } from './table.ts'
import type { CompileReport, ReportedCluster, ReportedUnit } from './types.ts'

export interface ReportOptions {
  readonly color?: boolean
}

/** Up to here every cluster is shown with its add-ons; beyond, every add-on with its clusters. */
const mostClusters = 20
const mostChanges = 20

/**
 * What each cluster gets, for the end of a compile: one row per cluster and add-on, or one per add-on for a large fleet.
 * Clusters that were not asked for are left out. Pure.
 */
export function formatClusters(report: CompileReport, options: ReportOptions = {}): string {
  const clusters = report.clusters.filter(({ hold }) => hold?.reason !== 'not-selected')
  const strong = pc.createColors(options.color === true).bold
  const rows = clusters.flatMap((cluster) => cluster.units.map((unit) => ({ cluster, unit })))
  const table = clusters.length > mostClusters ? addOnTable(rows, strong) : unitTable(clusters, strong)
  return `${table}\n${summary(clusters)}\n`
}

function unitTable(clusters: readonly ReportedCluster[], strong: (text: string) => string): string {
  const rows = clusters.flatMap((cluster) => {
    const id = `${cluster.namespace}/${cluster.name}`
    if (cluster.units.length === 0)
      return [[id, '-', '', '', '', cluster.hold?.message ?? 'nothing selected']]
    // The name stands once, so that the eye finds where the next cluster begins.
    return cluster.units.map((unit, index) => [
      index === 0 ? id : '',
      unit.name,
      unit.profile,
      version(unit),
      String(unit.objects),
      status(unit),
    ])
  })
  const headers = ['CLUSTER', 'ADD-ON', 'PROFILE', 'VERSION', 'OBJECTS', 'STATUS']
  return formatTable(headers, rows, { strong, right: [4] })
}

interface Row {
  readonly cluster: ReportedCluster
  readonly unit: ReportedUnit
}

function addOnTable(rows: readonly Row[], strong: (text: string) => string): string {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.unit.name, row.unit.profile, version(row.unit)])
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  const lines = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => {
      const [first] = group
      if (first === undefined) return []
      const objects = group.reduce((sum, { unit }) => sum + unit.objects, 0)
      const { name, profile } = first.unit
      return [[name, profile, version(first.unit), String(group.length), String(objects), statuses(group)]]
    })
  const headers = ['ADD-ON', 'PROFILE', 'VERSION', 'CLUSTERS', 'OBJECTS', 'STATUS']
  return formatTable(headers, lines, { strong, right: [3, 4] })
}

function statuses(rows: readonly Row[]): string {
  const counts = new Map<string, number>()
  for (const { unit } of rows) counts.set(unit.status, (counts.get(unit.status) ?? 0) + 1)
  const [only] = counts.keys()
  if (counts.size === 1 && only !== undefined) return only
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

function version({ kind, chart, version }: ReportedUnit): string {
  return chart === undefined ? kind : `${chart} ${version ?? ''}`.trimEnd()
}

function status({ status, reason }: ReportedUnit): string {
  return reason === undefined ? status : `${status}: ${reason}`
}

function summary(clusters: readonly ReportedCluster[]): string {
  const units = clusters.flatMap((cluster) => cluster.units)
  const objects = units.reduce((sum, unit) => sum + unit.objects, 0)
  const counts = (['rendered', 'unchanged', 'held', 'dry-run'] as const)
    .map((status) => ({ status, count: units.filter((unit) => unit.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}`)
  const what = [
    formatCount(clusters.length, 'cluster'),
    formatCount(units.length, 'add-on'),
    formatCount(objects, 'object'),
  ].join(', ')
  return counts.length === 0 ? what : `${what}: ${counts.join(', ')}`
}

/** Units that only make namespaces for the others. */
const isOwn = (unit: string): boolean => unit === 'namespaces' || unit === 'namespaces-local'

/** What an update does to each cluster, one line each: `fleet/prod: + a; ~ b; - c`. */
export function formatChanges(changes: readonly ClusterChange[]): string {
  const lines = changes.slice(0, mostChanges).map((change) => `  ${change.cluster}${describeChange(change)}`)
  const rest = changes.length - lines.length
  return [...lines, ...(rest > 0 ? [`  and ${formatCount(rest, 'more cluster')}`] : []), ''].join('\n')
}

function describeChange({ change, ...units }: ClusterChange): string {
  const [added, changed, removed] = [units.added, units.changed, units.removed].map((names) =>
    names.filter((name) => !isOwn(name)),
  ) as [string[], string[], string[]]
  if (change === 'added') return `: new, with ${formatCount(added.length, 'add-on')}`
  if (change === 'removed') return `: gone, with ${formatCount(removed.length, 'add-on')}`
  const parts = [
    ...(added.length > 0 ? [`+ ${formatNames(added, 5)}`] : []),
    ...(changed.length > 0 ? [`~ ${formatNames(changed, 5)}`] : []),
    ...(removed.length > 0 ? [`- ${formatNames(removed, 5)}`] : []),
  ]
  return parts.length === 0 ? ': delivery only' : `: ${parts.join('; ')}`
}

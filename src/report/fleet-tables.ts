import type { MachineSet } from '../resolve/types.ts'
import type { ClusterRow, ConflictRow, EventRow } from './fleet-rows.ts'
import { formatAge } from './age.ts'
import { formatNames } from './names.ts'
import { formatTable } from './table.ts'

const mostNames = 3

/** `asOf`: ISO 8601 UTC that ages are counted to. */
export function formatClusterRows(rows: readonly ClusterRow[], asOf: string): string {
  const headers = ['CLUSTER', 'VERSION', 'READY', 'CONTROL PLANE', 'WORKERS', 'ADD-ONS', 'FACTS', 'LABELS']
  return formatTable(
    headers,
    rows.map((row) => [
      row.cluster,
      row.wantedVersion === undefined ? row.version : `${row.version} → ${row.wantedVersion}`,
      row.paused ? 'paused' : row.ready === undefined ? '' : row.ready ? 'yes' : 'no',
      row.controlPlane === undefined ? '' : `${row.controlPlane.kind} ${replicas([row.controlPlane])}`.trim(),
      replicas(row.workers),
      row.hold === undefined ? String(row.addons) : 'held',
      facts(row, asOf),
      row.labels.map(({ key, value }) => `${key}=${value}`).join(','),
    ]),
  )
}

export function formatEventRows(rows: readonly EventRow[]): string {
  const headers = ['TRIGGER', 'SOURCE CLUSTER', 'EVENT SOURCE', 'EVENTS', 'PROFILES', 'STATUS']
  return formatTable(
    headers,
    rows.map((row) => [
      row.trigger,
      row.cluster,
      row.source,
      row.objects.length === 0 ? '-' : formatNames(row.objects, mostNames),
      row.profiles.length === 0 ? '-' : formatNames(row.profiles, mostNames),
      row.hold === undefined ? 'seen' : `held: ${row.hold}`,
    ]),
  )
}

export function formatConflictRows(rows: readonly ConflictRow[]): string {
  const headers = ['CLUSTER', 'WHAT', 'OWNER', 'WANTED ALSO BY', 'BECAUSE']
  return formatTable(
    headers,
    rows.map(({ cluster, what, owner, loser, because }) => [cluster, what, owner, loser, because]),
  )
}

/** `3/5`: ready of wanted, over all sets that say so. */
function replicas(sets: readonly MachineSet[]): string {
  const counted = sets.flatMap(({ replicas: wanted, readyReplicas }) =>
    wanted === undefined ? [] : [{ wanted, ready: readyReplicas }],
  )
  if (counted.length === 0) return ''
  const wanted = counted.reduce((sum, set) => sum + set.wanted, 0)
  const isObserved = counted.some(({ ready }) => ready !== undefined)
  const ready = counted.reduce((sum, set) => sum + (set.ready ?? 0), 0)
  return isObserved ? `${ready}/${wanted}` : String(wanted)
}

function facts({ observed }: ClusterRow, asOf: string): string {
  if (observed === undefined) return 'none'
  const age = observed.observedAt === undefined ? 'never' : `${formatAge(observed.observedAt, asOf)} old`
  return observed.reachable ? age : `${age}, ${observed.reason ?? 'unreachable'}`
}

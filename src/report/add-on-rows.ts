import type { ClusterRecord, RecordedUnit, UnitIndex } from '../branch/types.ts'
import type { Delivered } from '../observe/observe.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import type { AddOnRow } from './types.ts'

/**
 * What the rendered branch deploys, from its own records: one row a Helm chart, and one an object of the units that are
 * no chart. `indexes` by `<cluster id>/<unit>`; `delivered` is what became of them, where that was observed. Sorted by
 * cluster, type, namespace and name. Pure.
 */
export function toAddOnRows(
  clusters: ReadonlyMap<string, ClusterRecord>,
  indexes: ReadonlyMap<string, UnitIndex>,
  delivered?: Delivered,
): AddOnRow[] {
  const rows = [...clusters].flatMap(([cluster, { units }]) =>
    Object.entries(units).flatMap(([name, unit]) => {
      const state = delivered?.get(cluster)?.get(name)
      const base = {
        cluster,
        time: unit.since,
        deploymentType: unit.local ? 'Management cluster' : 'Managed cluster',
        profile: unit.profile,
        ...(state && { delivered: state }),
      } as const
      if (unit.kind === 'namespaces') return []
      return unit.kind === 'helm'
        ? [{ ...base, ...chartRow(name, unit) }]
        : objectRows(indexes.get(`${cluster}/${name}`)).map((row) => ({ ...base, ...row }))
    }),
  )
  const key = (row: AddOnRow): string => [row.cluster, row.resourceType, row.namespace, row.name].join('\0')
  return rows.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

type Resource = Pick<AddOnRow, 'resourceType' | 'namespace' | 'name' | 'version'>

/** The unit is called `helm-<namespace>-<release>` (decision 12). */
function chartRow(unit: string, { releaseNamespace = '', chart }: RecordedUnit): Resource {
  const prefix = `helm-${releaseNamespace}-`
  const name = unit.startsWith(prefix) ? unit.slice(prefix.length) : unit
  return { resourceType: 'helm chart', namespace: releaseNamespace, name, version: chart?.version ?? 'N/A' }
}

/** Objects that another unit owns have no path. */
function objectRows(index: UnitIndex | undefined): Resource[] {
  return (index?.objects ?? [])
    .filter(({ path }) => path !== undefined)
    .map(({ apiVersion, kind, namespace = '', name }) => ({
      resourceType: `${groupOf(apiVersion)}:${kind}`,
      namespace,
      name,
      version: 'N/A',
    }))
}

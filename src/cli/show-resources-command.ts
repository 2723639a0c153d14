import type { Engine, JsonObject } from '../engine/types.ts'
import type { Facts } from '../observe/types.ts'
import { formatResourceRows, toResourceRows } from '../report/report.ts'
import { emptyPlan } from '../resolve/resolve.ts'
import { show } from './show-fleet-command.ts'

type Row = ReturnType<typeof toResourceRows>[number]

/** `fleetwright show resources`. */
export const runShowResources = show({
  until: 'plan',
  async show({ plan = emptyPlan, facts }, { options, workspace: { engine } }) {
    const { group, kind, objectNamespace: namespace, clusterNamespace, full } = options
    const rows = toResourceRows(plan.health, { group, kind, namespace, clusterNamespace })
    if (full !== true)
      return {
        text: rows.length === 0 ? 'no resources\n' : formatResourceRows(rows),
        json: { resources: rows },
      }
    const objects = observedObjects(rows, facts)
    const observed = rows.map((row) => ({ row, json: objects.get(identity(row)) }))
    return {
      text: rows.length === 0 ? 'no resources\n' : await formatObjects(observed, engine),
      json: {
        resources: observed.map(({ row, json }) => ({
          ...row,
          ...(json !== undefined && { resource: JSON.parse(json) as JsonObject }),
        })),
      },
    }
  },
})

interface Observed {
  readonly row: Row
  readonly json: string | undefined
}

/** By cluster and identity. What a script gives as its object may be another one than was observed; that is not there. */
function observedObjects(rows: readonly Row[], facts: Facts | undefined): ReadonlyMap<string, string> {
  const clusters = new Set(rows.map(({ cluster }) => cluster))
  return new Map(
    [...clusters].flatMap((cluster) =>
      (facts?.clusters.get(cluster)?.objects ?? []).map((json): [string, string] => {
        const { apiVersion, kind, metadata } = JSON.parse(json) as Identified
        const gvk = `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`
        return [identity({ cluster, gvk, namespace: metadata.namespace ?? '', name: metadata.name }), json]
      }),
    ),
  )
}

interface Identified {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly namespace?: string; readonly name: string }
}

function identity({
  cluster,
  gvk,
  namespace,
  name,
}: Pick<Row, 'cluster' | 'gvk' | 'namespace' | 'name'>): string {
  return [cluster, gvk, namespace, name].join('\0')
}

/** One YAML stream, each object under the cluster that it is in and what is said of it. */
async function formatObjects(observed: readonly Observed[], engine: Engine): Promise<string> {
  const printed = await engine.printObjects(observed.flatMap(({ json }) => json ?? []))
  const texts = printed.ok ? printed.value.map(({ text }) => text) : []
  let position = 0
  return observed
    .map(({ row, json }) => {
      const { cluster, status, message } = row
      const said = [cluster, status, ...message.split('\n')].filter((part) => part !== '').join(' ')
      return `---\n# ${said}\n${json === undefined ? '' : (texts[position++] ?? `${json}\n`)}`
    })
    .join('')
}

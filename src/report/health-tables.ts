import type { HealthRows, ResourceRow } from './health-rows.ts'
import { formatTable } from './table.ts'

/** What the clusters are checked for, then the objects that decide it. */
export function formatHealthRows({ conditions, objects }: HealthRows): string {
  const tables = [
    conditions.length > 0 &&
      formatTable(
        ['CLUSTER', 'CLUSTERHEALTHCHECK', 'CHECK', 'STATUS', 'MESSAGE'],
        conditions.map(({ cluster, clusterHealthCheck, check, status, message }) => [
          cluster,
          clusterHealthCheck.slice('ClusterHealthCheck/'.length),
          check,
          status,
          firstLine(message),
        ]),
      ),
    objects.length > 0 &&
      formatTable(
        ['CLUSTER', 'HEALTHCHECK', 'OBJECT', 'STATUS', 'MESSAGE'],
        objects.map(({ cluster, healthCheck, object, status, message }) => [
          cluster,
          healthCheck.slice('HealthCheck/'.length),
          object === '' ? '-' : object,
          status,
          firstLine(message),
        ]),
      ),
  ]
  return tables.filter((table) => table !== false).join('\n')
}

/** As sveltosctl prints `show resources`. */
export function formatResourceRows(rows: readonly ResourceRow[]): string {
  return formatTable(
    ['CLUSTER', 'GVK', 'NAMESPACE', 'NAME', 'MESSAGE'],
    rows.map(({ cluster, gvk, namespace, name, message }) => [
      cluster,
      gvk,
      namespace,
      name,
      firstLine(message),
    ]),
    { borders: true },
  )
}

/** A cell is one line; json has the others. */
function firstLine(message: string): string {
  const [line = '', ...rest] = message.split('\n')
  return rest.some((other) => other.trim() !== '') ? `${line} …` : line
}

import type { ConfiguredCluster } from '../../config/types.ts'
import type { JsonObject } from '../../engine/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import type { Cluster } from '../types.ts'

/** A cluster of fleetwright.yaml. Templates see it as the SveltosCluster that it would be. */
export function toCluster(configured: ConfiguredCluster, document: SourceDocument): Cluster {
  const { name, namespace, labels, context, version, index } = configured
  const value: JsonObject = {
    apiVersion: 'lib.projectsveltos.io/v1beta1',
    kind: 'SveltosCluster',
    metadata: { labels, name, namespace },
    spec: {},
    ...(version === undefined ? {} : { status: { version } }),
  }
  return {
    type: 'configured',
    namespace,
    name,
    id: `${namespace}/${name}`,
    labels,
    annotations: {},
    json: JSON.stringify(value),
    value,
    paused: false,
    ...(version === undefined ? {} : { version }),
    ...(context === undefined ? {} : { context }),
    document,
    path: ['spec', 'clusters', index],
  }
}

import type { JsonObject } from '../../src/engine/types.ts'
import type { Cluster } from '../../src/intent/types.ts'
import type { Facts, Query } from '../../src/observe/types.ts'
import type { ClusterState } from '../../src/resolve/cluster-state.ts'
import type { SourceDocument } from '../../src/source/types.ts'

type JsonMap = Readonly<Record<string, unknown>>

/** Objects by cluster id, or `management`, as facts. Complete, unless `asked` says what was looked for. */
export function factsOf(
  objects: Readonly<Record<string, readonly JsonMap[]>>,
  asked?: readonly Query[],
): Facts {
  const answers = (list: readonly JsonMap[]) => ({
    objects: list.map((object) => JSON.stringify(object)),
    ...(asked && { asked }),
  })
  const { management, ...clusters } = objects
  return {
    clusters: new Map(
      Object.entries(clusters).map(([id, list]) => [
        id,
        { ...answers(list), resources: [], labels: {}, schemas: {} },
      ]),
    ),
    ...(management && { management: answers(management) }),
    observations: new Map(),
    unreadable: new Set(),
    events: [],
    sets: new Map(),
    digest: '',
  }
}

/** A cluster of the fleet about which only these things are known. */
export function clusterState(id: string, known: Partial<ClusterState> = {}): ClusterState {
  const [namespace = '', name = ''] = id.split('/')
  const cluster: Cluster = {
    ...{ type: 'sveltos', namespace, name, id, labels: {}, annotations: {}, json: '{}', value: {} },
    paused: false,
  }
  return {
    ...{ cluster, labels: [], labelMap: {}, ready: true, kubeVersion: 'v1.33.0', versionKnown: true },
    ...{ apiVersions: [], scopes: {} },
    ...known,
  }
}

/** An object as a document of the repository: its file is its JSON. */
export function documentOf(value: JsonMap): SourceDocument {
  const text = JSON.stringify(value, null, 2)
  const file = { path: 'fleet.json', text }
  return { file, start: 0, end: text.length, value: value as JsonObject, json: text }
}

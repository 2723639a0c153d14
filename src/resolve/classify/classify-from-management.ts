import type { Cluster, ManagementClusterClassifier } from '../../intent/types.ts'
import { evaluateClusters } from '../../lua/lua.ts'
import { managementId } from '../../observe/types.ts'
import type { DocumentPath } from '../../source/types.ts'
import type { ClusterState } from '../cluster-state.ts'
import type { KnownObject } from '../knowledge.ts'
import type { Asker, Selecting } from '../resources/asker.ts'
import { selectResources, toQuery } from '../resources/select-resources.ts'
import { scriptFailed } from '../script-diagnostics.ts'
import { runLua } from '../scripts.ts'
import type { ClassifierReason } from '../types.ts'
import { classifiedUnknown } from './diagnostics.ts'
import { foundObjects, luaResources } from './match-resources.ts'
import { classifierId, noMatch, type Unknown, type Verdict } from './verdict.ts'

/**
 * What a ManagementClusterClassifier says of each cluster (sveltos.md 4.4): its script is given the objects of the management
 * cluster that it asks for, once for the whole fleet, and names the clusters.
 */
export function classifyFromManagement(
  classifier: ManagementClusterClassifier,
  states: readonly ClusterState[],
  selecting: Selecting,
): (state: ClusterState) => Verdict {
  const outcome = namedClusters(classifier, states, selecting)
  if ('reason' in outcome) return () => outcome
  const { because, clusters } = outcome
  return ({ cluster }) => (clusters.has(cluster) ? { known: true, matches: true, because } : noMatch)
}

interface Named {
  readonly clusters: ReadonlySet<Cluster>
  readonly because: readonly ClassifierReason[]
}

function namedClusters(
  classifier: ManagementClusterClassifier,
  states: readonly ClusterState[],
  selecting: Selecting,
): Named | Unknown {
  const { knowledge, scripts } = selecting
  const askers = classifier.matchResources.map((selector, index) => {
    const asker = askerOf(classifier, ['spec', 'matchResources', index])
    knowledge.ask(managementId, toQuery(selector, asker), asker.id)
    return { selector, asker }
  })
  const objects: KnownObject[] = []
  const because: ClassifierReason[] = []
  for (const { selector, asker } of askers) {
    const selected = selectResources(selector, managementId, asker, selecting)
    if (!selected.known) return selected
    objects.push(...selected.objects)
    if (selected.objects.length > 0) because.push(foundObjects(asker.path, selected.objects))
  }
  const text = classifier.classificationLua
  const outcome = runLua(scripts, evaluateClusters, { text, libraries: true }, luaResources(objects))
  if (!outcome.ok) {
    const asker = askerOf(classifier, ['spec'])
    scripts.report(
      scriptFailed({ asker, cluster: managementId, field: 'classificationLua' }, text, outcome.fault),
    )
    return { known: false, reason: 'error', message: `the script of ${asker.id} failed` }
  }
  const clusters = new Set<Cluster>()
  for (const reference of outcome.value) {
    const state = states.find(({ cluster }) => isNamed(cluster, reference))
    if (state) clusters.add(state.cluster)
    else scripts.report(classifiedUnknown(classifier, reference))
  }
  const path = ['spec', 'classificationLua']
  return { clusters, because: [...because, { kind: 'script', path, message: '' }] }
}

const types: Readonly<Record<string, Cluster['type']>> = { Cluster: 'capi', SveltosCluster: 'sveltos' }

function isNamed(
  cluster: Cluster,
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
): boolean {
  const type = types[kind]
  return (
    type !== undefined &&
    (cluster.type === 'configured' || cluster.type === type) &&
    cluster.namespace === namespace &&
    cluster.name === name
  )
}

function askerOf(classifier: ManagementClusterClassifier, path: DocumentPath): Asker {
  const { document } = classifier
  return { id: classifierId(classifier), document, path, keep: 'whole', runner: 'controller' }
}

import type { Diagnostic } from '../../src/diagnostics/types.ts'
import { parseClassifier, parseManagementClusterClassifier } from '../../src/intent/kinds/classifier.ts'
import type { Classifier } from '../../src/intent/types.ts'
import type { Query } from '../../src/observe/types.ts'
import { classify } from '../../src/resolve/classify/classify.ts'
import type { ClusterState } from '../../src/resolve/cluster-state.ts'
import { createKnowledge } from '../../src/resolve/knowledge.ts'
import { createScripts } from '../../src/resolve/scripts.ts'
import type { ClassifiedBy } from '../../src/resolve/types.ts'
import { clusterState, documentOf, factsOf } from './observed.ts'

type JsonMap = Readonly<Record<string, unknown>>

const group = 'lib.projectsveltos.io/v1beta1'
const gold = [{ key: 'tier', value: 'gold' }]
export const id = 'fleet/c1'

export function classifier(name: string, spec: JsonMap): Classifier {
  const written = { classifierLabels: gold, ...spec }
  const document = documentOf({ apiVersion: group, kind: 'Classifier', metadata: { name }, spec: written })
  const parsed = parseClassifier(document, () => undefined)
  if (!parsed) throw new Error('the test wrote no classifier')
  return parsed
}

export function fromManagement(name: string, matchResources: readonly JsonMap[], body: string): Classifier {
  const document = documentOf({
    ...{ apiVersion: group, kind: 'ManagementClusterClassifier', metadata: { name } },
    spec: { classifierLabels: gold, matchResources, classificationLua: lua(body) },
  })
  const parsed = parseManagementClusterClassifier(document, () => undefined)
  if (!parsed) throw new Error('the test wrote no classifier')
  return parsed
}

interface World {
  readonly states?: readonly ClusterState[]
  readonly facts?: Parameters<typeof factsOf>[0]
  readonly asked?: readonly Query[]
}

/** Labels, holds and diagnostics; `labels` are those of `fleet/c1` by key. */
export function run(
  classifiers: readonly Classifier[],
  { states = [clusterState(id)], facts = {}, asked }: World = {},
) {
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic)
  const scripts = createScripts({ clockMs: 0, elapsedMs: () => 0, report })
  const knowledge = createKnowledge(factsOf(facts, asked))
  const { clusters, conflicts } = classify(states, { classifiers }, knowledge, scripts)
  const labelsOf = (cluster: string) =>
    Object.fromEntries((clusters.get(cluster)?.labels ?? []).map(({ key, value }) => [key, value]))
  const origin = clusters.get(id)?.labels[0]?.origin as ClassifiedBy | undefined
  return {
    ...{ clusters, conflicts, labelsOf, needs: knowledge.needs(), diagnostics },
    labels: labelsOf(id),
    because: origin?.because,
    hold: clusters.get(id)?.hold,
    codes: diagnostics.map(({ code }) => code),
  }
}

export const lua = (body: string) => `function evaluate()\n  ${body}\nend`
export const at = (kubeVersion: string) => ({ states: [clusterState(id, { kubeVersion })] })
export const deployments = { group: 'apps', version: 'v1', kind: 'Deployment' }
export const pods = { group: '', version: 'v1', kind: 'Pod' }

export function objects(kind: string, ...names: readonly string[]): JsonMap[] {
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'v1'
  return names.map((name) => ({ apiVersion, kind, metadata: { name, namespace: 'default' } }))
}

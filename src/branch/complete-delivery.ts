import type { FleetConfig } from '../config/types.ts'
import type { Report } from '../diagnostics/types.ts'
import { argocdHealth, argocdHealthPath, type ArgocdHealth } from './argocd-health.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import {
  awaitedUnits,
  circularWaits,
  healthExpressions,
  type ClusterObjects,
  type UnmetCheck,
} from './cluster-health.ts'
import type { CompletedCluster } from './complete-cluster.ts'
import { deliver } from './deliver.ts'
import type { DeliveryObject } from './delivery-object.ts'
import { orderParts } from './delivery-parts.ts'
import { checkNotDelivered } from './diagnostics.ts'
import { sha256 } from './paths.ts'
import { readPlacedObjects, type PlacedObjects } from './placed-objects.ts'
import type { ObjectNamer, Slots } from './slots.ts'
import type { DeliveryRecord, PreviousTree, Tree, TreeCluster } from './types.ts'

/** Canonical YAML of objects given as JSON texts, in order: `printObjects` of the engine. */
export type ObjectPrinter = (objects: readonly string[]) => Promise<readonly string[]>

interface Wanted extends DeliveryObject {
  readonly cluster: string
  readonly text: string
  readonly digest: string
}

interface Delivery {
  readonly config: FleetConfig
  readonly previous: PreviousTree
  readonly slots: Slots
  readonly namer: ObjectNamer
  readonly print: ObjectPrinter
  readonly readFiles: BranchWriter['readFiles']
  readonly report: Report
}

/**
 * Works out the delivery objects of every cluster from its records and prints those that were not printed before.
 * Returns what is recorded of them, by cluster.
 */
export async function completeDelivery(
  tree: Tree,
  clusters: ReadonlyMap<string, CompletedCluster>,
  delivery: Delivery,
): Promise<ReadonlyMap<string, Readonly<Record<string, DeliveryRecord>>>> {
  const { previous, slots, namer, print } = delivery
  const placed = await readPlacedObjects(clusters, previous, delivery.readFiles)
  const unmet = new Map<string, readonly UnmetCheck[]>()
  const wanted = tree.clusters.flatMap((cluster) => {
    const completed = clusters.get(cluster.id)
    if (!completed) return []
    const { objects, notMet } = wantedObjects(cluster, { completed, placed }, delivery)
    unmet.set(cluster.id, notMet)
    return objects
  })
  const printedBefore = (object: Wanted): string | undefined => {
    const record = previous.clusters.get(object.cluster)?.delivery[object.path]
    // Printed again when somebody changed the file, or the repository names objects in another way.
    const isThere = record && previous.state.files.get(object.path) === record.blob
    return isThere && record.json === object.digest ? record.blob : undefined
  }
  const unprinted = wanted.filter((object) => printedBefore(object) === undefined)
  const texts = unprinted.length === 0 ? [] : await print(unprinted.map(({ text }) => text))
  const textOf = new Map(unprinted.map((object, position) => [object.path, texts[position] ?? '']))
  const records = new Map<string, Record<string, DeliveryRecord>>()
  for (const object of wanted) {
    const text = textOf.get(object.path)
    const blob = text === undefined ? (printedBefore(object) ?? '') : namer.blob(text)
    slots.files.set(object.path, { id: blob, ...(text !== undefined && { text }) })
    const cluster = records.get(object.cluster) ?? {}
    cluster[object.path] = { json: object.digest, blob, key: object.key, object: object.identity }
    records.set(object.cluster, cluster)
  }
  const argocd = await completeArgocdHealth(clusters, delivery)
  reportUnmet(tree, clusters, { unmet, argocd }, delivery.report)
  return records
}

/** What Argo CD would have to be told of kinds, for people to take over. */
async function completeArgocdHealth(
  clusters: ReadonlyMap<string, CompletedCluster>,
  { config, slots, namer, print }: Delivery,
): Promise<ArgocdHealth> {
  const isWanted = config.rendered.delivery.includes('argocd')
  const units = isWanted ? [...clusters.values()].flatMap((cluster) => [...cluster.units.values()]) : []
  const health = argocdHealth(units, config)
  if (health.patch) {
    const [text = ''] = await print([JSON.stringify(health.patch)])
    slots.files.set(argocdHealthPath, { id: namer.blob(text), text })
  }
  return health
}

interface NotMade {
  readonly unmet: ReadonlyMap<string, readonly UnmetCheck[]>
  readonly argocd: ArgocdHealth
}

/** Says of each check that was written once why it is not made, however many clusters it is for. */
function reportUnmet(
  tree: Tree,
  clusters: ReadonlyMap<string, CompletedCluster>,
  { unmet, argocd }: NotMade,
  report: Report,
): void {
  const said = new Set<string>()
  for (const { id, units } of tree.clusters)
    for (const unit of units) {
      if (unit.kind !== 'files' && unit.kind !== 'unchanged') continue
      const record = clusters.get(id)?.units.get(unit.name)
      const disagreeing = (['checks', 'awaits'] as const).flatMap((list) =>
        (record?.[list] ?? []).flatMap((check, position): UnmetCheck[] => {
          const other = argocd.disagreeing.get(check)
          const since = `${other ?? ''} wants every ${check.kind} judged in another way`
          return other === undefined ? [] : [{ unit: unit.name, list, position, engine: 'Argo CD', since }]
        }),
      )
      for (const { unit: name, list, position, ...reason } of [...(unmet.get(id) ?? []), ...disagreeing]) {
        const check = record?.[list]?.[position]
        const span = unit.checkSpans[list][position]
        if (name !== unit.name || !check || !span) continue
        const place = { owner: record.profile, list: writtenLists[list], name: check.name }
        const diagnostic = checkNotDelivered(span, place, [reason])
        if (said.size !== said.add(diagnostic.message).size) report(diagnostic)
      }
    }
}

const writtenLists = { checks: 'validateHealths', awaits: 'preDeployChecks' } as const

interface Placed {
  readonly completed: CompletedCluster
  readonly placed: PlacedObjects
}

function wantedObjects(
  { id: cluster, target }: TreeCluster,
  { completed: { units, awaited, suspended }, placed }: Placed,
  { config, report }: Delivery,
): { objects: readonly Wanted[]; notMet: readonly UnmetCheck[] } {
  const isSpoke = config.rendered.mode === 'spoke'
  const sorted = new Map([...units].sort(([a], [b]) => (a < b ? -1 : 1)))
  const objects: ClusterObjects = { cluster, units: sorted, objectsOf: (unit) => placed(cluster, unit) }
  const waits = awaitedUnits(objects)
  const ordered = orderParts({ cluster, units: sorted, awaited, isSpoke, waits: waits.awaited })
  ordered.diagnostics.forEach(report)
  const hasFlux = config.rendered.delivery.includes('flux')
  const { expressions, unmet } = hasFlux ? healthExpressions(objects, ordered.waits) : noExpressions
  const isSuspended = (unit: string): boolean => suspended.has(unit)
  return {
    objects: deliver({ cluster, target, parts: ordered.parts, isSuspended, expressions }, config).map(
      (object) => {
        const text = JSON.stringify(object.json)
        return { ...object, cluster, text, digest: sha256(text) }
      },
    ),
    notMet: [...waits.unmet, ...circularWaits(objects, ordered.waits), ...unmet],
  }
}

const noExpressions: ReturnType<typeof healthExpressions> = { expressions: new Map(), unmet: [] }

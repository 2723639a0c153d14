import type { FleetConfig } from '../config/types.ts'
import type { Report } from '../diagnostics/types.ts'
import type { CompletedCluster } from './complete-cluster.ts'
import { deliver } from './deliver.ts'
import type { DeliveryObject } from './delivery-object.ts'
import { orderParts } from './delivery-parts.ts'
import { sha256 } from './paths.ts'
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
  const wanted = tree.clusters.flatMap((cluster) => {
    const completed = clusters.get(cluster.id)
    return completed ? wantedObjects(cluster, completed, delivery) : []
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
  return records
}

function wantedObjects(
  { id: cluster, target }: TreeCluster,
  { units, awaited, suspended }: CompletedCluster,
  { config, report }: Delivery,
): Wanted[] {
  const isSpoke = config.rendered.mode === 'spoke'
  const sorted = new Map([...units].sort(([a], [b]) => (a < b ? -1 : 1)))
  const { parts, diagnostics } = orderParts({ cluster, units: sorted, awaited, isSpoke })
  diagnostics.forEach(report)
  const isSuspended = (unit: string): boolean => suspended.has(unit)
  return deliver({ cluster, target, parts, isSuspended }, config).map((object) => {
    const text = JSON.stringify(object.json)
    return { ...object, cluster, text, digest: sha256(text) }
  })
}

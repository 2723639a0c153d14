import type { JsonObject } from '../engine/types.ts'
import { objectKey } from '../kubernetes/object-key.ts'
import type { SourceDocument } from '../source/types.ts'
import { apiVersionOf, kindOf, metadataOf } from './header.ts'
import { classify } from './kind-table.ts'
import { parseCapiCluster } from './kinds/capi-cluster.ts'
import { parseSveltosCluster } from './kinds/sveltos-cluster.ts'
import type { Cluster, ManagementObject } from './types.ts'

/** An object of the live management cluster, as it was recorded. */
export interface LiveObject {
  readonly value: JsonObject
  /** Exact JSON text. */
  readonly json: string
}

/**
 * Clusters of Cluster API and Sveltos among observed objects, with what their control planes say where these were
 * observed too. Nothing is reported: the API server took them, and nobody wrote them here. Sorted as given.
 */
export function readLiveClusters(objects: readonly LiveObject[]): readonly Cluster[] {
  const documents = objects.map(toDocument)
  const byKey = new Map(documents.map((document) => [keyOf(document), toManagementObject(document)]))
  return documents.flatMap((document) => {
    const cluster = readCluster(document, byKey)
    if (cluster === undefined) return []
    const { document: _document, ignores: _ignores, ...live } = cluster
    return [live]
  })
}

function readCluster(
  document: SourceDocument,
  objects: ReadonlyMap<string, ManagementObject>,
): Cluster | undefined {
  const classified = classify(apiVersionOf(document), kindOf(document))
  if (classified.type === 'capi-cluster') return parseCapiCluster(document, objects, ignore)
  const isSveltos = classified.type === 'intent' && classified.role === 'sveltos-cluster'
  return isSveltos ? parseSveltosCluster(document, ignore) : undefined
}

function toDocument({ value, json }: LiveObject): SourceDocument {
  return { file: { path: 'management cluster', text: json }, start: 0, end: json.length, value, json }
}

function toManagementObject(document: SourceDocument): ManagementObject {
  return { apiVersion: apiVersionOf(document), kind: kindOf(document), ...metadataOf(document), document }
}

function keyOf(document: SourceDocument): string {
  return objectKey(toManagementObject(document))
}

function ignore(): void {
  // Nobody wrote these objects here.
}

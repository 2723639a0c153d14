import { ClusterError } from '../diagnostics/cluster-error.ts'
import type { ClusterReader, Discovery } from './cluster-reader-port.ts'
import { ForbiddenLists } from './failure.ts'
import { planLists, type PlannedList } from './list-plan.ts'
import { recordedObject } from './recorded-object.ts'
import { recordedSchema, type SchemaFile } from './recorded-schema.ts'
import { sideBySide } from './side-by-side.ts'
import type { Query } from './types.ts'

/** All that one cluster said. */
export interface Reading {
  readonly version: string
  readonly discovery: Discovery
  readonly answers: readonly Answer[]
}

/** What one list gave, in the recorded form. */
export interface Answer {
  /** With its version. */
  readonly query: Query
  readonly objects: readonly ReadObject[]
  /** Of a query that keeps schemas; it has no objects. */
  readonly schemas: readonly SchemaFile[]
}

export interface ReadObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  /** As recorded. */
  readonly text: string
}

export interface ReadOptions {
  readonly signal: AbortSignal
  readonly key: Uint8Array | undefined
}

/** Lists that are asked of one server at a time: names of many objects are many small lists. */
const listsAtATime = 4

/**
 * Version, discovery and one list for each query that no other covers; all or nothing. Throws ClusterError; a list that is
 * not allowed does not keep the others from being tried, so that the error can name them all.
 */
export async function readCluster(
  reader: ClusterReader,
  queries: readonly Query[],
  { signal, key }: ReadOptions,
): Promise<Reading> {
  const version = await reader.version(signal)
  const discovery = await reader.discover(signal)
  const refused: { resource: string; error: ClusterError }[] = []
  // What is still under way counts for nothing once one list failed.
  const stop = new AbortController()
  const options = { key, signal: AbortSignal.any([signal, stop.signal]) }
  const readNext = async (list: PlannedList): Promise<Answer | undefined> => {
    try {
      return await readList(reader, list, options)
    } catch (error) {
      if (error instanceof ClusterError && error.reason === 'forbidden') {
        refused.push({ resource: resourceName(list), error })
        return undefined
      }
      stop.abort()
      throw error
    }
  }
  const answers = await sideBySide(planLists(queries, discovery).lists, listsAtATime, readNext)
  if (refused.length > 0) throw new ForbiddenLists(refused)
  return { version, discovery, answers: answers.filter((answer) => answer !== undefined) }
}

async function readList(
  reader: ClusterReader,
  { request, query }: PlannedList,
  { signal, key }: ReadOptions,
): Promise<Answer> {
  let objects: ReadObject[] = []
  let schemas: SchemaFile[] = []
  for await (const page of reader.list(request, signal)) {
    if (page.restart === true) [objects, schemas] = [[], []]
    for (const object of page.objects)
      if (query.keep === 'schema') schemas.push(recordedSchema(object))
      else objects.push(readObject(object, query.keep, key))
  }
  return { query, objects, schemas }
}

function readObject(
  object: Readonly<Record<string, unknown>>,
  keep: 'identity' | 'whole',
  key: Uint8Array | undefined,
): ReadObject {
  const { apiVersion, kind } = object
  const { name, namespace } = (object['metadata'] ?? {}) as { name?: unknown; namespace?: unknown }
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string')
    throw badObject('an object has no apiVersion, kind or name')
  return {
    apiVersion,
    kind,
    metadata: { name, ...(typeof namespace === 'string' && { namespace }) },
    text: tryRecord(object, keep, key),
  }
}

/** A server may send what no stack can walk. */
function tryRecord(...parameters: Parameters<typeof recordedObject>): string {
  try {
    return recordedObject(...parameters)
  } catch (error) {
    if (error instanceof RangeError) throw badObject('an object is nested too deeply')
    throw error
  }
}

function badObject(message: string): ClusterError {
  return new ClusterError('bad-answer', { operation: 'list', message })
}

/** `deployments.apps`, as roles and people name it. */
function resourceName({ request: { group, resource } }: PlannedList): string {
  return group === '' ? resource : `${resource}.${group}`
}

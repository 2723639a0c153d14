import { ClusterError } from '../../diagnostics/cluster-error.ts'
import type { ApplyAnswer, LiveCluster, ObjectAddress, TriedApply } from '../../live/live-clusters-port.ts'
import { isObject } from './answered-object.ts'
import type { ApiClient } from './api-client.ts'
import { createClusterReader } from './cluster-reader.ts'
import { RefusedRequest } from './failure.ts'
import { resourcePath } from './resource-path.ts'

export function createLiveCluster(client: ApiClient): LiveCluster {
  return {
    ...createClusterReader(client),
    async find(place, signal) {
      const path = pathOf(place)
      try {
        return toObject(client, path, await client.get({ path }, { signal }))
      } catch (error) {
        if (error instanceof ClusterError && error.reason === 'not-found') return undefined
        throw error
      }
    },
    tryApply: (apply, signal) => tryApply(client, apply, signal),
  }
}

/** These say no to whoever asks, or for now; all others to the object, as broken webhooks do with 500. */
const notOfTheObject = new Set([401, 403, 429, 503])

async function tryApply(
  client: ApiClient,
  { place, object, fieldManager }: TriedApply,
  signal: AbortSignal | undefined,
): Promise<ApplyAnswer> {
  const path = pathOf(place)
  // Without dryRun it would be done.
  const query = { dryRun: 'All', fieldManager, force: 'true' }
  // JSON is YAML, and keeps numbers beyond 53 bits as they are.
  const patch = { contentType: 'application/apply-patch+yaml', body: JSON.stringify(object) }
  try {
    const answer = await client.get({ path, query, patch }, { signal })
    return { type: 'applied', object: toObject(client, path, answer) }
  } catch (error) {
    if (error instanceof RefusedRequest && error.status >= 400 && !notOfTheObject.has(error.status))
      return { type: 'refused', status: error.status }
    throw error
  }
}

function pathOf(place: ObjectAddress): string {
  return `${resourcePath(place)}/${encodeURIComponent(place.name)}`
}

function toObject(client: ApiClient, path: string, answer: unknown): Readonly<Record<string, unknown>> {
  if (isObject(answer) && isObject(answer['metadata'])) return answer
  throw client.failure('bad-answer', path, `answers at ${path} with something that is no object`)
}

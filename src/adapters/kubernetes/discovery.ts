import { z } from 'zod'
import { ClusterError, type ClusterFailure } from '../../diagnostics/cluster-error.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { Discovery } from '../../observe/cluster-reader-port.ts'
import type { ServedResource } from '../../observe/types.ts'
import { isObject } from './answered-object.ts'
import type { ApiClient } from './api-client.ts'
import { RefusedRequest } from './failure.ts'
import { groupPath } from './resource-path.ts'

/** Servers since 1.26 answer with everything at once, older ones with a list of groups. */
const accept = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',')

/** Documents of older servers that are read at a time. */
const width = 4

/** One group version, in the order in which the server prefers them. */
interface GroupVersion {
  readonly group: string
  readonly version: string
  /** Undefined when whoever serves it did not answer. */
  readonly resources: readonly ServedResource[] | undefined
}

const plainList = z.looseObject({ kind: z.string() })

const aggregatedList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string().optional() }).optional(),
      versions: z.array(
        z.object({
          version: z.string(),
          freshness: z.string().optional(),
          resources: z
            .array(
              z.object({
                resource: z.string(),
                responseKind: z.object({ kind: z.string() }).partial().nullish(),
                scope: z.string(),
                verbs: z.array(z.string()).nullish(),
              }),
            )
            .nullish(),
        }),
      ),
    }),
  ),
})

const legacyCore = z.object({ versions: z.array(z.string()) })
const legacyGroups = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.object({ version: z.string() })),
      preferredVersion: z.object({ version: z.string() }).optional(),
    }),
  ),
})
const legacyResources = z.object({
  resources: z
    .array(
      z.object({
        name: z.string(),
        kind: z.string(),
        namespaced: z.boolean(),
        verbs: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
})

/** A server that refuses to say whether it is ready, or does not know the question, is taken as it is. */
const unsaid: readonly ClusterFailure[] = ['forbidden', 'not-found', 'bad-answer']

/**
 * Throws while the server says that it is not ready. A kube-apiserver that begins answers before it knows of definitions
 * (1.35: for a third of a second, longer with many), and lists nothing of what they add: that would be taken for gone.
 */
async function requireReady(client: ApiClient, signal: AbortSignal | undefined): Promise<void> {
  try {
    await client.get({ path: '/readyz', accept: '*/*', isText: true }, { signal })
  } catch (error) {
    if (!(error instanceof ClusterError && unsaid.includes(error.reason))) throw error
  }
}

/** What the server serves, by either form of discovery. All of it: one that is not ready yet counts as not reachable. */
export async function discover(client: ApiClient, signal?: AbortSignal): Promise<Discovery> {
  await requireReady(client, signal)
  const parts = await Promise.all(
    ['/api', '/apis'].map(async (path) => {
      const answer = await client.get({ path, accept }, { signal })
      const { kind } = checked(client, path, plainList, answer)
      return kind === 'APIGroupDiscoveryList'
        ? fromAggregated(checked(client, path, aggregatedList, answer))
        : readEach(client, groupVersionsOf(client, path, answer), signal)
    }),
  )
  return toDiscovery(parts.flat())
}

function fromAggregated({ items }: z.infer<typeof aggregatedList>): GroupVersion[] {
  return items.flatMap(({ metadata, versions }) => {
    const group = metadata?.name ?? ''
    return versions.map(({ version, freshness, resources }) => ({
      group,
      version,
      // What a stale one lists may be long gone, and client-go leaves it out too.
      resources:
        freshness === 'Stale'
          ? undefined
          : (resources ?? []).flatMap(({ resource: name, responseKind, scope, verbs }) => {
              const kind = responseKind?.kind ?? ''
              if (kind === '') return []
              return [toServed({ group, version, kind, name, namespaced: scope === 'Namespaced' }, verbs)]
            }),
    }))
  })
}

type Reference = Pick<GroupVersion, 'group' | 'version'>

function groupVersionsOf(client: ApiClient, path: string, answer: unknown): Reference[] {
  if (path === '/api') {
    return checked(client, path, legacyCore, answer).versions.map((version) => ({ group: '', version }))
  }
  return checked(client, path, legacyGroups, answer).groups.flatMap(
    ({ name, versions, preferredVersion }) => {
      const all = versions.map(({ version }) => version)
      const preferred = all.filter((version) => version === preferredVersion?.version)
      return [...new Set([...preferred, ...all])].map((version) => ({ group: name, version }))
    },
  )
}

/** One document for each group version, a few at a time. */
async function readEach(
  client: ApiClient,
  references: readonly Reference[],
  signal: AbortSignal | undefined,
): Promise<GroupVersion[]> {
  const read: GroupVersion[] = []
  const waiting = references.map((reference, index) => ({ reference, index }))
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      read[next.index] = { ...next.reference, resources: await readResources(client, next.reference, signal) }
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  return read
}

/** Undefined when this group version alone fails: an API that another server adds, and that is down. */
async function readResources(
  client: ApiClient,
  { group, version }: Reference,
  signal: AbortSignal | undefined,
): Promise<ServedResource[] | undefined> {
  const path = groupPath(group, version)
  try {
    const { resources } = checked(client, path, legacyResources, await client.get({ path }, { signal }))
    return (resources ?? [])
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced, verbs }) => toServed({ group, version, kind, name, namespaced }, verbs))
  } catch (error) {
    if (error instanceof RefusedRequest && error.reason !== 'unauthorized') return undefined
    throw error
  }
}

function toServed(
  row: Omit<ServedResource, 'verbs'>,
  verbs: readonly string[] | null | undefined,
): ServedResource {
  return { ...row, verbs: [...(verbs ?? [])].sort() }
}

function toDiscovery(groupVersions: readonly GroupVersion[]): Discovery {
  const versions = new Map<string, string[]>()
  for (const { group, version, resources } of groupVersions) {
    if (resources !== undefined) versions.set(group, [...(versions.get(group) ?? []), version])
  }
  return {
    resources: groupVersions
      .flatMap(({ resources }) => resources ?? [])
      .sort((a, b) => compareText(sortKey(a), sortKey(b))),
    unavailable: groupVersions
      .filter(({ resources }) => resources === undefined)
      .map(({ group, version }) => (group === '' ? version : `${group}/${version}`))
      .sort(compareText),
    versions: Object.fromEntries([...versions].sort(([a], [b]) => compareText(a, b))),
  }
}

function sortKey({ group, version, kind, name }: ServedResource): string {
  return [group, version, kind, name].join('\0')
}

function checked<T>(client: ApiClient, path: string, schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer)
  if (parsed.success && isObject(answer)) return parsed.data
  throw client.failure('bad-answer', path, `answers GET ${path} with something that is no discovery`)
}

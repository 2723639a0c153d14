import { z } from 'zod'
import type { BuildRecord, ClusterRecord, UnitIndex } from './types.ts'

/** Layout that this version writes. */
export const layoutFormat = 1

const texts = z.array(z.string())
const person = z.object({ name: z.string(), email: z.string() })

const pin = z.object({
  version: z.string(),
  revision: z.string().exactOptional(),
  digest: z.string(),
  url: z.string().exactOptional(),
})

const buildRecord = z.object({
  generator: z.literal('fleetwright'),
  format: z.number(),
  compiler: z.string(),
  engine: z.object({ digest: z.string(), helm: z.string(), kustomize: z.string(), go: z.string() }),
  source: z.object({
    commit: z.string().exactOptional(),
    committedAt: z.string().exactOptional(),
    author: person.exactOptional(),
    former: z.record(z.string(), z.string()).exactOptional(),
  }),
  asOf: z.string(),
  digests: z.object({ facts: z.string(), lock: z.string(), config: z.string() }),
  pins: z.record(z.string(), pin),
  sets: z.record(z.string(), texts),
  clusters: z.record(z.string(), z.string()),
})

const chart = z.object({ name: z.string(), version: z.string(), appVersion: z.string().exactOptional() })
const impure = z.object({ random: z.number(), clock: z.number(), present: z.string() })
const lookup = z.object({ apiVersion: z.string(), kind: z.string(), namespace: z.string(), name: z.string() })
const looked = z.object({ given: z.string(), asked: z.array(lookup) })
const blocked = z.array(z.object({ function: z.string(), template: z.string() }))

const deliveredCheck = z.object({
  name: z.string(),
  group: z.string(),
  kind: z.string(),
  namespace: z.string(),
  cel: z.string().exactOptional(),
  lua: z.string().exactOptional(),
})

const target = z.object({
  group: z.string().exactOptional(),
  version: z.string().exactOptional(),
  kind: z.string().exactOptional(),
  namespace: z.string().exactOptional(),
  name: z.string().exactOptional(),
  labelSelector: z.string().exactOptional(),
  annotationSelector: z.string().exactOptional(),
})

const recordedUnit = z.object({
  kind: z.enum(['helm', 'kustomize', 'policy', 'namespaces']),
  profile: z.string(),
  tier: z.number(),
  local: z.boolean(),
  inputs: z.string(),
  since: z.string(),
  syncMode: z.enum(['OneTime', 'Continuous', 'ContinuousWithDriftDetection', 'DryRun']),
  leave: z.boolean(),
  createNamespaces: z.boolean(),
  releaseNamespace: z.string().exactOptional(),
  timeoutMs: z.number(),
  dependsOn: texts,
  checks: z.array(deliveredCheck).exactOptional(),
  awaits: z.array(deliveredCheck).exactOptional(),
  ignores: z.array(z.object({ paths: texts, target: target.exactOptional() })).exactOptional(),
  chart: chart.exactOptional(),
  impure: impure.exactOptional(),
  looked: looked.exactOptional(),
  blocked: blocked.exactOptional(),
  kinds: texts.exactOptional(),
  namespaces: texts,
  ownNamespaces: z.record(z.string(), z.string()),
  groups: texts,
  defines: texts,
  secrets: texts,
  isEncrypted: z.boolean(),
  leftOut: texts,
  parts: z.array(z.object({ name: z.string(), tree: z.string(), objects: z.number() })),
  index: z.string(),
})

const clusterRecord = z.object({
  digest: z.string(),
  target: z.object({
    namespace: z.string(),
    name: z.string(),
    isManagement: z.boolean(),
    kubeconfig: z.object({ name: z.string(), key: z.string() }),
    argocdName: z.string(),
  }),
  units: z.record(z.string(), recordedUnit),
  delivery: z.record(
    z.string(),
    z.object({ json: z.string(), blob: z.string(), key: z.string(), object: z.string() }),
  ),
})

const providedKinds = z.array(z.object({ group: z.string(), kind: z.string(), namespaced: z.boolean() }))

const identity = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().exactOptional(),
  name: z.string(),
})

const unitIndex = z.object({
  inputs: z.string(),
  chart: chart.exactOptional(),
  lost: z.array(identity),
  provides: providedKinds,
  scopedBy: providedKinds,
  impure: impure.exactOptional(),
  looked: looked.exactOptional(),
  blocked: blocked.exactOptional(),
  namespaces: z.record(z.string(), z.string()),
  objects: z.array(
    z.object({
      path: z.string().exactOptional(),
      apiVersion: z.string(),
      kind: z.string(),
      namespace: z.string().exactOptional(),
      name: z.string(),
      source: z.string().exactOptional(),
      hook: z.object({ events: texts, weight: z.number(), deletePolicies: texts }).exactOptional(),
    }),
  ),
})

/** What fleetwright wrote about itself, checked because somebody else may have edited it. Undefined when it is not that. */
export function tryParseBuildRecord(text: string | undefined): BuildRecord | undefined {
  return tryParse(buildRecord, text)
}

export function tryParseClusterRecord(text: string | undefined): ClusterRecord | undefined {
  return tryParse(clusterRecord, text)
}

export function tryParseUnitIndex(text: string | undefined): UnitIndex | undefined {
  return tryParse(unitIndex, text)
}

/** The layout that a build record names, even if the rest of it is not known to this version. */
export function tryReadFormat(text: string | undefined): number | undefined {
  return tryParse(z.object({ generator: z.literal('fleetwright'), format: z.number() }), text)?.format
}

function tryParse<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Two spaces for people, keys sorted so that the order in which a record was put together does not show. */
export function formatRecord(record: BuildRecord | ClusterRecord): string {
  return `${JSON.stringify(sortKeys(record), null, 2)}\n`
}

/** One object a line, in order of application: Git shows exactly the objects that came or went. */
export function formatUnitIndex({ objects, ...record }: UnitIndex): string {
  const rows = objects.length === 0 ? '[]' : `[\n${objects.map((row) => JSON.stringify(row)).join(',\n')}\n]`
  return `${JSON.stringify(sortKeys(record)).slice(0, -1)},"objects":${rows}}\n`
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sortKeys(member)]),
  )
}

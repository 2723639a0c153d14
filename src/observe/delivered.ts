import type { FleetConfig } from '../config/types.ts'
import { clusterAnnotation, managedBy, unitAnnotation } from '../kubernetes/delivery-marks.ts'
import { canonicalJson } from '../kubernetes/exact-json.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import { z } from 'zod'
import { isFactsPath } from './facts-paths.ts'
import { factsText } from './facts-text.ts'
import { everything } from './queries.ts'
import { managementId, type Need, type Query } from './types.ts'

/**
 * What became of what was delivered: beside the facts and none of them, since a tree that depended on whether it was applied
 * would never settle.
 */
export const deliveredPath = '.fleetwright/delivered.json'

/** Whether a file of the rendered branch is one that observing writes. */
export function isRecordedPath(path: string): boolean {
  return isFactsPath(path) || path === deliveredPath
}

/** Worst first. */
const statuses = ['failed', 'unknown', 'progressing', 'suspended', 'ready'] as const
export type DeliveryStatus = (typeof statuses)[number]

/** What Flux or Argo CD say of one unit. */
export interface DeliveredUnit {
  readonly status: DeliveryStatus
  /** Why it is not ready; no times and no revisions, which would change without anything having changed. */
  readonly message?: string
}

/** By cluster id and unit. */
export type Delivered = ReadonlyMap<string, ReadonlyMap<string, DeliveredUnit>>

/** Objects that apply what the rendered branch holds; HelmReleases are those of people who deliver in their own way. */
const fluxKinds = [
  { group: 'kustomize.toolkit.fluxcd.io', kind: 'Kustomization' },
  { group: 'helm.toolkit.fluxcd.io', kind: 'HelmRelease' },
] as const
const argocdKind = { group: 'argoproj.io', kind: 'Application' } as const

/** Where the objects lie that deliver to these clusters: with a spoke, Flux lives in the cluster itself. */
export function deliveredNeeds({ rendered }: FleetConfig, clusters: readonly string[]): readonly Need[] {
  const { delivery, mode } = rendered
  const isSpoke = mode === 'spoke'
  const kinds = [
    ...(delivery.includes('flux') ? fluxKinds : []),
    ...(delivery.includes('argocd') ? [argocdKind] : []),
  ]
  const inClusters = isSpoke && delivery.includes('flux') ? clusters : []
  return [
    ...kinds.map((kind) => toNeed(managementId, kind)),
    ...inClusters.flatMap((cluster) => fluxKinds.map((kind) => toNeed(cluster, kind))),
  ]
}

function toNeed(cluster: string, kind: Pick<Query, 'group' | 'kind'>): Need {
  const labelSelector = `${managedBy.label}=${managedBy.value}`
  const query = { ...everything, ...kind, version: '', labelSelector, keep: 'whole' } as const
  return { cluster, query, because: ['delivery'] }
}

/** An object of Flux or Argo CD, as far as it is looked at. */
interface DeliveryObject {
  readonly apiVersion: string
  readonly metadata: {
    readonly generation?: number
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec?: { readonly suspend?: boolean; readonly syncPolicy?: { readonly automated?: unknown } }
  readonly status?: {
    readonly observedGeneration?: number
    readonly conditions?: readonly Condition[]
    readonly health?: { readonly status?: string; readonly message?: string }
    readonly sync?: { readonly status?: string }
    readonly operationState?: { readonly phase?: string; readonly message?: string }
  }
}

interface Condition {
  readonly type?: string
  readonly status?: string
  readonly reason?: string
  readonly message?: string
}

/**
 * Objects of one cluster → what they say of units. Those that lie in the management cluster speak of all clusters, those in
 * any other only of itself, whatever they claim. Several that deliver parts of one unit: the worst of them counts.
 */
export function condenseDelivered(cluster: string, objects: readonly string[]): Delivered {
  const units = new Map<string, Map<string, DeliveredUnit>>()
  for (const json of objects) {
    const object = JSON.parse(json) as DeliveryObject
    const { [clusterAnnotation]: of, [unitAnnotation]: unit } = object.metadata.annotations ?? {}
    if (of === undefined || unit === undefined || (cluster !== managementId && of !== cluster)) continue
    const condensed =
      groupOf(object.apiVersion) === argocdKind.group ? condenseApplication(object) : condenseFlux(object)
    const known = units.get(of) ?? new Map<string, DeliveredUnit>()
    const before = known.get(unit)
    units.set(of, known.set(unit, before ? worse(before, condensed) : condensed))
  }
  return units
}

function worse(a: DeliveredUnit, b: DeliveredUnit): DeliveredUnit {
  const [rankA, rankB] = [statuses.indexOf(a.status), statuses.indexOf(b.status)]
  if (rankA !== rankB) return rankA < rankB ? a : b
  return (a.message ?? '') <= (b.message ?? '') ? a : b
}

/** kstatus of Flux: the condition Ready says it all, once it speaks of the present generation. */
function condenseFlux({ metadata, spec, status }: DeliveryObject): DeliveredUnit {
  if (spec?.suspend === true) return { status: 'suspended' }
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  if (ready === undefined) return { status: 'unknown' }
  const isOld =
    metadata.generation !== undefined &&
    status?.observedGeneration !== undefined &&
    status.observedGeneration < metadata.generation
  if (isOld) return { status: 'progressing' }
  if (ready.status === 'True') return { status: 'ready' }
  const isWaiting = ready.status === 'Unknown' || ready.reason === 'DependencyNotReady'
  return withMessage(isWaiting ? 'progressing' : 'failed', ready.message)
}

function condenseApplication({ spec, status }: DeliveryObject): DeliveredUnit {
  const { health, sync, operationState, conditions = [] } = status ?? {}
  const { phase } = operationState ?? {}
  const failure = conditions.find(({ type }) => type?.endsWith('Error') === true)
  if (phase === 'Failed' || phase === 'Error') return withMessage('failed', operationState?.message)
  if (failure) return withMessage('failed', failure.message)
  if (health?.status === 'Degraded') return withMessage('failed', health.message)
  if (health?.status === 'Suspended') return { status: 'suspended' }
  if (phase === 'Running' || health?.status === 'Progressing')
    return withMessage('progressing', health?.message)
  if (sync?.status === 'OutOfSync')
    return { status: spec?.syncPolicy?.automated === undefined ? 'suspended' : 'progressing' }
  return { status: health?.status === 'Healthy' && sync?.status === 'Synced' ? 'ready' : 'unknown' }
}

/** Longest message that is recorded. */
const mostCharacters = 300

function withMessage(status: DeliveryStatus, message: string | undefined): DeliveredUnit {
  const line = (message ?? '').split('\n')[0] ?? ''
  const text = line
    // `rendered@sha1:4f2a…`, and commits by themselves.
    .replace(/\S*@sha(?:1|256):[0-9a-f]+/g, '…')
    .replace(/\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/g, '…')
    // How long a check took, and when it was.
    .replace(/\b(?:\d+(?:\.\d+)?(?:ms|µs|s|m|h))+\b/g, '…')
    .replace(/\b\d{4}-\d{2}-\d{2}T[\d:.]+Z?/g, '…')
    .slice(0, mostCharacters)
    .trim()
  return { status, ...(text !== '' && { message: text }) }
}

/** A line a cluster. */
export function formatDelivered(delivered: Delivered): string {
  const rows = [...delivered]
    .filter(([, units]) => units.size > 0)
    .map(([cluster, units]) => [cluster, canonicalJson(Object.fromEntries(units))] as const)
  return factsText(Object.fromEntries(rows))
}

const deliveredFile = z.record(
  z.string(),
  z.record(z.string(), z.object({ status: z.enum(statuses), message: z.string().exactOptional() })),
)

/** Undefined for a text that is none: nothing depends on it, and the next observation writes it anew. */
export function tryParseDelivered(text: string | undefined): Delivered | undefined {
  try {
    const file = deliveredFile.safeParse(JSON.parse(text ?? '')).data
    return (
      file &&
      new Map(Object.entries(file).map(([cluster, units]) => [cluster, new Map(Object.entries(units))]))
    )
  } catch {
    return undefined
  }
}

/** What became different of a delivery. */
export interface DeliveryChange {
  /** Cluster id. */
  readonly cluster: string
  readonly change: 'delivered'
  readonly unit: string
  /** Absent when nothing delivers it any more. */
  readonly status?: DeliveryStatus
  readonly message?: string
}

/** Two texts of `delivered.json` → what is different, sorted by cluster and unit. Pure. */
export function deliveryChanges(
  before: string | undefined,
  after: string | undefined,
): readonly DeliveryChange[] {
  if (before === after) return []
  const [old, now] = [before, after].map((text) => tryParseDelivered(text) ?? new Map<string, never>()) as [
    Delivered,
    Delivered,
  ]
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((cluster) => {
    const [was, is] = [old.get(cluster), now.get(cluster)]
    const units = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort()
    return units
      .filter((unit) => canonicalJson(was?.get(unit) ?? null) !== canonicalJson(is?.get(unit) ?? null))
      .map((unit) => ({ cluster, change: 'delivered' as const, unit, ...is?.get(unit) }))
  })
}

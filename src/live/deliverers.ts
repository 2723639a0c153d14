import { clusterAnnotation, profileAnnotation, unitAnnotation } from '../kubernetes/delivery-marks.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import { isObjectValue } from '../kubernetes/object-value.ts'
import { managementId } from '../observe/types.ts'
import { metadataOf, toMap } from './clean-object.ts'
import type { LiveObject } from './live-clusters-port.ts'
import type { Deliverer, OwnedObject } from './types.ts'

/**
 * Delivery objects of one cluster, as recorded → what they say of the units that they deliver; sorted. Those that lie in the
 * management cluster may speak of all clusters, others only of their own. Pure.
 */
export function readDeliverers(source: string, objects: readonly string[]): readonly Deliverer[] {
  return objects
    .flatMap((json): Deliverer[] => {
      const object: unknown = JSON.parse(json)
      const deliverer = isObjectValue(object) ? toDeliverer(object) : undefined
      const speaksFor = source === managementId || deliverer?.cluster === source
      return deliverer && speaksFor ? [deliverer] : []
    })
    .sort((a, b) => (a.object < b.object ? -1 : 1))
}

function toDeliverer(object: LiveObject): Deliverer | undefined {
  const { name, namespace, annotations } = metadataOf(object)
  const marks = toMap(annotations)
  const [cluster, unit, profile] = [clusterAnnotation, unitAnnotation, profileAnnotation].map((key) =>
    textOf(marks[key]),
  )
  if (cluster === undefined || unit === undefined || cluster === '' || unit === '') return undefined
  const named = {
    object: `${String(object['kind'])} ${String(namespace)}/${String(name)}`,
    ...{ name: String(name), cluster, unit, profile: profile ?? '' },
  }
  const group = groupOf(String(object['apiVersion']))
  if (group === 'argoproj.io') return { ...named, ...ofApplication(object) }
  return group === 'kustomize.toolkit.fluxcd.io' ? { ...named, ...ofKustomization(object) } : undefined
}

type Said = Omit<Deliverer, 'object' | 'name' | 'cluster' | 'unit' | 'profile'>

function ofKustomization({ spec, status }: LiveObject): Said {
  const { prune, deletionPolicy, path } = toMap(spec)
  const { lastAppliedRevision, lastAttemptedRevision, inventory, conditions } = toMap(status)
  // What was applied and is not healthy yet is not called applied.
  const isUnhealthy = listOf(conditions).some(
    ({ type, reason }) => type === 'Ready' && reason === 'HealthCheckFailed',
  )
  const applied = [lastAppliedRevision, ...(isUnhealthy ? [lastAttemptedRevision] : [])].map(commitOf)
  const keeps = deletionPolicy === 'Orphan' || (prune !== true && deletionPolicy !== 'Delete')
  return {
    engine: 'flux',
    isLocal: isLocalPath(path),
    commits: [...new Set(applied.filter((commit) => commit !== ''))],
    prunes: prune === true,
    takesAlong: !keeps,
    owns: listOf(toMap(inventory)['entries']).flatMap(fromInventory),
  }
}

/** `<namespace>_<name>_<group>_<kind>`; a colon in the name of a role is written as two of them. */
function fromInventory({ id, v }: LiveObject): OwnedObject[] {
  const [, namespace = '', name = '', group = '', kind = ''] =
    /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(textOf(id)) ?? []
  return kind === '' ? [] : [{ group, version: textOf(v), kind, namespace, name: name.replaceAll('__', ':') }]
}

/** What was compared is not what was applied: only a revision that is in sync, or was brought there, counts. */
function ofApplication({ spec, status, metadata }: LiveObject): Said {
  const { syncPolicy, source, sources } = toMap(spec)
  const { automated } = toMap(syncPolicy)
  const { sync, operationState, history, resources } = toMap(status)
  const { phase, syncResult } = toMap(operationState)
  const applied = [
    ...(toMap(sync)['status'] === 'Synced' ? revisionsOf(toMap(sync)) : []),
    ...(phase === 'Succeeded' ? revisionsOf(toMap(syncResult)) : []),
    ...listOf(history).slice(-1).flatMap(revisionsOf),
  ]
  const finalizers = toMap(metadata)['finalizers']
  return {
    engine: 'argocd',
    isLocal: [toMap(source), ...listOf(sources)].some(({ path }) => isLocalPath(path)),
    commits: [...new Set(applied.map(commitOf).filter((commit) => commit !== ''))],
    prunes: toMap(automated)['prune'] === true,
    takesAlong:
      Array.isArray(finalizers) &&
      finalizers.some((name) => String(name).startsWith('resources-finalizer.argocd.argoproj.io')),
    owns: listOf(resources)
      .filter(({ hook }) => hook !== true)
      .map(({ group, version, kind, namespace, name }) => ({
        ...{ group: textOf(group), version: textOf(version), kind: textOf(kind) },
        ...{ namespace: textOf(namespace), name: textOf(name) },
      })),
  }
}

/** Of the folder of a unit that goes to the management cluster (decision 14). */
function isLocalPath(path: unknown): boolean {
  return /^(?:\.\/)?local\//.test(textOf(path))
}

/** An Application with several sources has a revision of each. */
function revisionsOf({ revision, revisions }: LiveObject): unknown[] {
  return [revision, ...(Array.isArray(revisions) ? (revisions as readonly unknown[]) : [])]
}

/** `rendered@sha1:4f2a…` of Flux, the id alone of Argo CD; empty for what names no commit. */
function commitOf(revision: unknown): string {
  return /(?:^|[@/:])([0-9a-f]{40}(?:[0-9a-f]{24})?)$/.exec(textOf(revision))?.[1] ?? ''
}

function listOf(value: unknown): readonly LiveObject[] {
  return Array.isArray(value) ? value.filter(isObjectValue) : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

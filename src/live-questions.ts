import type { ClusterRecord } from './branch/types.ts'
import type { FleetConfig } from './config/types.ts'
import type { ObjectIdentity } from './render/types.ts'
import { groupOf } from './kubernetes/object-key.ts'
import type { Deliverer, DeliveryEngine, OwnedObject, WantedObject } from './live/types.ts'
import { managementId } from './observe/types.ts'
import type { DifferingTree, DifferingUnit } from './read-differences.ts'

/** An object of the branch, and where it is wanted. */
export interface AskedObject extends WantedObject {
  readonly cluster: string
  readonly unit: string
  /** `<unit>` or `<unit>~<part>`: the folder that holds it. */
  readonly key: string
  /** Cluster whose API server is asked: `management` for what a profile puts there. */
  readonly server: string
  /** Template, kustomization or text that it came from. */
  readonly source?: string
}

/** An object that goes, since its deliverer has it on record and the branch does not have it. */
export interface AskedOrphan extends OwnedObject {
  readonly engine: DeliveryEngine
  readonly deliverer: Deliverer
  readonly server: string
}

/** Every object of the branch, with who delivers it. Pure. */
export function askedObjects(
  tree: DifferingTree,
  records: ReadonlyMap<string, ClusterRecord>,
  { deliverers, config }: { readonly deliverers: readonly Deliverer[]; readonly config: FleetConfig },
): readonly AskedObject[] {
  const known = new Map(deliverers.map((one) => [`${one.cluster} ${one.object}`, one]))
  const usual = config.rendered.delivery[0] ?? 'flux'
  return [...tree].flatMap(([cluster, units]) =>
    [...units].flatMap(([unit, content]) => {
      const record = records.get(cluster)
      return content.objects.map(({ path, value, source, ...identity }): AskedObject => {
        const key = path.split('/').at(-2) ?? unit
        const found =
          record && deliverersOf(record, key).flatMap((name) => known.get(`${cluster} ${name}`) ?? [])
        const deliverer = found?.find(({ engine }) => engine === usual) ?? found?.[0]
        return {
          ...identityOf(identity),
          ...{ path, rendered: value, cluster, unit, key },
          ...(source !== undefined && { source }),
          engine: deliverer?.engine ?? usual,
          ...(deliverer?.engine === 'argocd' && { application: deliverer.name }),
          settings: settingsOf(content),
          server: content.record.local ? managementId : cluster,
        }
      })
    }),
  )
}

function settingsOf({ record }: DifferingUnit): WantedObject['settings'] {
  return { syncMode: record.syncMode, ...(record.ignores && { ignores: record.ignores }) }
}

/**
 * Names of the objects that deliver a folder: a Kustomization has one; an Application has all of a unit but its CRDs, and is
 * recorded by the first of them.
 */
export function deliverersOf({ delivery }: ClusterRecord, key: string): readonly string[] {
  const unitOf = (of: string): string => (of.endsWith('~crds') ? of : (of.split('~')[0] ?? of))
  return Object.values(delivery)
    .filter(({ key: of, object }) =>
      object.startsWith('Application ') ? unitOf(of) === unitOf(key) : of === key,
    )
    .map(({ object }) => object)
}

/** What goes away: what the branch has nowhere in that cluster any more, of deliverers that take it away. Pure. */
export function askedOrphans(
  deliverers: readonly Deliverer[],
  records: ReadonlyMap<string, ClusterRecord>,
  asked: readonly AskedObject[],
): readonly AskedOrphan[] {
  const wanted = new Set(
    asked.map(({ server, apiVersion, kind, namespace = '', name }) =>
      orphanKey(server, { group: groupOf(apiVersion), kind, namespace, name }),
    ),
  )
  return deliverers.flatMap((deliverer) => {
    const { cluster, object, isLocal, prunes, takesAlong, owns, engine } = deliverer
    const isOnBranch = Object.values(records.get(cluster)?.delivery ?? {}).some(
      (one) => one.object === object,
    )
    if (!(isOnBranch ? prunes : takesAlong)) return []
    const server = isLocal ? managementId : cluster
    return owns
      .filter((owned) => !wanted.has(orphanKey(server, owned)))
      .map((owned) => ({ ...owned, engine, deliverer, server }))
  })
}

/** Rendered objects may leave the namespace `default` out. */
function orphanKey(
  server: string,
  { group, kind, namespace, name }: Pick<OwnedObject, 'group' | 'kind' | 'namespace' | 'name'>,
): string {
  return JSON.stringify([server, group, kind, namespace === 'default' ? '' : namespace, name])
}

function identityOf({ apiVersion, kind, namespace, name }: ObjectIdentity): ObjectIdentity {
  return { apiVersion, kind, ...(namespace !== undefined && { namespace }), name }
}

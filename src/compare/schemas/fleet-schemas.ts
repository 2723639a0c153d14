import { minorOf, nearestMinor } from '../../kubernetes/api-versions.ts'
import { isBuiltInGroup, type UsedApi } from '../../kubernetes/built-in-apis.ts'
import { builtInListKeys, schemaListKeys, type ListKeys } from '../../kubernetes/list-keys.ts'
import { groupOf } from '../../kubernetes/object-key.ts'
import type { Facts, RecordedSchema } from '../../observe/types.ts'
import type { Side, SideObject } from '../types.ts'
import { createBuiltInNodes } from './built-in-nodes.ts'
import { customKindsOf, type CustomKinds } from './custom-kinds.ts'
import { createCustomNodes } from './custom-nodes.ts'
import { findFaults } from './find-faults.ts'
import type { SchemaFault, SchemaNode } from './schema-node.ts'

export interface FleetSchemasInput {
  readonly facts: Pick<Facts, 'clusters'>
  /** By digest, as facts refer to them. */
  readonly schemas: ReadonlyMap<string, RecordedSchema>
  readonly before: Side
  readonly after: Side
}

export type SideName = 'before' | 'after'

/** What is known of the kinds of each cluster: built-in ones of its version, custom ones of its facts and of what it gets. */
export interface FleetSchemas {
  /**
   * How the items of a list are told apart; undefined where nobody says. `path` names fields, items have no step. Of both
   * sides, the later one answers first.
   */
  readonly listKeys: (api: UsedApi, cluster: string, path: readonly string[]) => ListKeys | undefined
  /** What is wrong with an object of a side; undefined where the schema of its kind is not known. */
  readonly check: (cluster: string, object: SideObject, side: SideName) => readonly SchemaFault[] | undefined
}

/** Pure; schemas are read when they are asked for, and objects of one digest are checked once for each schema. */
export function createFleetSchemas(input: FleetSchemasInput): FleetSchemas {
  const sides = { before: clusterKinds(input, 'before'), after: clusterKinds(input, 'after') }
  const [builtIn, custom] = [createBuiltInNodes(), createCustomNodes()]
  const nodeOf = (cluster: string, api: UsedApi, side: SideName): SchemaNode | undefined => {
    const { minor, kinds } = sides[side](cluster)
    if (minor === undefined) return undefined
    if (isBuiltInGroup(groupOf(api.apiVersion))) return builtIn.kind(api, minor)
    const schema = kinds.schemaOf(api)
    return schema === undefined ? undefined : custom.root(schema, builtIn.metadata(minor))
  }
  const checked = new WeakMap<SchemaNode, Map<string, readonly SchemaFault[]>>()
  return {
    listKeys(api, cluster, path) {
      // Metadata of every object are the same.
      if (path[0] === 'metadata') return builtInListKeys('v1', 'ConfigMap', path)
      if (isBuiltInGroup(groupOf(api.apiVersion))) return builtInListKeys(api.apiVersion, api.kind, path)
      const schema = sides.after(cluster).kinds.schemaOf(api) ?? sides.before(cluster).kinds.schemaOf(api)
      return schemaListKeys(schema, path)
    },
    check(cluster, object, side) {
      const node = nodeOf(cluster, object, side)
      if (node === undefined) return undefined
      const known = checked.get(node) ?? new Map<string, readonly SchemaFault[]>()
      checked.set(node, known)
      const faults = known.get(object.digest) ?? findFaults(node, object.value)
      known.set(object.digest, faults)
      return faults
    },
  }
}

interface ClusterKinds {
  /** Of the table; undefined where the version is not known. */
  readonly minor: number | undefined
  readonly kinds: CustomKinds
}

function clusterKinds(
  { facts, schemas, ...sides }: FleetSchemasInput,
  name: SideName,
): (cluster: string) => ClusterKinds {
  const side = sides[name]
  const versions = new Map(side.plan?.clusters.map((plan) => [plan.cluster.id, plan.kubeVersion]))
  const known = new Map<string, ClusterKinds>()
  return (cluster) => {
    const own = facts.clusters.get(cluster)
    const minor = minorOf(versions.get(cluster) ?? own?.version ?? '')
    const found = known.get(cluster) ?? {
      minor: minor === undefined ? undefined : nearestMinor(minor).minor,
      kinds: customKindsOf(own, schemas, side.clusters.get(cluster)),
    }
    known.set(cluster, found)
    return found
  }
}

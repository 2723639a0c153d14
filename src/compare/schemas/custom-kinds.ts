import type { ClusterFacts, RecordedSchema } from '../../observe/types.ts'
import type { UsedApi } from '../../kubernetes/built-in-apis.ts'
import { groupOf } from '../../kubernetes/object-key.ts'
import { isObjectValue, valueAt } from '../../kubernetes/object-value.ts'
import type { SideCluster } from '../types.ts'

/** Schemas of the custom kinds that a cluster has, or will have. */
export interface CustomKinds {
  /** The `openAPIV3Schema` of a version; undefined where nothing is known of it. */
  readonly schemaOf: (api: UsedApi) => unknown
}

/** `<group>/<Kind>` → version → schema. */
type Versions = ReadonlyMap<string, ReadonlyMap<string, unknown>>

/**
 * Definitions that are rendered for the cluster win over those that it was seen to have: they are applied before the objects.
 * Of units that are equal on both sides no object was read; what they define the cluster has already.
 */
export function customKindsOf(
  facts: ClusterFacts | undefined,
  recorded: ReadonlyMap<string, RecordedSchema>,
  cluster: SideCluster | undefined,
): CustomKinds {
  const rendered = renderedVersions(cluster)
  return {
    schemaOf({ apiVersion, kind }) {
      const group = groupOf(apiVersion)
      const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
      const key = `${group}/${kind}`
      const versions = rendered.get(key)
      if (versions !== undefined) return versions.get(version)
      const digest = facts && Object.hasOwn(facts.schemas, key) ? facts.schemas[key] : undefined
      const schema = digest === undefined ? undefined : recorded.get(digest)
      return schema && Object.hasOwn(schema.versions, version) ? schema.versions[version] : undefined
    },
  }
}

function renderedVersions(cluster: SideCluster | undefined): Versions {
  const units = [...(cluster?.units.values() ?? [])].filter(({ settings }) => !settings.local)
  return new Map(
    units
      .flatMap(({ objects }) => objects)
      .filter(
        ({ apiVersion, kind }) =>
          // Of v1beta1 no server that is known here has anything.
          apiVersion === 'apiextensions.k8s.io/v1' && kind === 'CustomResourceDefinition',
      )
      .map(({ value }) => {
        const group = valueAt(value, ['spec', 'group'])
        const kind = valueAt(value, ['spec', 'names', 'kind'])
        return [`${String(group)}/${String(kind)}`, versionsOf(valueAt(value, ['spec', 'versions']))] as const
      }),
  )
}

function versionsOf(versions: unknown): ReadonlyMap<string, unknown> {
  const list: readonly unknown[] = Array.isArray(versions) ? versions : []
  return new Map(
    list
      .filter((version) => isObjectValue(version) && version['served'] !== false)
      .map((version) => [
        String(valueAt(version, ['name'])),
        valueAt(version, ['schema', 'openAPIV3Schema']),
      ]),
  )
}

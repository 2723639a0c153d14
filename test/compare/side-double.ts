import { createHash } from 'node:crypto'
import { compare, type CompareOptions } from '../../src/compare/compare.ts'
import type { Comparison, Side, SideObject, SideUnit } from '../../src/compare/types.ts'
import type { JsonObject } from '../../src/engine/types.ts'
import { canonicalJson } from '../../src/kubernetes/exact-json.ts'

/** A unit as a test writes it. */
export interface WrittenUnit extends Partial<Omit<SideUnit, 'objects' | 'settings' | 'delivery'>> {
  readonly objects?: readonly JsonObject[]
  readonly delivery?: readonly JsonObject[]
  readonly settings?: Partial<SideUnit['settings']>
}

/** Units by name, by cluster id. */
export type WrittenSide = Readonly<Record<string, Readonly<Record<string, WrittenUnit>>>>

export function toSide(written: WrittenSide, more: Omit<Side, 'clusters'> = {}): Side {
  const clusters = Object.entries(written).map(([id, units]) => {
    const members = Object.entries(units).map(([name, unit]) => [name, toUnit(id, name, unit)] as const)
    return [id, { units: new Map(members) }] as const
  })
  return { clusters: new Map(clusters), ...more }
}

function toUnit(cluster: string, name: string, written: WrittenUnit): SideUnit {
  const { objects = [], delivery = [], settings, ...others } = written
  const place = settings?.local === true ? 'local' : 'clusters'
  const own = objects.map((value) => toObject(`${place}/${cluster}/${name}`, value))
  return {
    settings: {
      ...{ kind: 'helm', profile: 'ClusterProfile/web', tier: 100, local: false, inputs: '' },
      ...{ syncMode: 'Continuous', leave: false, createNamespaces: true, timeoutMs: 300_000, dependsOn: [] },
      ...settings,
    },
    digest: digestOf(own.map(({ path, digest }) => [path.split('/').at(-1), digest])),
    count: own.length,
    objects: own,
    delivery: delivery.map((value) => toObject(`delivery/flux/${cluster}`, value)),
    ...others,
  }
}

/** Objects of equal digest share their value. */
const values = new Map<string, JsonObject>()

function toObject(folder: string, value: JsonObject): SideObject {
  const { apiVersion, kind, metadata } = value as {
    readonly apiVersion: string
    readonly kind: string
    readonly metadata: { readonly namespace?: string; readonly name: string }
  }
  const { namespace, name } = metadata
  const digest = digestOf(value)
  const shared = values.get(digest) ?? value
  values.set(digest, shared)
  return {
    ...{ apiVersion, kind, name, value: shared, digest },
    ...(namespace !== undefined && { namespace }),
    path: `${folder}/${kind.toLowerCase()}-${namespace ?? ''}-${name}.yaml`,
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

/** Nothing is known of clusters, and no YAML inside of texts is read. */
export const plainOptions: CompareOptions = {
  parseYaml: (texts) => Promise.resolve(texts.map(() => [])),
}

export function compareWritten(
  before: WrittenSide,
  after: WrittenSide,
  options: Partial<CompareOptions> = {},
): Promise<Comparison> {
  return compare(toSide(before), toSide(after), { ...plainOptions, ...options })
}

export function deployment(name: string, spec: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'web', labels },
    spec: { replicas: 1, ...spec },
  }
}

export function podTemplate(...images: readonly string[]): JsonObject {
  const containers = images.map((image, index) => ({ name: `c${index}`, image }))
  return { template: { spec: { containers } } }
}

export function configMap(name: string, data: JsonObject, namespace = 'web'): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
}

/** `changed Deployment web/app`, with both names where they differ, and what it is called in its fields. */
export function describeObjects({ changes }: Comparison): readonly string[] {
  return changes.flatMap(({ cluster, unit, objects }) =>
    objects.map(({ change, before, after }) => {
      const place = after ?? before
      const former = before && after && before.name !== after.name ? `${before.name} → ` : ''
      const from = before && after && before.unit !== after.unit ? ` from ${before.unit}` : ''
      return `${cluster} ${unit}: ${change} ${place?.kind ?? ''} ${former}${place?.name ?? ''}${from}`
    }),
  )
}

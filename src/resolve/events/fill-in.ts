import type { EventGenerator, EventTrigger, PolicyRef, ProfileSpec, ValueFrom } from '../../intent/types.ts'
import type { ObjectReference } from '../../kubernetes/types.ts'

type Path = readonly (string | number)[]

/** A generator with event data filled in. */
export interface FilledGenerator extends EventGenerator {
  readonly kind: 'ConfigMap' | 'Secret'
  /** In the trigger's document. */
  readonly path: Path
}

/** The part of a trigger that event data is filled in. */
export interface FilledTrigger {
  readonly profileNameFormat: string
  readonly destinationCluster?: ObjectReference
  readonly generators: readonly FilledGenerator[]
  readonly spec: ProfileSpec
}

/** Maps a text, given its path in the document. */
type MapText = (path: Path, text: string) => string

/**
 * Maps every text of a trigger that event data is filled in (sveltos.md 5.4), always in the same order; contents of ConfigMaps
 * and Secrets are filled in apart, patches and everything else not at all.
 */
export function mapTemplates(trigger: EventTrigger, map: MapText): FilledTrigger {
  const { destinationCluster: destination } = trigger
  const generators = (
    kind: FilledGenerator['kind'],
    field: 'configMapGenerator' | 'secretGenerator',
  ): readonly FilledGenerator[] =>
    trigger[field].map((generator, index) => {
      const path = ['spec', field, index]
      return mapFields({ ...generator, kind, path }, path, ['namespace', 'name', 'nameFormat'], map)
    })
  return {
    profileNameFormat: map(['spec', 'profileNameFormat'], trigger.profileNameFormat),
    ...(destination && {
      destinationCluster: mapFields(
        destination,
        ['spec', 'destinationCluster'],
        ['namespace', 'name', 'kind', 'apiVersion'],
        map,
      ),
    }),
    generators: [
      ...generators('Secret', 'secretGenerator'),
      ...generators('ConfigMap', 'configMapGenerator'),
    ],
    spec: mapSpec(trigger.profileSpec, map),
  }
}

function mapSpec(spec: ProfileSpec, map: MapText): ProfileSpec {
  const valuesFrom = (references: readonly ValueFrom[], path: Path): readonly ValueFrom[] =>
    references.map((reference, index) => mapFields(reference, [...path, index], ['namespace', 'name'], map))
  return {
    ...spec,
    templateResourceRefs: spec.templateResourceRefs.map((reference, index) => {
      const path = ['spec', 'templateResourceRefs', index, 'resource']
      return { ...reference, resource: mapFields(reference.resource, path, ['namespace', 'name'], map) }
    }),
    policyRefs: spec.policyRefs.map((reference, index) =>
      mapFields(reference, ['spec', 'policyRefs', index], ['namespace', 'name', 'path'], map),
    ),
    helmCharts: spec.helmCharts.map((chart, index) => {
      const path = ['spec', 'helmCharts', index]
      return {
        ...mapFields(chart, path, chartFields, map),
        valuesFrom: valuesFrom(chart.valuesFrom, [...path, 'valuesFrom']),
      }
    }),
    kustomizationRefs: spec.kustomizationRefs.map((reference, index) => {
      const path = ['spec', 'kustomizationRefs', index]
      const values = Object.entries(reference.values)
      return {
        ...mapFields(reference, path, ['namespace', 'name', 'path', 'targetNamespace'], map),
        components: reference.components.map((text, place) => map([...path, 'components', place], text)),
        values: Object.fromEntries(values.map(([key, text]) => [key, map([...path, 'values', key], text)])),
        valuesFrom: valuesFrom(reference.valuesFrom, [...path, 'valuesFrom']),
      }
    }),
    patchesFrom: valuesFrom(spec.patchesFrom, ['spec', 'patchesFrom']),
  }
}

function mapFields<T extends object, K extends KeysOfText<T> & string>(
  object: T,
  path: Path,
  names: readonly K[],
  map: MapText,
): T {
  const mapped = names.map((name) => [name, map([...path, name], object[name] as string)] as const)
  return { ...object, ...Object.fromEntries(mapped) }
}

type KeysOfText<T> = { [K in keyof T]: T[K] extends string ? K : never }[keyof T]

const chartFields = [
  'repositoryURL',
  'repositoryName',
  'chartName',
  'chartVersion',
  'releaseName',
  'releaseNamespace',
  'values',
] as const

/** Maps every reference to a ConfigMap or Secret whose content event data may be filled in, with its path. */
export function mapContents(
  spec: ProfileSpec,
  map: <T extends PolicyRef | ValueFrom>(reference: T, path: Path) => T,
): ProfileSpec {
  const list = <T extends PolicyRef | ValueFrom>(references: readonly T[], path: Path): readonly T[] =>
    references.map((reference, index) =>
      reference.kind === 'ConfigMap' || reference.kind === 'Secret'
        ? map(reference, [...path, index])
        : reference,
    )
  return {
    ...spec,
    policyRefs: list(spec.policyRefs, ['spec', 'policyRefs']),
    helmCharts: spec.helmCharts.map((chart, index) => ({
      ...chart,
      valuesFrom: list(chart.valuesFrom, ['spec', 'helmCharts', index, 'valuesFrom']),
    })),
    kustomizationRefs: spec.kustomizationRefs.map((reference, index) => ({
      ...reference,
      valuesFrom: list(reference.valuesFrom, ['spec', 'kustomizationRefs', index, 'valuesFrom']),
    })),
    patchesFrom: list(spec.patchesFrom, ['spec', 'patchesFrom']),
  }
}

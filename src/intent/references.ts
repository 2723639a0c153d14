import { objectKey } from '../kubernetes/object-key.ts'
import type { DocumentPath, SourceDocument } from '../source/types.ts'
import type { EventTrigger, Fleet, ProfileSpec } from './types.ts'

/** A reference of a profile or trigger to an object of the management cluster, written without templates. */
export interface ContentReference {
  readonly key: string
  readonly user: { readonly document: SourceDocument; readonly path: DocumentPath }
  /** A trigger fills event data in first, where it is asked to; a generator does, and an EventBasedAddOn did, unasked. */
  readonly by: 'profile' | 'trigger' | 'generator' | 'old-trigger'
}

const apiVersionOf: Readonly<Record<string, string>> = {
  ConfigMap: 'v1',
  Secret: 'v1',
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  Bucket: 'source.toolkit.fluxcd.io/v1',
}

/**
 * What profiles and triggers deploy or read, where name and namespace are written out. An empty namespace means that of each
 * cluster, which gives one reference per namespace of the fleet's clusters.
 */
export function contentReferences(
  fleet: Pick<Fleet, 'profiles' | 'eventTriggers' | 'clusters'>,
): ContentReference[] {
  const clusterNamespaces = [...new Set(fleet.clusters.map(({ namespace }) => namespace))].sort()
  const ofProfiles = fleet.profiles.flatMap(({ document, spec, namespace }) =>
    ofSpec(spec, namespace, clusterNamespaces).map(({ key, path }): ContentReference => ({
      key,
      user: { document, path },
      by: 'profile',
    })),
  )
  const ofTriggers = fleet.eventTriggers.flatMap((trigger) =>
    ofSpec(trigger.profileSpec, undefined, clusterNamespaces).map(({ key, path }): ContentReference => ({
      key,
      user: { document: trigger.document, path },
      by: trigger.instantiatesAll ? 'old-trigger' : 'trigger',
    })),
  )
  const ofGenerators = fleet.eventTriggers.flatMap((trigger) =>
    toKeys(generatorSources(trigger), undefined, clusterNamespaces).map(
      ({ key, path }): ContentReference => ({
        key,
        user: { document: trigger.document, path },
        by: 'generator',
      }),
    ),
  )
  return [...ofProfiles, ...ofTriggers, ...ofGenerators]
}

function generatorSources({ configMapGenerator, secretGenerator }: EventTrigger): [Written, DocumentPath][] {
  const sources = (kind: string, field: string, generators: EventTrigger['configMapGenerator']) =>
    generators.map((generator, index): [Written, DocumentPath] => [
      { kind, ...generator },
      ['spec', field, index],
    ])
  return [
    ...sources('ConfigMap', 'configMapGenerator', configMapGenerator),
    ...sources('Secret', 'secretGenerator', secretGenerator),
  ]
}

interface Written {
  readonly kind?: string
  readonly namespace: string
  readonly name: string
}

function ofSpec(
  spec: ProfileSpec,
  ownNamespace: string | undefined,
  clusterNamespaces: readonly string[],
): { readonly key: string; readonly path: DocumentPath }[] {
  const written: [Written, DocumentPath][] = [
    ...spec.policyRefs.map((ref, index): [Written, DocumentPath] => [ref, ['spec', 'policyRefs', index]]),
    ...spec.kustomizationRefs.map((ref, index): [Written, DocumentPath] => [
      ref,
      ['spec', 'kustomizationRefs', index],
    ]),
    ...spec.patchesFrom.map((ref, index): [Written, DocumentPath] => [ref, ['spec', 'patchesFrom', index]]),
    ...spec.helmCharts.flatMap(({ valuesFrom }, chart) =>
      valuesFrom.map((ref, index): [Written, DocumentPath] => [
        ref,
        ['spec', 'helmCharts', chart, 'valuesFrom', index],
      ]),
    ),
  ]
  return toKeys(written, ownNamespace, clusterNamespaces)
}

function toKeys(
  written: readonly [Written, DocumentPath][],
  ownNamespace: string | undefined,
  clusterNamespaces: readonly string[],
): { readonly key: string; readonly path: DocumentPath }[] {
  return written.flatMap(([{ kind, namespace, name }, path]) => {
    if (kind === undefined || name === '' || `${namespace}${name}`.includes('{{')) return []
    const namespaces =
      ownNamespace === undefined ? (namespace === '' ? clusterNamespaces : [namespace]) : [ownNamespace]
    const apiVersion = apiVersionOf[kind] ?? 'v1'
    return namespaces.map((one) => ({ key: objectKey({ apiVersion, kind, namespace: one, name }), path }))
  })
}

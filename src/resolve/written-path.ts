import type { Cluster, Profile } from '../intent/types.ts'
import type { SourceDocument } from '../source/types.ts'

type Path = readonly (string | number)[]

/** What a person wrote to get a profile: the profile itself, or the event trigger that generates it. */
export function writtenId({ id }: Pick<Profile, 'id'>): string {
  return id.startsWith('EventTrigger/') ? id.slice(0, Math.max(0, id.indexOf('@'))) : id
}

/** A path inside a profile, as it is in what a person wrote: triggers have other words for where something goes. */
export function writtenPath({ id }: Pick<Profile, 'id'>, path: Path): Path {
  const [spec = 'spec', field, ...rest] = path
  if (!id.startsWith('EventTrigger/')) return path
  if (field === 'clusterSelector') return [spec, 'destinationClusterSelector', ...rest]
  return field === 'clusterRefs' ? [spec, 'destinationCluster'] : path
}

/** Where a label of a cluster is written in its document. */
export function labelPath({ path }: Pick<Cluster, 'path'>, key: string): Path {
  return path === undefined ? ['metadata', 'labels', key] : [...path, 'labels', key]
}

/** Where a classifier says that it sets a label; its name where it does not say so any more. */
export function classifiedLabelPath({ value }: SourceDocument, key: string): Path {
  const { spec } = value as { spec?: { classifierLabels?: readonly { key?: string }[] } }
  const index = spec?.classifierLabels?.findIndex((label) => label.key === key) ?? -1
  return index < 0 ? ['metadata', 'name'] : ['spec', 'classifierLabels', index]
}

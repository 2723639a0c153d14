import type { Profile } from '../intent/types.ts'

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

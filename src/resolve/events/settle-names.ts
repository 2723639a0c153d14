import type { Report } from '../../diagnostics/types.ts'
import type { Profile } from '../../intent/types.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import { generatedNameTaken } from '../event-diagnostics.ts'
import type { FoundObject } from '../management-objects.ts'
import type { Hold } from '../types.ts'
import type { GeneratedProfile } from './generate-profile.ts'

interface Owner {
  readonly id: string
  readonly document: Profile['document']
  readonly path: readonly (string | number)[]
}

interface Settled {
  /** Sorted by id. */
  readonly profiles: readonly Profile[]
  readonly objects: ReadonlyMap<string, FoundObject>
  readonly held: readonly { readonly profile: string; readonly hold: Hold }[]
}

/**
 * Who has a name that more than one event gives; the event whose id sorts first. Profiles of one name are deployed both,
 * since nothing on the branch has their names; of two ConfigMaps or Secrets only the first can be meant by the name, so that
 * what the other event has deployed stays.
 */
export function settleNames(
  generated: readonly GeneratedProfile[],
  written: readonly Profile[],
  report: Report,
): Settled {
  const sorted = [...generated].sort((a, b) => compareText(a.profile.id, b.profile.id))
  reportProfileNames(sorted, written, report)
  const objects = new Map<string, FoundObject>()
  const owners = new Map<string, Owner>()
  const profiles: Profile[] = []
  const held: { profile: string; hold: Hold }[] = []
  for (const { profile, objects: own } of sorted) {
    const taken = own.find(({ key, object }) => objects.has(key) && objects.get(key)?.json !== object.json)
    const owner = taken && owners.get(taken.key)
    if (taken && owner) {
      const fault = generatedNameTaken({ profile, path: taken.path ?? ['spec'] }, nameOf(taken.key), owner)
      report(fault)
      held.push({ profile: profile.id, hold: { reason: 'error', message: fault.message } })
      continue
    }
    for (const { key, object, path = ['spec'] } of own) {
      if (!objects.has(key)) owners.set(key, { id: profile.id, document: profile.document, path })
      objects.set(key, object)
    }
    profiles.push(profile)
  }
  return { profiles, objects, held }
}

/** Once for a trigger and a name. */
function reportProfileNames(
  sorted: readonly GeneratedProfile[],
  written: readonly Profile[],
  report: Report,
): void {
  const path = ['spec', 'profileNameFormat']
  const owners = new Map<string, Owner>(
    written
      .filter(({ kind }) => kind === 'ClusterProfile')
      .map(({ id, name, document }) => [name, { id, document, path: ['metadata', 'name'] }]),
  )
  const said = new Set<string>()
  for (const { profile } of sorted) {
    const { id, name, document } = profile
    const owner = owners.get(name)
    const key = `${document.file.path}\0${document.start}\0${name}`
    if (owner === undefined) owners.set(name, { id, document, path })
    else if (!said.has(key)) {
      said.add(key)
      report(generatedNameTaken({ profile, path }, `ClusterProfile ${name}`, owner))
    }
  }
}

/** `/ConfigMap/projectsveltos/x` → `ConfigMap projectsveltos/x`. */
function nameOf(key: string): string {
  const [, kind = '', namespace = '', name = ''] = key.split('/')
  return `${kind} ${namespace}/${name}`
}

import type { Report } from '../../diagnostics/types.ts'
import { dependencyCycle, dependencyUnknown } from '../fleet-diagnostics.ts'
import type { Profile } from '../types.ts'

/**
 * dependsOn names profiles of the same kind (Profile: and namespace), sveltos.md 1.6. Sveltos detects no cycle: one just
 * never progresses; every cycle is reported once, at its first profile in order.
 */
export function checkDependencies(profiles: readonly Profile[], report: Report): void {
  const byId = new Map(profiles.map((profile) => [profile.id, profile]))
  for (const profile of profiles) {
    profile.spec.dependsOn.forEach((name, index) => {
      if (byId.has(prerequisiteId(profile, name)) || name.includes('{{')) return
      const known = profiles
        .filter(
          (other) =>
            other.kind === profile.kind && other.namespace === profile.namespace && other !== profile,
        )
        .map((other) => other.name)
      report(dependencyUnknown(profile.document, ['spec', 'dependsOn', index], name, known))
    })
  }
  const finished = new Set<Profile>()
  for (const profile of profiles) findCycles(profile, byId, finished, report)
}

/** Depth first without recursion: a chain of dependencies may be thousands long. */
function findCycles(
  start: Profile,
  byId: ReadonlyMap<string, Profile>,
  finished: Set<Profile>,
  report: Report,
): void {
  if (finished.has(start)) return
  const trail: { readonly profile: Profile; next: number }[] = [{ profile: start, next: 0 }]
  const positions = new Map<Profile, number>([[start, 0]])
  for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
    const name = top.profile.spec.dependsOn[top.next]
    if (name === undefined) {
      finished.add(top.profile)
      positions.delete(top.profile)
      trail.pop()
      continue
    }
    top.next++
    const prerequisite = byId.get(prerequisiteId(top.profile, name))
    if (prerequisite === undefined || finished.has(prerequisite)) continue
    const position = positions.get(prerequisite)
    if (position === undefined) {
      positions.set(prerequisite, trail.length)
      trail.push({ profile: prerequisite, next: 0 })
    } else {
      const cycle = trail.slice(position).map(({ profile, next }) => ({
        document: profile.document,
        path: ['spec', 'dependsOn', next - 1],
      }))
      report(dependencyCycle(cycle))
    }
  }
}

/** Id of the profile that a name in dependsOn means. */
export function prerequisiteId({ kind, namespace }: Profile, name: string): string {
  return kind === 'Profile' ? `Profile/${namespace ?? ''}/${name}` : `ClusterProfile/${name}`
}

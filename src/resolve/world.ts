import type { Report } from '../diagnostics/types.ts'
import type { Engine } from '../engine/types.ts'
import type { Hold, ProfileClaim } from './types.ts'
import type { ClusterState } from './cluster-state.ts'
import type { ManagementObjects } from './management-objects.ts'
import type { Place } from './diagnostics.ts'
import { functionBlocked, referenceNotObserved, templateFailed } from './diagnostics.ts'
import { instantiate, type Template } from './instantiate.ts'

/** What working out one profile on one cluster stands on. */
export interface World {
  readonly engine: Engine
  readonly objects: ManagementObjects
  readonly report: Report
  /** Wall clock of the templates, milliseconds since the epoch. */
  readonly clockMs: number
}

/** One profile on one cluster, with what its templates see. */
export interface Claimed {
  readonly claim: ProfileClaim
  readonly state: ClusterState
  /** JSON texts of the dots of sveltos.md 2.1 and 2.2. */
  readonly profileData: string
  readonly referenceData: string
  /** JSON text of the objects of templateResourceRefs by identifier; the dot of Lua. */
  readonly resources: string
}

/** Thrown inside this stage only: the unit (or profile) at hand cannot be worked out; the diagnostics are out already. */
export class Unresolvable extends Error {
  readonly hold: Hold

  constructor(message: string) {
    super(message)
    this.hold = { reason: 'error', message }
  }
}

export function placeOf(claimed: Claimed, path: readonly (string | number)[]): Place {
  return { profile: claimed.claim.profile, path, cluster: claimed.state.cluster }
}

/** Instantiates texts of a profile; reports each fault and gives up on the unit when there is one. */
export async function instantiateIn(
  world: World,
  claimed: Claimed,
  dialect: 'profile' | 'reference',
  templates: readonly Template[],
): Promise<readonly string[]> {
  const data = dialect === 'profile' ? claimed.profileData : claimed.referenceData
  const context = { dialect, data }
  const { texts, faults, blocked } = await instantiate(world.engine, world.clockMs, context, templates)
  for (const { path, functions } of blocked) world.report(functionBlocked(placeOf(claimed, path), functions))
  for (const { path, fault } of faults) world.report(templateFailed(placeOf(claimed, path), fault))
  if (faults[0]) throw new Unresolvable(`a template of ${claimed.claim.profile.id} failed`)
  return texts
}

/** A live object that the facts say nothing about: nobody may take it for absent. */
export function notObserved(
  world: World,
  claimed: Claimed,
  path: readonly (string | number)[],
  reference: { readonly kind: string; readonly namespace: string; readonly name: string },
): never {
  const fault = referenceNotObserved(placeOf(claimed, path), reference)
  world.report(fault)
  throw new Unresolvable(fault.message)
}

import type { Patch } from '../engine/types.ts'
import type { DeploymentType, Profile } from '../intent/types.ts'
import type { Hold, PlannedUnit, UnresolvedUnit } from './types.ts'
import { Unresolvable, type Claimed } from './world.ts'

type Base = Omit<UnresolvedUnit, 'kind' | 'hold' | 'name'>

interface Entry {
  /** Path of the entry in the profile's document. */
  readonly path: readonly (string | number)[]
  readonly deploymentType: DeploymentType
  readonly referenceTier: number
  readonly createNamespaces: boolean
  readonly patches: readonly Patch[]
  readonly patchMode: 'resource' | 'combined' | 'separate' | 'nohooks'
  /** For namespaced kinds without a namespace. */
  readonly defaultNamespace: string
  readonly targetNamespace?: string
}

/** What all units of a profile have in common. `dependsOn` is filled in when the cluster's units are put in order. */
export function unitBase({ claim, state }: Claimed, entry: Entry): Base {
  const { spec } = claim.profile
  const hold = profileHold(claim.profile)
  const { patches, patchMode, defaultNamespace, targetNamespace } = entry
  return {
    claim: { ...claim, referenceTier: entry.referenceTier, path: entry.path },
    deploymentType: entry.deploymentType,
    dependsOn: [],
    syncMode: spec.syncMode,
    leaveOnRemoval: spec.stopMatchingBehavior === 'LeavePolicies',
    createNamespaces: entry.createNamespaces,
    finish: {
      ...(patches.length > 0 && { patches, patchMode }),
      ...(targetNamespace !== undefined && targetNamespace !== '' && { targetNamespace }),
      defaultNamespace,
      scopes: state.scopes,
      ...(hasMembers(spec.extraLabels) && { extraLabels: spec.extraLabels }),
      ...(hasMembers(spec.extraAnnotations) && { extraAnnotations: spec.extraAnnotations }),
    },
    ...(hold && { hold }),
  }
}

/** Why everything of a profile stays as it is. */
export function profileHold({ id, paused, faulty }: Profile): Hold | undefined {
  if (paused) return { reason: 'profile-paused', message: `${id} is paused` }
  return faulty === true ? { reason: 'error', message: `${id} has errors` } : undefined
}

function hasMembers(map: Readonly<Record<string, string>>): boolean {
  return Object.keys(map).length > 0
}

/** Works a unit out; when it cannot be, the unit stays as it is under its name. */
export async function orUnresolved(
  base: Base & { readonly name: string },
  work: () => Promise<PlannedUnit>,
): Promise<PlannedUnit> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Unresolvable)) throw error
    return { ...base, kind: 'unresolved', hold: error.hold }
  }
}

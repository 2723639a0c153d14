import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, Span } from '../diagnostics/types.ts'
import type { EngineFault } from '../engine/types.ts'
import type { Cluster, Profile } from '../intent/types.ts'
import type { ObjectReference } from '../kubernetes/types.ts'
import { locate } from '../source/source.ts'
import type { Claim } from './types.ts'
import { writtenId, writtenPath } from './written-path.ts'

type Path = readonly (string | number)[]

/** The line of a profile that a diagnostic is about. */
function spanIn(profile: Profile, path: Path): Span {
  return locate(profile.document, writtenPath(profile, path))
}

export function clusterNotFound(profile: Profile, path: Path, reference: ObjectReference): Diagnostic {
  return diagnostic('resolve/cluster-not-found', {
    message: `${profile.id} refers to ${reference.kind} ${reference.namespace}/${reference.name}, which is not in the inventory`,
    span: spanIn(profile, path),
    hint: 'Correct the name, or add the cluster to the repository or to `clusters` in fleetwright.yaml.',
  })
}

export function selectsNoCluster(profile: Profile): Diagnostic {
  return diagnostic('resolve/selects-no-cluster', {
    message: `${writtenId(profile)} selects none of the fleet's clusters`,
    span: spanIn(profile, ['spec', 'clusterSelector']),
    hint: 'Compare the selector with the labels that `fleetwright compile --emit plan` shows.',
  })
}

export function versionAssumed(cluster: Cluster, version: string): Diagnostic {
  return diagnostic('resolve/version-assumed', {
    message: `the Kubernetes version of ${cluster.id} is not known; ${version} is assumed`,
    ...(cluster.document && { span: locate(cluster.document, cluster.path ?? ['metadata', 'name']) }),
    subject: { cluster: cluster.id },
    hint: 'Record facts with `fleetwright observe`, or write `version` for the cluster in fleetwright.yaml.',
  })
}

export function factsTooOld(cluster: Cluster, observedAt: string, reason: string | undefined): Diagnostic {
  return diagnostic('resolve/facts-too-old', {
    message:
      `the facts of ${cluster.id} are from ${observedAt}, older than facts.maxAge` +
      (reason === undefined ? '' : `; it did not answer: ${reason}`),
    subject: { cluster: cluster.id },
    hint: 'Observe the cluster again, or raise `facts.maxAge` in fleetwright.yaml.',
  })
}

/** Where in which profile, on which cluster, something is wrong. */
export interface Place {
  readonly profile: Profile
  readonly path: Path
  readonly cluster: Cluster
}

export function referenceNotFound(
  place: Place,
  reference: { kind: string; namespace: string; name: string },
): Diagnostic {
  return diagnostic('resolve/reference-not-found', {
    message: `${place.profile.id} refers to ${reference.kind} ${reference.namespace}/${reference.name}, which does not exist`,
    span: spanIn(place.profile, place.path),
    subject: { cluster: place.cluster.id },
    hint: 'Correct the name, add the object to the repository, or set `optional: true`.',
  })
}

export function referenceNotObserved(
  place: Place,
  reference: { kind: string; namespace: string; name: string },
): Diagnostic {
  return diagnostic('resolve/not-observed', {
    message: `${place.profile.id} refers to ${reference.kind} ${reference.namespace}/${reference.name}, which the recorded facts of the management cluster do not tell of`,
    span: spanIn(place.profile, place.path),
    subject: { cluster: place.cluster.id },
    hint: 'Run `fleetwright observe`, or add the object to the repository.',
  })
}

export function unsupportedSecretType(
  place: Place,
  reference: { namespace: string; name: string },
  type: string,
): Diagnostic {
  return diagnostic('resolve/unsupported-secret-type', {
    message: `Secret ${reference.namespace}/${reference.name} has type ${type || 'Opaque'}; content is read from type addons.projectsveltos.io/cluster-profile only`,
    span: spanIn(place.profile, place.path),
    subject: { cluster: place.cluster.id },
    hint: 'Set `type: addons.projectsveltos.io/cluster-profile` on the Secret.',
  })
}

export function templateFailed(place: Place, fault: EngineFault): Diagnostic {
  return diagnostic('resolve/template-failed', {
    message: `${place.profile.id}: the template cannot be executed: ${fault.message}`,
    span: spanIn(place.profile, place.path),
    subject: { cluster: place.cluster.id },
    hint: 'Give the cluster what the template asks for, or make the template ask with `default` or `dig`.',
  })
}

export function functionBlocked(place: Place, functions: readonly string[]): Diagnostic {
  return diagnostic('resolve/function-blocked', {
    message: `${place.profile.id} calls ${functions.join(' and ')} in vain: templates see neither environment nor network`,
    span: spanIn(place.profile, place.path),
    subject: { cluster: place.cluster.id },
    hint: 'Write the value into the repository, or into an object that `templateResourceRefs` names.',
  })
}

export function badPatch(place: Place, source: string): Diagnostic {
  return diagnostic('resolve/bad-patch', {
    message: `${source} holds no patch: each data value is one YAML document with \`patch\` and \`target\``,
    span: spanIn(place.profile, place.path),
    subject: { cluster: place.cluster.id },
    hint: 'Write `patch: |` and `target:` into the data value.',
  })
}

export function badSource(place: Place, source: string, why: string): Diagnostic {
  return diagnostic('resolve/bad-source', {
    message: `${source} cannot be used: ${why}`,
    span: spanIn(place.profile, place.path),
    subject: { cluster: place.cluster.id },
    hint: 'Complete the object that the profile refers to.',
  })
}

/** `tie`: equal tiers, the name decided. */
export function ownership(what: string, owner: Claim, loser: Claim, cluster: Cluster): Diagnostic {
  const tie = owner.tier === loser.tier
  const sameProfile = owner.profile.id === loser.profile.id
  return diagnostic(tie ? 'resolve/ownership-tie' : 'resolve/owned-by-tier', {
    message: sameProfile
      ? `${loser.profile.id} deploys ${what} twice; the first entry owns it`
      : `${what} belongs to ${owner.profile.id} (tier ${owner.tier}); the claim of ${loser.profile.id} (tier ${loser.tier}) has no effect`,
    span: spanIn(loser.profile, loser.path),
    subject: { cluster: cluster.id },
    related: [{ message: 'the owner claims it here', span: spanIn(owner.profile, owner.path) }],
    // A profile that says that it may lose has been asked already.
    ...(!tie && loser.profile.spec.continueOnConflict && { severity: 'note' as const }),
    hint: tie
      ? 'Give the profile that is to own it a lower `tier`, or remove one claim.'
      : 'Remove one claim, or set `continueOnConflict: true` on the profile that may lose.',
  })
}

export function notStaged(profile: Profile, clusters: number): Diagnostic {
  return diagnostic('resolve/not-staged', {
    message: `${profile.id} sets maxUpdate, which is recorded but not enforced: a change reaches all ${clusters} clusters at once`,
    span: spanIn(profile, ['spec', 'maxUpdate']),
    hint: 'Split the profile by selector and merge step by step, if the change must be staged.',
  })
}

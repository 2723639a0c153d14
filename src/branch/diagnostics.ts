import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, Span } from '../diagnostics/types.ts'
import type { Cluster, Profile } from '../intent/types.ts'
import type { PlannedUnit } from '../resolve/types.ts'
import { locate } from '../source/source.ts'
import type { Brake, BrakeReason } from './types.ts'

/** The line of the profile that asks for the unit. */
export function spanOf({ claim }: PlannedUnit): Span {
  return locate(claim.profile.document, claim.path)
}

export function secretWithValues(cluster: string, unit: PlannedUnit, secrets: readonly string[]): Diagnostic {
  return diagnostic('branch/secret-values', {
    message: `${unit.name} renders ${count(secrets.length, 'Secret')} with values, which may not be written: ${list(secrets)}`,
    span: spanOf(unit),
    subject: { cluster, unit: unit.name },
    hint: `Let it use an existing Secret (External Secrets, Sealed Secrets, SOPS), or allow it in fleetwright.yaml: secrets: { allow: ["${secrets[0] ?? ''}"] }`,
  })
}

/** The same for a unit that need not be rendered again: what is allowed has changed since it was written. */
export function secretNoLongerAllowed(
  subject: UnitSubject,
  span: Span,
  secrets: readonly string[],
): Diagnostic {
  return diagnostic('branch/secret-values', {
    message: `${subject.unit} has ${count(secrets.length, 'Secret')} with values on the rendered branch that is no longer allowed: ${list(secrets)}`,
    span,
    subject,
    hint: 'Take the values out of the intent; they stay in the history of the branch, so replace them where they are used.',
  })
}

/** `span` is the fault that keeps the file from being read. */
export function formerFile(span: Span, commit: string): Diagnostic {
  return diagnostic('branch/former-file', {
    message: `${span.file.path} is read as commit ${commit.slice(0, 12)} had it; nothing is removed anywhere until it can be read`,
    span,
    hint: 'Correct the file: whatever else it was to change waits for that.',
  })
}

export function duplicateObject(cluster: string, unit: PlannedUnit, objects: readonly string[]): Diagnostic {
  return diagnostic('branch/duplicate-object', {
    message: `${unit.name} renders ${list(objects)} more than once`,
    span: spanOf(unit),
    subject: { cluster, unit: unit.name },
    hint: 'Remove one of the two, or give it another name.',
  })
}

export function hookLeftOut(unit: string, span: Span, hooks: readonly string[]): Diagnostic {
  return diagnostic('branch/hook-left-out', {
    message: `${unit} has ${count(hooks.length, 'hook')} that delivery cannot run: ${list(hooks)}`,
    span,
    subject: { unit },
  })
}

/** Why a check is not made: by one engine, or by none. Completes `…, since …`. */
export interface Undelivered {
  readonly engine?: string
  readonly since: string
}

export function checkNotDelivered(
  span: Span,
  { owner, list: listed, name }: { readonly owner: string; readonly list: string; readonly name: string },
  reasons: readonly Undelivered[],
): Diagnostic {
  const why = reasons.map(({ engine, since }, position) => {
    const by = engine === undefined ? '' : ` ${position === 0 ? 'by' : 'nor by'} ${engine}`
    return `${by}, since ${since}`
  })
  return diagnostic('branch/health-check-not-delivered', {
    message: `the check \`${name}\` in ${listed} of ${owner} is not made${why.join(',')}`,
    span,
    hint: 'Delivery waits for every object by its own rules. What Flux can be told is `evaluateCEL` over the objects that the profile deploys, what Argo CD can be told is a script for all custom resources of a kind.',
  })
}

export function driftExclusionNotDelivered(
  profile: Profile,
  index: number,
  { engine, since }: Undelivered,
): Diagnostic {
  const by = engine === undefined ? '' : ` by ${engine}`
  return diagnostic('branch/drift-exclusion-not-delivered', {
    message: `driftExclusions[${index}] of ${profile.id} is not honoured${by}, since ${since}`,
    span: locate(profile.document, ['spec', 'driftExclusions', index]),
    hint: 'Name kind and objects in `target`, and begin each path with `/`.',
  })
}

export function ambiguousDestination(cluster: Cluster, name: string, others: readonly string[]): Diagnostic {
  return diagnostic('branch/ambiguous-destination', {
    message: `${cluster.id} is called ${name} in Argo CD, and so is ${list(others)}`,
    ...(cluster.document && { span: locate(cluster.document, cluster.path ?? ['metadata', 'name']) }),
    subject: { cluster: cluster.id },
    hint: 'Set the annotation fleetwright.dev/argocd-name to the name that Argo CD knows the cluster by.',
  })
}

export function argocdRepositoryMissing(): Diagnostic {
  return diagnostic('branch/argocd-repository-missing', {
    message: 'delivery by Argo CD needs the URL of this repository',
    hint: 'Set rendered.argocd.repoURL in fleetwright.yaml.',
  })
}

export interface UnitSubject {
  readonly cluster: string
  readonly unit: string
}

export function dependencyNotDelivered(subject: UnitSubject, dependency: string): Diagnostic {
  return diagnostic('branch/dependency-not-delivered', {
    message: `${subject.unit} depends on ${dependency}, which another Flux applies: it will not wait`,
    subject,
    hint: 'Set rendered.mode to hub, where one Flux applies both.',
  })
}

export function foreignBranch(branch: string): Diagnostic {
  return diagnostic('branch/foreign', {
    message: `branch ${branch} exists and was not made by fleetwright`,
    hint: 'Name another branch, or set rendered.adopt: true if fleetwright may write beside what is there.',
  })
}

export function adoptConflict(branch: string, paths: readonly string[]): Diagnostic {
  return diagnostic('branch/adopt-conflict', {
    message: `branch ${branch} cannot be adopted: fleetwright would write over ${list(paths)}`,
    hint: 'Move these files away, or name another branch.',
  })
}

export function newerFormat(branch: string, format: number): Diagnostic {
  return diagnostic('branch/newer-format', {
    message: `branch ${branch} was written by a newer fleetwright (layout ${format})`,
    hint: 'Use that version here too.',
  })
}

export function unreadableRecord(branch: string, path: string): Diagnostic {
  return diagnostic('branch/unreadable-record', {
    message: `${path} on branch ${branch} is missing or cannot be read`,
    hint: 'Restore it from an earlier commit of the branch: git revert.',
  })
}

export function tampered(branch: string, paths: readonly string[]): Diagnostic {
  return diagnostic('branch/tampered', {
    message: `somebody else changed ${list(paths)} on branch ${branch}`,
    hint: 'fleetwright writes it again from intent. Change the intent instead, and protect the branch.',
  })
}

export function tamperedWhileHeld(branch: string, subject: UnitSubject, path: string): Diagnostic {
  return diagnostic('branch/tampered-while-held', {
    message: `somebody else changed ${path} on branch ${branch}, and ${subject.unit} is held: it stays as it was changed`,
    subject,
    hint: 'Revert that commit on the rendered branch, or end what holds the unit.',
  })
}

export function brakeApplied(brake: Brake): Diagnostic {
  const byCluster = [...Map.groupBy(brake.reasons, ({ cluster }) => cluster)]
  const lines = byCluster.slice(0, 20).map(([cluster, reasons]) => describeReasons(cluster, reasons))
  const rest = byCluster.length - lines.length
  const more = rest > 0 ? [`the like of ${count(rest, 'more cluster')}`] : []
  return diagnostic('branch/brake', {
    message: `the update would delete ${[...lines, ...more].join('; ')}`,
    hint: `If that is meant, approve the tree that is left: --allow-delete ${brake.digest}`,
  })
}

function describeReasons(cluster: string, reasons: readonly BrakeReason[]): string {
  const whole = reasons.find((reason) => reason.kind === 'cluster')
  return whole
    ? `cluster ${cluster} with ${count(whole.objects, 'object')}`
    : `${list(reasons.map(describeReason))} of ${cluster}`
}

function describeReason(reason: BrakeReason): string {
  switch (reason.kind) {
    case 'cluster':
      return reason.cluster
    case 'share':
      return `${reason.deleted} of the ${reason.objects} objects`
    case 'protected':
      return reason.object
    case 'delivery':
      return `${reason.object} (which applies ${count(reason.objects, 'object')})`
  }
}

function count(amount: number, noun: string): string {
  return amount === 1 ? `1 ${noun}` : `${amount} ${noun}s`
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ')
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown
}

import type { PlannedUnit, SourceReference } from '../../resolve/types.ts'
import { writtenId } from '../../resolve/resolve.ts'
import { locate } from '../../source/source.ts'
import type { ChangeCause, UnitChange } from '../types.ts'
import { differingLabels, labelCauses, versionCauses } from './cluster-causes.ts'
import { differencesBetween } from './differences.ts'
import { differenceCause, entryChanges } from './entry-changes.ts'
import { apiFacts, objectFacts, seenFacts } from './fact-causes.ts'
import { documentCauses, readCauses } from './read-causes.ts'
import type { KnownSides } from './sides.ts'

/**
 * Why an add-on is another one: what its profile asks for, what that reads, where it comes from, and what its cluster is. Only
 * the last is a guess, and made where nothing else is found: nobody knows which labels a template reads.
 */
export function contentCauses(change: UnitChange, sides: KnownSides): readonly ChangeCause[] {
  const { cluster, unit } = change
  const was = sides.before.unitOf(cluster, unit)
  const is = sides.after.unitOf(cluster, unit)
  if (!was || !is || was.claim.profile.id !== is.claim.profile.id) return []
  const entries = { before: was.claim, after: is.claim }
  const [before, after] = [sides.before.clusterOf(cluster), sides.after.clusterOf(cluster)]
  const certain = [
    ...entryChanges(entries),
    ...profileChanges(was, is),
    ...readCauses(entries, cluster, sides),
    ...originCauses(was, is),
    ...resolvedCauses(change, was, is),
    ...fileCauses(is, sides.changedFiles),
    ...askedFacts(is, cluster, sides),
  ]
  const version = versionCauses(cluster, sides)
  if (certain.length > 0) return [...certain, ...version]
  const found = [...labelCauses(differingLabels(before, after), cluster, sides), ...version]
  return found.length > 0 ? found : apiFacts(cluster, sides)
}

/** Objects of clusters that the profile reads, or that the events saw which gave it. */
function askedFacts({ claim: { profile } }: PlannedUnit, cluster: string, sides: KnownSides) {
  const own = objectFacts(cluster, [profile.id, writtenId(profile)], sides)
  const [before, after] = [sides.before, sides.after].map(({ plan }) =>
    plan?.events.find(({ profiles }) => profiles.includes(profile.id)),
  )
  if (!after) return own
  const objects = { before: before?.objects ?? [], after: after.objects }
  return [...own, ...seenFacts(after, objects, sides)]
}

/** What a profile says of all its units. */
const commonFields = [
  ...['syncMode', 'stopMatchingBehavior', 'dependsOn', 'templateResourceRefs', 'patches', 'patchesFrom'],
  ...['extraLabels', 'extraAnnotations', 'driftExclusions', 'validateHealths', 'preDeployChecks'],
]

function profileChanges(was: PlannedUnit, is: PlannedUnit): readonly ChangeCause[] {
  const documents = { before: was.claim.profile.document, after: is.claim.profile.document }
  return commonFields.flatMap((field) => {
    const paths = { before: ['spec', field], after: ['spec', field] }
    const [first] = differencesBetween(documents.before, documents.after, paths)
    return first ? [differenceCause(writtenId(is.claim.profile), first, documents)] : []
  })
}

/** Objects that are found by templates, and Flux sources. */
function originCauses(was: PlannedUnit, is: PlannedUnit): readonly ChangeCause[] {
  const [before, after] = [was, is].map(originOf)
  if (!before || !after || before.file.path === '') return []
  const { kind, metadata } = after.value as {
    readonly kind?: string
    readonly metadata?: { readonly namespace?: string; readonly name?: string }
  }
  const { namespace, name = '' } = metadata ?? {}
  return documentCauses(
    `${kind ?? ''} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    before,
    after,
  )
}

function originOf(unit: PlannedUnit) {
  if (unit.kind === 'policy' && unit.origin) return unit.origin
  const origin = sourceOf(unit)?.origin?.document
  return origin === unit.claim.profile.document ? undefined : origin
}

function sourceOf(unit: PlannedUnit): SourceReference | undefined {
  if (unit.kind === 'unresolved') return undefined
  if (unit.kind !== 'policy') return unit.source
  return unit.content.type === 'source' ? unit.content.source : undefined
}

/** One range that gives another version than before. */
function resolvedCauses(
  { before, after }: UnitChange,
  was: PlannedUnit,
  is: PlannedUnit,
): readonly ChangeCause[] {
  const [source, version, former] = [sourceOf(is), after?.chart?.version, before?.chart?.version]
  const isSame = source !== undefined && source.key === sourceOf(was)?.key
  if (!isSame || !('version' in source) || version === undefined || former === undefined) return []
  if (version === former) return []
  const { profile, path } = is.claim
  return [
    {
      text: `chart version ${source.version} is ${version} now, it was ${former}`,
      span: locate(profile.document, [...path, 'chartVersion']),
      side: 'after',
    },
  ]
}

/** Charts and kustomizations of the repository itself. */
function fileCauses(unit: PlannedUnit, changedFiles: readonly string[]): readonly ChangeCause[] {
  const source = sourceOf(unit)
  if (source?.type !== 'repository') return []
  const { profile, path } = unit.claim
  const folder = source.path.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
  const changed = changedFiles.filter((file) => folder === '' || file.startsWith(`${folder}/`))
  const [first, ...others] = changed
  if (first === undefined) return []
  const text =
    others.length === 0
      ? `\`${first}\` changes`
      : `${changed.length} files below \`${folder === '' ? '.' : folder}\` change`
  return [{ text, span: locate(profile.document, path), side: 'after' }]
}

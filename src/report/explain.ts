import { positionOf } from '../diagnostics/position.ts'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import type { Cluster, Profile } from '../intent/types.ts'
import { formatSelector } from '../kubernetes/label-selector.ts'
import type { Manifest, RenderedCluster, RenderedUnit } from '../render/types.ts'
import type { ClassifiedBy, Claim, ClusterPlan, Plan, PlannedLabel, PlannedUnit } from '../resolve/types.ts'
import { classifiedLabelPath, formatReason, labelPath, writtenId, writtenPath } from '../resolve/resolve.ts'
import { locate } from '../source/source.ts'
import type { DocumentPath, SourceDocument } from '../source/types.ts'
import type { Cause, Explanation } from './types.ts'

/** What `fleetwright explain` is asked about. */
export interface ExplainTarget {
  readonly cluster: string
  readonly unit?: string
  /** `<kind>/<name>` or `<kind>/<namespace>/<name>`. */
  readonly object?: string
}

export type ExplainOutcome =
  | { readonly status: 'found'; readonly explanation: Explanation }
  /** The reason is a sentence, with what may have been meant. */
  | { readonly status: 'not-found'; readonly reason: string }

/** `<namespace>/<cluster>[/<unit>[/<kind>/…]]`; undefined for less than a cluster. */
export function parseExplainTarget(text: string): ExplainTarget | undefined {
  const [namespace, name, unit, ...object] = text.replace(/\/+$/, '').split('/')
  if (!namespace || !name) return undefined
  return {
    cluster: `${namespace}/${name}`,
    ...(unit && { unit }),
    ...(object.length > 0 && { object: object.join('/') }),
  }
}

/**
 * The chain of causes of a cluster, a unit or an object: object ← unit ← profile ← selector ← label ← where the label
 * comes from, each with its place. `rendered` is needed for objects only. Pure.
 */
export function explain(
  target: ExplainTarget,
  plan: Plan,
  rendered: readonly RenderedCluster[] = [],
): ExplainOutcome {
  const cluster = plan.clusters.find((one) => one.cluster.id === target.cluster)
  if (cluster === undefined)
    return missing(
      'cluster',
      target.cluster,
      plan.clusters.map((one) => one.cluster.id),
    )
  if (target.unit === undefined) return found(explainCluster(cluster))
  const unit = cluster.units.find(({ name }) => name === target.unit)
  if (unit === undefined)
    return missing(
      `unit of ${target.cluster}`,
      target.unit,
      cluster.units.map(({ name }) => name),
    )
  if (target.object === undefined) return found(explainUnit(cluster, unit, plan.events))
  const units = rendered.find(({ id }) => id === target.cluster)?.units ?? []
  return explainObject(target.object, {
    cluster,
    unit,
    events: plan.events,
    rendered: units.find((one) => one.unit.name === unit.name),
  })
}

function found(explanation: Explanation): ExplainOutcome {
  return { status: 'found', explanation }
}

function missing(what: string, name: string, names: readonly string[]): ExplainOutcome {
  const hint = didYouMean(name, names)
  const list = names.length > 0 && names.length <= 12 ? `; there are ${names.join(', ')}` : ''
  return { status: 'not-found', reason: `there is no ${what} \`${name}\`${hint ? `; ${hint}` : list}` }
}

function explainCluster({ cluster, labels, units, hold, kubeVersion }: ClusterPlan): Explanation {
  return {
    subject: `cluster ${cluster.id}`,
    causes: [
      ...(hold ? [cause(`stays as it is: ${hold.message}`)] : []),
      cause(`Kubernetes ${kubeVersion}`),
      cause(
        'labels',
        undefined,
        labels.map((label) => labelCause(label, cluster)),
      ),
      cause(
        units.length === 0 ? 'no profile selects it' : 'add-ons',
        undefined,
        units.map(({ name, claim }) =>
          cause(
            `${name}: ${claim.profile.id}, ${becauseText(claim)}`,
            placeOf(claim.profile.document, claim.path),
          ),
        ),
      ),
    ],
  }
}

function explainUnit(cluster: ClusterPlan, unit: PlannedUnit, events: Plan['events']): Explanation {
  return { subject: `${unit.name} on ${cluster.cluster.id}`, causes: unitCauses(cluster, unit, events) }
}

function unitCauses(cluster: ClusterPlan, unit: PlannedUnit, events: Plan['events']): Cause[] {
  const { claim, hold, dependsOn } = unit
  const { profile } = claim
  const lost = cluster.conflicts.filter(
    ({ owner }) => owner.profile.id === profile.id && owner.path === claim.path,
  )
  return [
    ...(hold ? [cause(`stays as it is: ${hold.message}`)] : []),
    cause(
      `asked for by ${profile.id}, ${formatPath(claim.path)}, tier ${claim.tier}`,
      placeOf(profile.document, claim.path),
      [
        selectionCause(cluster, claim),
        ...eventCauses(profile, events),
        ...lost.map(({ what, loser }) =>
          cause(
            `owns ${what} before ${loser.profile.id}, tier ${loser.tier}`,
            placeOf(loser.profile.document, loser.path),
          ),
        ),
      ],
    ),
    ...(dependsOn.length > 0 ? [cause(`comes after ${dependsOn.join(', ')}`)] : []),
  ]
}

/** ClusterProfile ← EventTrigger ← EventSource ← what it saw. */
function eventCauses(profile: Profile, events: Plan['events']): Cause[] {
  const row = events.find(({ profiles }) => profiles.includes(profile.id))
  if (row === undefined) return []
  const { trigger, source, cluster, document, objects } = row
  const one = profile.id.split('#')[1]
  const seen = one === undefined ? objects : objects.filter((object) => isNamed(object, one))
  return [
    cause(
      `ClusterProfile ${profile.name}, generated by ${trigger}`,
      placeOf(profile.document, ['metadata', 'name']),
      [
        cause(
          `from what ${source} sees`,
          document && placeOf(document, ['metadata', 'name']),
          seen.map((object) => cause(`${object} in ${cluster}`)),
        ),
      ],
    ),
  ]
}

/** `Service default/web` is `Service/default/web` in an id, or `Service.<group>/…`; a CloudEvent has source and subject. */
function isNamed(object: string, id: string): boolean {
  const plain = id.replace(/^(\w+)\.[^/]+/, '$1').replace(/\/$/, '')
  return object.replaceAll(' ', '/') === plain.replaceAll(' ', '/')
}

function selectionCause(cluster: ClusterPlan, claim: Claim): Cause {
  const { profile, because } = claim
  const place = (path: DocumentPath): string => placeOf(profile.document, writtenPath(profile, path))
  if (because.kind === 'cluster-ref') return cause(becauseText(claim), place(['spec', 'clusterRefs']))
  if (because.kind !== 'selector') return cause(becauseText(claim), place(['spec']))
  const { clusterSelector } = profile.spec
  const keys = new Set([
    ...Object.keys(clusterSelector?.matchLabels ?? {}),
    ...(clusterSelector?.matchExpressions ?? []).map(({ key }) => key),
  ])
  const labels = [...keys].sort().map((key) => {
    const label = cluster.labels.find((one) => one.key === key)
    return label ? labelCause(label, cluster.cluster) : cause(`the cluster has no label ${key}`)
  })
  return cause(becauseText(claim), place(['spec', 'clusterSelector']), labels)
}

function becauseText({ profile, because }: Claim): string {
  switch (because.kind) {
    case 'selector':
      return `selects it by ${formatSelector(profile.spec.clusterSelector ?? { matchLabels: {}, matchExpressions: [] })}`
    case 'cluster-ref':
      return writtenId(profile) === profile.id ? 'names it in clusterRefs' : 'is for it'
    case 'set':
      return `selects it through ${because.set}`
    case 'dependency':
      return `is there because ${because.of} depends on it`
  }
}

function labelCause({ key, value, origin }: PlannedLabel, cluster: Cluster): Cause {
  const text = `label ${key}=${value}`
  if (origin === 'observed') return cause(`${text}, observed in the management cluster`)
  if (origin === 'what-if') return cause(`${text}, supposed by --what-if`)
  if (origin !== 'written') return cause(text, undefined, [classifierCause(key, origin)])
  return cause(text, cluster.document && placeOf(cluster.document, labelPath(cluster, key)))
}

function classifierCause(key: string, { classifier, document, because }: ClassifiedBy): Cause {
  return cause(
    `set by ${classifier}`,
    placeOf(document, classifiedLabelPath(document, key)),
    because.map((reason) =>
      cause(formatReason(reason), 'path' in reason ? placeOf(document, reason.path) : undefined),
    ),
  )
}

interface Found {
  readonly cluster: ClusterPlan
  readonly unit: PlannedUnit
  readonly events: Plan['events']
  readonly rendered: RenderedUnit | undefined
}

function explainObject(name: string, { cluster, unit, events, rendered }: Found): ExplainOutcome {
  const result = rendered?.result
  if (result?.status !== 'rendered') {
    const reason = result?.status === 'held' ? `: ${result.hold.message}` : ''
    return { status: 'not-found', reason: `${unit.name} was not rendered${reason}` }
  }
  const object = result.manifests.find((manifest) => namesOf(manifest).includes(name))
  if (object === undefined)
    return missing(
      `object of ${unit.name}`,
      name,
      result.manifests.map((manifest) => namesOf(manifest)[0] ?? ''),
    )
  const { chart } = result.record
  const by = chart ? ` by chart ${chart.name} ${chart.version}` : ''
  return found({
    subject: `${namesOf(object)[0] ?? ''} of ${unit.name} on ${cluster.cluster.id}`,
    causes: [cause(`rendered${by}`, object.source, unitCauses(cluster, unit, events))],
  })
}

/** How a person may write an object, the full form first. */
function namesOf({ kind, namespace, name }: Manifest): string[] {
  return [...(namespace === undefined ? [] : [`${kind}/${namespace}/${name}`]), `${kind}/${name}`]
}

/** `spec.helmCharts[0]` */
function formatPath(path: DocumentPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '')
}

function placeOf(document: SourceDocument, path: DocumentPath): string {
  const span = locate(document, path)
  const { line, column } = positionOf(span.file, span.start)
  return `${span.file.path}:${line}:${column}`
}

function cause(text: string, place?: string, causes: readonly Cause[] = []): Cause {
  return { text, ...(place !== undefined && { place }), causes }
}

import type { ChangeCause, ObjectFold, ObjectPlace, UnitFold, UnitSummary } from '../../compare/types.ts'
import { countOf } from '../review/counts.ts'
import { placeOf } from '../review/danger-list.ts'
import type { MarkName } from './cluster-name.ts'
import type { ClusterReference, ClusterSets } from './cluster-sets.ts'
import { dangerWords, type DangersOfFolds } from './danger-view.ts'
import { wholeBlocks, type DiffBlock } from './diff-blocks.ts'
import { viewFields, type FieldContext, type FieldViews } from './field-view.ts'
import { markOf, type ChangeMark } from './marks.ts'
import { toProse, type Prose } from './prose.ts'
import { nameOfFirst, type NameUnit } from './unit-names.ts'

/** One change of an add-on in all clusters that have it. */
export interface FoldView {
  /** Fragment of the page, `f3`. */
  readonly id: string
  readonly number: number
  readonly unit: string
  readonly mark: ChangeMark
  /** `grafana 8.1.0 → 8.2.0, app 11.2 → 11.3`. */
  readonly versions: string
  /** `ClusterProfile/a`, or both where the owner changes. */
  readonly owners: string
  readonly clusters: ClusterReference
  readonly counts: string
  readonly dangers: string
  readonly images: readonly {
    readonly before: string
    readonly after: string
    readonly clusters: ClusterReference | undefined
  }[]
  readonly causes: readonly CauseView[]
  readonly objects: readonly ObjectView[]
  readonly routineObjects: readonly ObjectView[]
}

interface CauseView {
  readonly text: Prose
  readonly place: string | undefined
  /** It held before the change alone. */
  readonly isFormer: boolean
  /** Of all clusters of the fold, where none are named. */
  readonly clusters: ClusterReference | undefined
  readonly number: number
}

export interface ObjectView {
  readonly id: string
  readonly mark: ChangeMark
  readonly apiVersion: string
  readonly kind: string
  readonly path: string
  readonly source: string
  /** `monitoring/grafana`. */
  readonly name: string
  /** Where it was or what it was called. */
  readonly from: string
  /** The cluster that calls it so, where others may call it after themselves. */
  readonly example: string
  readonly number: number
  readonly clusters: ClusterReference | undefined
  readonly dangers: string
  readonly isDelivery: boolean
  readonly count: string
  readonly fields: FieldViews
  /** Of one that comes or goes. */
  readonly whole: readonly DiffBlock[]
}

export interface FoldContext {
  readonly sets: ClusterSets
  readonly dangers: DangersOfFolds
  /** Before the fragment of every fold, so that those of upgrades differ. */
  readonly prefix: string
  readonly nameUnit: NameUnit
  readonly markName: MarkName
}

export function viewFold(fold: UnitFold, index: number, context: FoldContext): FoldView {
  const { sets, dangers, prefix, nameUnit, markName } = context
  const within = referWithin(fold.clusters, sets)
  const id = `${prefix}f${index}`
  const objects = fold.objects.map((object, at) => ({
    isRoutine: object.routine,
    view: viewObject(object, {
      id: `${id}-o${at}`,
      ...{ within, sets, markName },
      dangers: dangerWords(dangers.ofObject(index, at)),
    }),
  }))
  const ofKind = (isRoutine: boolean): readonly ObjectView[] =>
    objects.filter((object) => object.isRoutine === isRoutine).map(({ view }) => view)
  return {
    ...{ id, number: index, unit: nameOfFirst(fold, nameUnit), mark: markOf(fold) },
    versions: describeVersions(fold.before, fold.after),
    owners: describeOwners(fold),
    clusters: sets.refer(fold.clusters),
    counts: countObjects(fold.objects),
    dangers: dangerWords(dangers.ofFold(index)),
    images: fold.images.map(({ image, clusters }) => ({
      ...{ before: image.before ?? '', after: image.after ?? '' },
      ...within(clusters),
    })),
    causes: fold.causes.map(({ cause, clusters }) => ({
      ...viewCause(cause),
      ...within(clusters),
      number: sets.numberOf(clusters),
    })),
    objects: ofKind(false),
    routineObjects: ofKind(true),
  }
}

type Within = (clusters: readonly string[]) => { readonly clusters: ClusterReference | undefined }

/** Clusters are named only where they are not all that the reader has been told of already. */
function referWithin(all: readonly string[], sets: ClusterSets): Within {
  const whole = sets.numberOf(all)
  return (clusters) => ({
    clusters: sets.numberOf(clusters) === whole ? undefined : sets.refer(clusters),
  })
}

function viewCause({ text, span, side }: ChangeCause): Omit<CauseView, 'clusters' | 'number'> {
  return { text: toProse(text), isFormer: side === 'before', place: placeOf(span) }
}

interface ObjectContext extends FieldContext {
  readonly id: string
  readonly within: Within
  readonly dangers: string
}

const nowhere: ObjectPlace = { apiVersion: '', kind: 'object', name: '', path: '', unit: '' }

function viewObject(fold: ObjectFold, context: ObjectContext): ObjectView {
  const { id, within, sets, dangers, markName } = context
  const place = fold.after ?? fold.before ?? nowhere
  const name = nameOf(place)
  const [first] = fold.clusters.length > 1 ? fold.clusters : []
  const fields = viewFields(fold, context)
  const side = fold.change === 'added' || fold.change === 'removed' ? fold.change : undefined
  return {
    ...{ id, dangers, fields },
    ...{
      apiVersion: place.apiVersion,
      kind: place.kind,
      path: first === undefined ? place.path : withoutCluster(place.path, first),
      source: place.source ?? '',
    },
    mark: markOf(fold),
    name,
    from: formerPlace(fold),
    example: first !== undefined && markName(first, name) !== name ? first : '',
    number: sets.numberOf(fold.clusters),
    ...within(fold.clusters),
    isDelivery: fold.delivery === true,
    count: side === undefined ? countOf(fields.news.length + fields.routine.length, 'field') : '',
    whole: side && fold.value ? wholeBlocks(side === 'added' ? 'ins' : 'del', fold.value) : [],
  }
}

/** The path is that of the first cluster; every other one has its own folder there. */
function withoutCluster(path: string, cluster: string): string {
  return path.replace(`/${cluster}/`, () => '/⟨cluster⟩/')
}

function nameOf({ namespace, name }: ObjectPlace): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

function formerPlace({ change, before, after }: ObjectFold): string {
  if (!before || !after) return ''
  if (change === 'moved') return `unit ${before.unit}`
  return change === 'renamed' ? nameOf(before) : ''
}

function describeVersions(before: UnitSummary | undefined, after: UnitSummary | undefined): string {
  const chart = after?.chart ?? before?.chart
  if (!chart) return ''
  const versions = arrow(before?.chart?.version, after?.chart?.version)
  const apps = arrow(before?.chart?.appVersion, after?.chart?.appVersion)
  const names = arrow(before?.chart?.name, after?.chart?.name)
  return `${names} ${versions}${apps === '' ? '' : `, app ${apps}`}`
}

function describeOwners({ before, after }: UnitFold): string {
  return arrow(before?.profile, after?.profile)
}

/** `1.0 → 1.1`, or the one where there is no other. */
function arrow(before: string | undefined, after: string | undefined): string {
  const sides = [...new Set([before, after])].filter((side) => side !== undefined && side !== '')
  return sides.join(' → ')
}

/** `2 added, 12 changed (9 routine)`. */
function countObjects(objects: readonly ObjectFold[]): string {
  const routine = objects.filter((object) => object.routine).length
  return (['added', 'removed', 'renamed', 'moved', 'changed'] as const)
    .map((change) => ({ change, count: objects.filter((object) => object.change === change).length }))
    .filter(({ count }) => count > 0)
    .map(
      ({ change, count }) =>
        `${count} ${change}${change === 'changed' && routine > 0 ? ` (${routine} routine)` : ''}`,
    )
    .join(', ')
}

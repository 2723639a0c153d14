import { formatFieldPath } from '../../compare/compare.ts'
import type { Danger, DangerRule, ObjectFold, ObjectPlace, UnitFold } from '../../compare/types.ts'
import { placeOf, type ListedDanger } from '../review/danger-list.ts'
import type { ClusterReference, ClusterSets } from './cluster-sets.ts'
import { toProse, type Prose } from './prose.ts'
import { nameOfFirst, type NameUnit } from './unit-names.ts'

export interface DangerView {
  readonly rule: DangerRule
  readonly severity: Danger['severity']
  /** It comes once clusters have the versions that the change writes. */
  readonly isLater: boolean
  readonly message: Prose
  /** Absent where it concerns the repository. */
  readonly clusters: ClusterReference | undefined
  readonly unit: string
  readonly path: string
  /** `fleet/monitoring.yaml:12`. */
  readonly place: string | undefined
  /** It stood there before the change alone. */
  readonly isFormer: boolean
  /** Where the page shows the change that it is about. */
  readonly target: { readonly id: string; readonly fold: number } | undefined
}

export interface DangerContext {
  readonly sets: ClusterSets
  readonly found: DangersOfFolds
  readonly nameUnit: NameUnit
}

export function viewDanger({ danger, later }: ListedDanger, context: DangerContext): DangerView {
  const { rule, severity, message, clusters, path } = danger
  const target = context.found.targetOf(danger)
  return {
    ...{ rule, severity, message: toProse(message), isLater: later },
    clusters: clusters.length === 0 ? undefined : context.sets.refer(clusters),
    unit: nameOfFirst(danger, context.nameUnit),
    path: path === undefined || path.length === 0 ? '' : formatFieldPath(path),
    place: placeOf(danger.span),
    isFormer: danger.side === 'before',
    target: target && { id: targetId(target), fold: target.fold },
  }
}

function targetId({ fold, object }: { readonly fold: number; readonly object?: number }): string {
  return object === undefined ? `f${fold}` : `f${fold}-o${object}`
}

/** Dangers of each fold and of each of its objects, by their indices. */
export interface DangersOfFolds {
  ofFold(fold: number): readonly Danger[]
  ofObject(fold: number, object: number): readonly Danger[]
  /** The first change that a danger is about. */
  targetOf(danger: Danger): { readonly fold: number; readonly object?: number } | undefined
}

/** Finds of each danger the changes of its unit, in any of its clusters, and among them the very object where it names one. */
export function assignDangers(
  dangers: readonly Danger[],
  folds: readonly UnitFold[],
  nameUnit: NameUnit,
): DangersOfFolds {
  const byUnit = Map.groupBy(
    folds.map((fold, index) => ({ fold, index })),
    ({ fold }) => nameOfFirst(fold, nameUnit),
  )
  const ofFolds = folds.map((): Danger[] => [])
  const ofObjects = new Map<string, Danger[]>()
  const targets = new Map<Danger, { readonly fold: number; readonly object?: number }>()
  for (const danger of dangers) {
    const clusters = new Set(danger.clusters)
    for (const { fold, index } of byUnit.get(nameOfFirst(danger, nameUnit)) ?? []) {
      if (!fold.clusters.some((cluster) => clusters.has(cluster))) continue
      ofFolds[index]?.push(danger)
      const object = fold.objects.findIndex((one) => isAbout(danger, clusters, one))
      const known = targets.get(danger)
      if (!known || (known.object === undefined && object !== -1))
        targets.set(danger, { fold: index, ...(object !== -1 && { object }) })
      if (object === -1) continue
      const key = `${index} ${object}`
      ofObjects.set(key, [...(ofObjects.get(key) ?? []), danger])
    }
  }
  return {
    ofFold: (fold) => ofFolds[fold] ?? [],
    ofObject: (fold, object) => ofObjects.get(`${fold} ${object}`) ?? [],
    targetOf: (danger) => targets.get(danger),
  }
}

function isAbout({ object }: Danger, clusters: ReadonlySet<string>, fold: ObjectFold): boolean {
  if (!object || !fold.clusters.some((cluster) => clusters.has(cluster))) return false
  return [fold.before, fold.after].some((place) => place && isSame(place, object))
}

/** By identity and not by path, which is that of one cluster. */
function isSame(one: ObjectPlace, other: ObjectPlace): boolean {
  return (
    one.apiVersion === other.apiVersion &&
    one.kind === other.kind &&
    one.namespace === other.namespace &&
    one.name === other.name
  )
}

/** What the filters of the page look for: severity and rule of each, once. */
export function dangerWords(dangers: readonly Danger[]): string {
  return [...new Set(dangers.flatMap(({ severity, rule }) => [severity, rule]))].sort().join(' ')
}

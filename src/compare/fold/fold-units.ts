import { compareText } from '../../kubernetes/text-order.ts'
import { lookInsideAll } from '../fields/look-inside.ts'
import type { ChangeCause, ImageChange, ObjectFold, UnitChange, UnitFold, UnitSummary } from '../types.ts'
import type { FieldOptions } from '../units/compare-fields.ts'
import { compareChanges } from '../units/object-identity.ts'
import type { Blank } from './cluster-words.ts'
import { foldFields } from './fold-fields.ts'
import { foldWholes } from './fold-wholes.ts'
import { groupAcrossClusters } from './group-across-clusters.ts'
import { groupObjects, type ObjectGroup } from './object-groups.ts'

/**
 * Puts changes together that are alike in several clusters, so that many clusters read like one. Nothing is lost: every
 * object of every change is in one fold, with its cluster and its values.
 */
export async function foldChanges(
  changes: readonly UnitChange[],
  blank: Blank,
  options: FieldOptions,
): Promise<readonly UnitFold[]> {
  const groups = groupAcrossClusters(changes, unitLines, blank).map((units) => ({
    units,
    objects: groupObjects(units, { blank, listKeys: options.listKeys }),
  }))
  const wholes = groups.flatMap(({ objects }) => objects.filter(isWhole))
  const lists = wholes.flatMap(({ variants }) => variants.map(({ fields }) => fields))
  const complete = new Map((await lookInsideAll(lists, options)).map((list, index) => [lists[index], list]))
  const withInside = (group: ObjectGroup): ObjectGroup => ({
    ...group,
    variants: group.variants.map((variant) => ({
      ...variant,
      fields: complete.get(variant.fields) ?? variant.fields,
    })),
  })
  return groups
    .flatMap(({ units, objects }) => {
      const [first] = units
      const folds = objects.map((group) => toObjectFold(isWhole(group) ? withInside(group) : group, blank))
      return first ? [toUnitFold(first, units, folds)] : []
    })
    .sort(compareFolds)
}

function isWhole({ first }: ObjectGroup): boolean {
  return first.object.value !== undefined
}

function unitLines({ unit, change, before, after, routine }: UnitChange): readonly string[] {
  const summary = (one: UnitSummary | undefined): string =>
    JSON.stringify([one?.kind, one?.profile, one?.chart?.name, one?.chart?.version, one?.chart?.appVersion])
  return [
    `${change} ${routine ? 'routine' : ''} ${JSON.stringify(unit)}`,
    `before ${summary(before)}`,
    `after ${summary(after)}`,
  ]
}

function toObjectFold({ first, variants }: ObjectGroup, blank: Blank): ObjectFold {
  const { change, before, after, routine, delivery, value } = first.object
  const [base, ...others] = variants
  return {
    change,
    ...(before && { before }),
    ...(after && { after }),
    clusters: variants.flatMap(({ clusters }) => clusters).sort(compareText),
    routine,
    ...(delivery && { delivery }),
    fields:
      value === undefined
        ? foldFields(variants, blank)
        : foldWholes(base?.clusters ?? [], others, after ? 'after' : 'before'),
    ...(value && { value }),
  }
}

function toUnitFold(
  first: UnitChange,
  units: readonly UnitChange[],
  objects: readonly ObjectFold[],
): UnitFold {
  const { unit, change, before, after, routine } = first
  return {
    ...{ unit, change },
    ...(before && { before }),
    ...(after && { after }),
    clusters: units.map(({ cluster }) => cluster).sort(compareText),
    routine,
    images: foldImages(units),
    objects: objects.toSorted(compareObjectFolds),
    causes: foldCauses(units),
  }
}

function foldImages(units: readonly UnitChange[]): UnitFold['images'] {
  const all = units.flatMap(({ cluster, images }) => images.map((image) => ({ cluster, image })))
  const textOf = ({ before = '', after = '' }: ImageChange): string => `${before}\0${after}`
  return [...Map.groupBy(all, ({ image }) => textOf(image))]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, group]) => {
      const [first] = group
      return first ? [{ image: first.image, clusters: clustersOf(group) }] : []
    })
}

/** Clusters have their labels in files of their own: one sentence with many places is one cause. */
function foldCauses(units: readonly UnitChange[]): UnitFold['causes'] {
  const all = units.flatMap(({ cluster, causes }) =>
    causes.map((cause, position) => ({ cluster, cause, position })),
  )
  const textOf = ({ side, text }: ChangeCause): string => `${side} ${text}`
  return [...Map.groupBy(all, ({ cause }) => textOf(cause)).values()]
    .flatMap((group) => {
      const [first] = group
      const position = Math.min(...group.map((one) => one.position))
      return first ? [{ cause: first.cause, clusters: clustersOf(group), position }] : []
    })
    .sort(
      (a, b) =>
        a.position - b.position ||
        b.clusters.length - a.clusters.length ||
        compareText(textOf(a.cause), textOf(b.cause)),
    )
    .map(({ cause, clusters }) => ({ cause, clusters }))
}

function clustersOf(group: readonly { readonly cluster: string }[]): readonly string[] {
  return [...new Set(group.map(({ cluster }) => cluster))].sort(compareText)
}

const order = { lost: 0, gained: 1, moved: 2, changed: 3 }

/** Where add-ons are comes first, then what changes, then what every release changes. */
function compareFolds(a: UnitFold, b: UnitFold): number {
  return (
    Number(a.routine) - Number(b.routine) ||
    order[a.change] - order[b.change] ||
    compareText(a.unit, b.unit) ||
    b.clusters.length - a.clusters.length ||
    compareText(a.clusters[0] ?? '', b.clusters[0] ?? '')
  )
}

/** News first. */
function compareObjectFolds(a: ObjectFold, b: ObjectFold): number {
  return (
    Number(a.routine) - Number(b.routine) ||
    compareChanges(a, b) ||
    b.clusters.length - a.clusters.length ||
    compareText(a.clusters[0] ?? '', b.clusters[0] ?? '')
  )
}

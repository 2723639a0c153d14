import { Buffer } from 'node:buffer'
import type { CompiledTemplates } from '../template-port.ts'
import { countOf, formatNumber, listOf } from './counts.ts'
import { commentModel, fullLevels, type CommentSource, type Levels } from './models/comment-model.ts'
import {
  addOnLineModel,
  objectModel,
  unitLineModel,
  unitModel,
  type UnitLineModel,
  type UnitsModel,
} from './models/units-model.ts'
import { objectTitle, type ObjectView } from './object-view.ts'
import { countObjects, describeExtent, type UnitView } from './unit-view.ts'

/** How much of what there is a text tells. What is shown and what is summarised are all that there is. */
export interface Told {
  /** Object changes; one in three clusters counts three times, as in the totals. */
  readonly objects: {
    readonly all: number
    readonly shown: number
    readonly summarised: number
    /** Among the summarised ones. */
    readonly routine: number
  }
  /** Add-ons that change alike on some clusters. */
  readonly units: { readonly all: number; readonly shown: number; readonly summarised: number }
  readonly dangers: { readonly all: number; readonly named: number; readonly summarised: number }
}

export interface FittedText {
  readonly text: string
  readonly told: Told
}

export interface FitOptions {
  readonly templates: CompiledTemplates
  /** In bytes of UTF-8: a text that keeps it keeps every other measure of its length too. */
  readonly limit: number
  readonly link: string | undefined
}

/**
 * Where there is no room for all, sections tell less, in this order: routine changes, diffs, then names and places of what
 * is dangerous or wrong, at last the table of add-ons. Diffs come before all of them to go, since each is only told with the
 * room that everything else leaves.
 */
const ladder: readonly Partial<Levels>[] = [
  { routineLines: false },
  { units: 'add-ons' },
  { units: 'number' },
  { faults: 'messages', mostReasons: 20 },
  { dangers: 'named' },
  { upgrades: 'lines' },
  { namesShare: 0.05 },
  { namesShare: 0 },
  { mostRows: 200, mostReasons: 5 },
  { upgrades: 'steps', faults: 'codes' },
  { dangers: 'rules' },
  { mostRows: 40 },
  { mostRows: 10, mostReasons: 1 },
  { mostRows: 0 },
]

/** A text within the limit, never cut: what has no room is summarised. Undefined where even that has none. */
export function fitComment(source: CommentSource, options: FitOptions): FittedText | undefined {
  const { limit } = options
  let levels = fullLevels
  let base = print(source, levels, new Map(), options)
  for (const step of ladder) {
    if (sizeOf(base.text) <= limit) break
    levels = { ...levels, ...step }
    base = print(source, levels, new Map(), options)
  }
  if (sizeOf(base.text) > limit) return undefined
  const wanted = rankObjects(source, options)
  let room = limit - sizeOf(base.text)
  // A template may put more around a diff than was counted.
  for (let attempt = 0; attempt < 6 && room > 0; attempt += 1) {
    const shown = choose(wanted, room)
    if (shown.size === 0) return base
    const printed = print(source, levels, shown, options)
    const excess = sizeOf(printed.text) - limit
    if (excess <= 0) return printed
    room -= Math.max(excess, 256) * (attempt + 1)
  }
  return base
}

export function sizeOf(text: string): number {
  return Buffer.byteLength(text)
}

type Shown = ReadonlyMap<UnitView, readonly ObjectView[]>

function print(source: CommentSource, levels: Levels, shown: Shown, options: FitOptions): FittedText {
  const { templates, limit, link } = options
  const told = tellOf(source, levels, shown)
  const model = commentModel(source, {
    ...{ levels, limit, link },
    units: unitsModel(source, levels, shown),
    told: describeTold(told),
  })
  return { text: templates.render('comment.md.hbs', model), told }
}

function unitsModel(
  { views, review }: CommentSource,
  { units }: Levels,
  shown: Shown,
): UnitsModel | undefined {
  if (views.length === 0) return undefined
  const others = views.filter((view) => !shown.has(view))
  return {
    open: views.flatMap((view) => {
      const objects = shown.get(view)
      return objects === undefined ? [] : [unitModel(view, objects, review)]
    }),
    lines:
      units === 'number' || others.length === 0 ? undefined : linesOf(others, review, units === 'add-ons'),
    rest:
      units === 'number' && others.length > 0
        ? `${countOf(new Set(others.map(({ fold }) => fold.unit)).size, shown.size === 0 ? 'add-on' : 'more add-on')}: ${describeExtent(others.map(({ fold }) => fold))}.`
        : undefined,
  }
}

function linesOf(
  views: readonly UnitView[],
  review: CommentSource['review'],
  isByAddOn: boolean,
): readonly UnitLineModel[] {
  if (!isByAddOn) return views.map((view) => unitLineModel(view, review))
  return [...Map.groupBy(views, ({ fold }) => fold.unit)].map(([unit, group]) =>
    addOnLineModel(unit, group, review),
  )
}

interface WantedObject {
  readonly view: UnitView
  /** Absent for an add-on of which no object has news. */
  readonly object?: ObjectView
  readonly size: () => number
  readonly opening: () => number
}

/**
 * Objects that a danger is about first, whole objects that go last, the small ones first within: so the largest are those
 * that have no room.
 */
function rankObjects(source: CommentSource, { templates }: FitOptions): readonly WantedObject[] {
  const { review, views, dangers } = source
  const dangerous = new Set(
    dangers.flatMap(({ danger: { unit, object } }) =>
      object === undefined ? [] : [`${unit ?? object.unit}\n${objectTitle(object)}`],
    ),
  )
  const ranked = views.flatMap((view) => {
    const opening = once(() => sizeOf(templates.render('unit.md.hbs', unitModel(view, [], review))) + 2)
    const objects = view.objects.map((object) => ({
      ...{ view, object, opening },
      size: once(() => sizeOf(templates.render('object.md.hbs', objectModel(object, view.fold, review)))),
      rough: roughSize(object),
      rank:
        object.fold.change === 'removed' ? 2 : dangerous.has(`${view.fold.unit}\n${object.title}`) ? 0 : 1,
    }))
    return objects.length > 0 ? objects : [{ view, opening, size: () => 0, rough: 0, rank: 1 }]
  })
  return ranked.sort((a, b) => a.rank - b.rank || a.rough - b.rough)
}

function roughSize({ lines, tables }: ObjectView): number {
  const cells = tables.flatMap(({ rows }) => rows)
  return (
    lines.reduce((sum, { text }) => sum + text.length + 3, 0) +
    cells.reduce((sum, { before, after }) => sum + before.length + after.length + 40, 0)
  )
}

/** As many as there is room for, in their order. */
function choose(wanted: readonly WantedObject[], room: number): Shown {
  const shown = new Map<UnitView, ObjectView[]>()
  let left = room
  let misses = 0
  for (const { view, object, size, opening } of wanted) {
    const known = shown.get(view)
    const needed = size() + (known === undefined ? opening() : 0)
    if (needed > left) {
      misses += 1
      // They only get larger.
      if (misses > 50) break
      continue
    }
    left -= needed
    shown.set(view, [...(known ?? []), ...(object === undefined ? [] : [object])])
  }
  return shown
}

function once(measure: () => number): () => number {
  let known: number | undefined
  return () => (known ??= measure())
}

function tellOf({ review, views, routine, dangers }: CommentSource, levels: Levels, shown: Shown): Told {
  const { folds } = review.comparison
  const all = folds.reduce((sum, { objects }) => sum + countObjects(objects), 0)
  const objects = [...shown.values()].flat().map(({ fold }) => fold)
  const told = countObjects(objects)
  const routineObjects = folds.flatMap((fold) => fold.objects.filter((object) => object.routine))
  const named = levels.dangers === 'rules' ? 0 : dangers.length
  return {
    objects: { all, shown: told, summarised: all - told, routine: countObjects(routineObjects) },
    units: {
      all: views.length + routine.length,
      shown: shown.size,
      summarised: views.length + routine.length - shown.size,
    },
    dangers: { all: dangers.length, named, summarised: dangers.length - named },
  }
}

/** `Shown are 120 of 1,504 changes of objects; the other 1,384 are summarised.` */
function describeTold({ objects, dangers }: Told): string | undefined {
  const parts = [
    ...(objects.summarised > 0
      ? [
          `${formatNumber(objects.shown)} of ${countOf(objects.all, 'change')} of objects ${objects.shown === 1 ? 'is' : 'are'} shown, ${formatNumber(objects.summarised)} summarised${objects.routine > 0 ? ` (${formatNumber(objects.routine)} of them routine)` : ''}`,
        ]
      : []),
    ...(dangers.summarised > 0 ? [`${countOf(dangers.summarised, 'danger')} summarised by rule`] : []),
  ]
  return parts.length === 0 ? undefined : `In this text ${listOf(parts)}.`
}

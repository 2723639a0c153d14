import { createNameMarker } from '../page/cluster-name.ts'
import { countOf } from './counts.ts'
import { placeOf } from './danger-list.ts'
import { describeRoutine, type ObjectView, type ViewLine } from './object-view.ts'
import { namesInLine, type Colors, type TextContext } from './text-context.ts'
import { describeRoutineObjects, viewUnit, type UnitView } from './unit-view.ts'
import { visibleText } from './visible-text.ts'

/** Without `details`. */
const folded = { mostLines: 20, mostRows: 10, mostObjects: 40 }

/** Add-ons with their causes, images and objects; routine ones at the end in a line each. */
export function formatUnits(context: TextContext): string {
  const { review, details } = context
  const options = { ...(!details && folded), markName: createNameMarker() }
  const { folds } = review.comparison
  let room = details ? Infinity : folded.mostObjects
  const news = folds.filter(({ routine }) => !routine)
  const texts = news.map((fold) => {
    const view = viewUnit(fold, options)
    const text = formatUnit(view, room, context)
    room = Math.max(0, room - view.objects.length)
    return text
  })
  const routine = folds
    .filter((fold) => fold.routine)
    .map((fold) => formatRoutineUnit(viewUnit(fold), context))
  return [...texts, ...(routine.length > 0 ? [routine.join('\n')] : [])].join('\n\n')
}

function headOf({ fold, change, step, extent }: UnitView): string {
  return visibleText(`${fold.unit} ${change}${step === undefined ? '' : ` ${step}`} · ${extent}`)
}

function formatUnit(view: UnitView, room: number, context: TextContext): string {
  const { colors } = context
  const { fold, objects, routine } = view
  const shown = objects.length <= room ? objects : objects.slice(0, room)
  const some = (clusters: readonly string[]): string =>
    clusters.length === fold.clusters.length ? '' : ` (${namesInLine(clusters, context, 40)})`
  const rest = objects.length - shown.length
  return [
    colors.bold(headOf(view)),
    `  ${namesInLine(fold.clusters, context, 2)}`,
    ...fold.causes.map(({ cause, clusters }) => {
      const place = placeOf(cause.span)
      return `  because ${visibleText(cause.text)}${place === undefined ? '' : ` · ${visibleText(place)}`}${some(clusters)}`
    }),
    ...fold.images.map(
      ({ image: { before = 'none', after = 'none' }, clusters }) =>
        `  image ${visibleText(before)} → ${visibleText(after)}${some(clusters)}`,
    ),
    ...shown.flatMap((object) => formatObject(object, some(object.fold.clusters), context)),
    ...(rest > 0 ? [`  and ${countOf(rest, 'more object')}`] : []),
    ...(routine.objects > 0 ? [colors.dim(`  ${describeRoutineObjects(routine) ?? ''}`)] : []),
  ].join('\n')
}

function formatObject(view: ObjectView, where: string, context: TextContext): readonly string[] {
  const { fold, title, from, lines, tables, routine } = view
  const { colors } = context
  const origin = from === undefined ? '' : ` from ${from}`
  const sides = (before: string, after: string): readonly string[] => [
    ...(before === '' ? [] : [`    ${colors.red(`- ${visibleText(before)}`)}`]),
    ...(after === '' ? [] : [`    ${colors.green(`+ ${visibleText(after)}`)}`]),
  ]
  return [
    `  ${colors.bold(visibleText(title))} ${fold.change}${visibleText(origin)}${where}`,
    ...lines.map((line) => `    ${paint(line, colors)}`),
    ...tables.flatMap(({ path, rows, more }) => [
      `    ${colors.cyan(`@@ ${visibleText(path)}`)}`,
      ...rows.flatMap(({ before, after, joined, clusters }) => [
        `    ${colors.dim(namesInLine(clusters, context, 8))}`,
        ...(joined === undefined ? sides(before, after) : [`      ${visibleText(joined)}`]),
      ]),
      ...(more.rows > 0
        ? [`    and ${countOf(more.rows, 'more row')} of ${countOf(more.clusters, 'cluster')}`]
        : []),
    ]),
    ...(routine.size > 0 ? [colors.dim(`    ${describeRoutine(routine)}`)] : []),
  ]
}

function paint({ mark, text }: ViewLine, colors: Colors): string {
  const shown = visibleText(text, '\t')
  if (mark === '@') return colors.cyan(`@@ ${shown}`)
  if (mark === '-') return colors.red(`- ${shown}`)
  return mark === '+' ? colors.green(`+ ${shown}`) : `  ${shown}`
}

function formatRoutineUnit(view: UnitView, { colors }: TextContext): string {
  const routine = describeRoutineObjects(view.routine)
  return colors.dim(`${headOf(view)}${routine === undefined ? '' : ` · ${routine}`}`)
}

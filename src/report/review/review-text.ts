import pc from 'picocolors'
import { formatFieldPath } from '../../compare/compare.ts'
import { formatAge } from '../age.ts'
import { formatTable } from '../table.ts'
import type { Review } from '../types.ts'
import { countOf, formatNumber } from './counts.ts'
import { listDangers, placeOf } from './danger-list.ts'
import { describeSchemas } from './describe-schemas.ts'
import { listFaults } from './fault-list.ts'
import { headingOf, describeSides } from './headings.ts'
import { listHeld, namesOfHeld } from './held-list.ts'
import { describeBrake } from './models/held-model.ts'
import { placementRows, versionOfChange, type PlacementRow } from './placement.ts'
import { namesInLine, type TextContext } from './text-context.ts'
import { formatUnits } from './unit-text.ts'
import { describeTotals } from './unit-view.ts'
import { isSilent, reviewVerdict } from './verdict.ts'
import { visibleText } from './visible-text.ts'

export interface ReviewTextOptions {
  readonly color?: boolean
  /** Width of the terminal; default 100. */
  readonly columns?: number
  /** Everything, however long; default: what is long is folded. */
  readonly details?: boolean
}

/**
 * A review for a terminal: verdict, table of add-ons, dangers, then diffs as `git diff` shows them. Ends with a line end; no
 * text of the fleet can steer the terminal. Pure.
 */
export function formatReview(review: Review, options: ReviewTextOptions = {}): string {
  const { color = false, columns = 100, details = false } = options
  const colors = pc.createColors(color)
  const context = { review, colors, columns, details }
  const { kind, sentence } = reviewVerdict(review)
  const mark = kind === 'errors' || kind === 'dangers' ? colors.red : colors.bold
  const sections = [
    [
      colors.bold(headingOf(review.baseline)),
      mark(visibleText(`${sentence}.`)),
      ...(isSilent(review) ? [] : [visibleText(`${describeSides(review)}: ${describeTotals(review)}`)]),
    ].join('\n'),
    formatPlacement(context),
    formatDangers(context),
    formatUpgrades(context),
    formatFaults(context),
    formatBrake(context),
    formatHeld(context),
    formatUnits(context),
    formatFooter(context),
  ]
  return sections
    .filter((section) => section !== '')
    .map((section) => `${section.trimEnd()}\n`)
    .join('\n')
}

function formatPlacement(context: TextContext): string {
  const { review, colors, columns, details } = context
  const rows = placementRows(review.comparison.folds)
  if (rows.length === 0) return ''
  const most = details ? Infinity : 40
  const shown = rows.length <= most + 1 ? rows : rows.slice(0, most)
  const cells = shown.map((row) => [
    visibleText(row.unit),
    row.change,
    sideText(row, row.before),
    sideText(row, row.after),
    namesInLine(row.clusters, context, columns - 40),
  ])
  const table = formatTable(['ADD-ON', 'CHANGE', 'BEFORE', 'AFTER', 'CLUSTERS'], cells, {
    strong: colors.bold,
  })
  const rest = rows.length - shown.length
  return rest === 0 ? table : `${table}and ${countOf(rest, 'more row')}\n`
}

function sideText({ change }: PlacementRow, side: PlacementRow['before']): string {
  if (side === undefined) return ''
  const what = side.chart ? `${side.chart.name} ${side.chart.version}` : side.kind
  return visibleText(change === 'moved' ? `${what}, ${side.profile}` : what)
}

function title(text: string, { colors }: TextContext): string {
  return colors.bold(text.toUpperCase())
}

function formatDangers(context: TextContext): string {
  const { colors } = context
  const dangers = listDangers(context.review)
  if (dangers.length === 0) return ''
  const lines = dangers.flatMap(({ danger, later }) => {
    const { severity, rule, message, clusters, path, span } = danger
    const mark = severity === 'high' ? colors.red : colors.yellow
    const place = placeOf(span)
    const more = [
      ...(clusters.length > 0 ? [namesInLine(clusters, context, 20)] : []),
      ...(path ? [visibleText(formatFieldPath(path))] : []),
      ...(place === undefined ? [] : [visibleText(place)]),
      ...(later ? ['once the upgrade is through'] : []),
    ]
    return [
      `${mark(severity.padEnd(6))} ${visibleText(message)} ${colors.dim(`[${rule}]`)}`,
      ...(more.length > 0 ? [colors.dim(`       ${more.join(' · ')}`)] : []),
    ]
  })
  return [title('dangers', context), ...lines].join('\n')
}

function formatUpgrades(context: TextContext): string {
  const { upgrades } = context.review
  if (upgrades.length === 0) return ''
  const lines = upgrades.flatMap(({ cluster, from, to, machines, labels, lostApis, follows }) => [
    visibleText(`${cluster} ${from} → ${to}`),
    ...machines.map(({ kind, name, replicas }) =>
      visibleText(
        `  ${kind} ${name}: ${replicas === undefined ? 'its machines are' : `${countOf(replicas, 'machine')}`} replaced`,
      ),
    ),
    ...labels.map(({ key, before = 'none', after = 'none', classifier }) =>
      visibleText(`  label ${key}: ${before} → ${after} (${classifier})`),
    ),
    ...lostApis.map(({ api, objects }) =>
      visibleText(
        `  ${api} is served no more: ${objects.slice(0, 5).join(', ')}${objects.length > 5 ? ` and ${objects.length - 5} more` : ''}`,
      ),
    ),
    ...placementRows(follows.folds).map((row) => {
      const version = versionOfChange(row)
      return visibleText(`  then ${row.unit} is ${row.change}${version === undefined ? '' : `: ${version}`}`)
    }),
  ])
  return [title('upgrades', context), ...lines].join('\n')
}

function formatFaults(context: TextContext): string {
  const { colors, review } = context
  const faults = listFaults(review.diagnostics.added)
  if (faults.length === 0) return ''
  const lines = faults.flatMap(({ diagnostic, clusters }) => {
    const { severity, code, message, frame, hint, place } = diagnostic
    const at = place ? `${place.file}:${place.line}:${place.column}: ` : ''
    const mark = severity === 'error' ? colors.red : severity === 'warning' ? colors.yellow : colors.blue
    const said =
      frame === undefined
        ? [
            `${visibleText(at)}${mark(severity)}${colors.dim(`[${visibleText(code)}]`)}: ${visibleText(message)}`,
            ...(hint === undefined ? [] : [`  hint: ${visibleText(hint)}`]),
          ]
        : frame
            .trimEnd()
            .split('\n')
            .map((line) => visibleText(line, '\t'))
    return [...said, ...(clusters.length > 1 ? [`  ${namesInLine(clusters, context, 2)}`] : [])]
  })
  return [title('what is said anew', context), ...lines].join('\n')
}

function formatBrake(context: TextContext): string {
  const { brake } = context.review
  if (brake === undefined) return ''
  return [
    title('deletions to approve', context),
    ...brake.reasons.map((reason) => visibleText(describeBrake(reason).replaceAll('`', ''))),
    visibleText(`approve the tree that is left: fleetwright compile --allow-delete ${brake.digest}`),
  ].join('\n')
}

function formatHeld(context: TextContext): string {
  const groups = listHeld(context.review.held)
  if (groups.length === 0) return ''
  const lines = groups.map(({ reason, parts }) => {
    const names = namesOfHeld(parts)
    const rest = names.length > 5 ? ` and ${formatNumber(names.length - 5)} more` : ''
    return visibleText(`${reason}: ${names.slice(0, 5).join(', ')}${rest}`)
  })
  return [title('what this report cannot tell', context), ...lines].join('\n')
}

function formatFooter({ review, colors }: TextContext): string {
  const { facts, versions, comparison } = review
  const schemas = describeSchemas(comparison.schemas)
  const oldest = facts.oldest
    ? `, the oldest ${formatAge(facts.oldest.observedAt, facts.asOf)} before (${facts.oldest.cluster})`
    : ''
  const silent = facts.silent.length > 0 ? `; no answer from ${countOf(facts.silent.length, 'cluster')}` : ''
  const never = facts.never > 0 ? `; ${countOf(facts.never, 'cluster')} never observed` : ''
  return [
    `Facts as of ${facts.asOf}${oldest}${silent}${never}.`,
    ...(schemas === '' ? [] : [schemas]),
    `fleetwright ${versions.compiler}, Helm ${versions.helm}, Kustomize ${versions.kustomize}.`,
  ]
    .map((line) => colors.dim(visibleText(line)))
    .join('\n')
}

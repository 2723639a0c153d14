import { formatWorkflowCommand } from '../../diagnostics/workflow-annotation.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import { formatNames } from '../names.ts'
import type { CheckAnnotation } from '../reviewer-port.ts'
import type { Review } from '../types.ts'
import { countOf } from './counts.ts'
import { listDangers, type ListedDanger } from './danger-list.ts'
import { listFaults, type ListedFault } from './fault-list.ts'
import { linesOfCause, linesOfDanger, linesOfFault, type Lines } from './head-lines.ts'
import { viewUnit } from './unit-view.ts'
import { visibleText } from './visible-text.ts'

const levels = ['failure', 'warning', 'notice'] as const
const longestTitle = 200
const longestMessage = 4000

/**
 * What is to be said beside lines of the head, by file and line: dangers and new faults where a person wrote what they come
 * from, and on lines that the change touches what it does to which add-on. One for each line and subject. What was written
 * in the base alone stands at the nearest line that the change touches. Pure.
 */
export function reviewAnnotations(review: Review): readonly CheckAnnotation[] {
  const all = [
    ...listFaults(review.diagnostics.added).flatMap((fault) => annotateFault(fault, review)),
    ...listDangers(review).flatMap((danger) => annotateDanger(danger, review)),
    ...annotateCauses(review),
  ]
  const distinct = new Map<string, CheckAnnotation>()
  for (const annotation of all) {
    const { path, startLine, title, message } = annotation
    const key = JSON.stringify([path, startLine, title, message])
    if (!distinct.has(key)) distinct.set(key, annotation)
  }
  return [...distinct.values()].sort(compareAnnotations)
}

function compareAnnotations(a: CheckAnnotation, b: CheckAnnotation): number {
  return (
    compareText(a.path, b.path) ||
    a.startLine - b.startLine ||
    levels.indexOf(a.level) - levels.indexOf(b.level) ||
    compareText(a.title, b.title) ||
    compareText(a.message, b.message)
  )
}

/** The most severe ones, so many, in their order again. */
export function mostSevere(
  annotations: readonly CheckAnnotation[],
  most: number,
): readonly CheckAnnotation[] {
  if (annotations.length <= most) return annotations
  return annotations
    .toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
    .slice(0, most)
    .sort(compareAnnotations)
}

function annotateFault({ diagnostic, clusters }: ListedFault, review: Review): readonly CheckAnnotation[] {
  const { severity, code, message, hint } = diagnostic
  const lines = linesOfFault(diagnostic, review)
  if (lines === undefined) return []
  const level = severity === 'error' ? 'failure' : severity === 'warning' ? 'warning' : 'notice'
  const text = [message, ...(hint === undefined ? [] : [hint]), ...on(clusters)]
  return [toAnnotation(lines, { level, title: code, text })]
}

function annotateDanger({ danger, later }: ListedDanger, review: Review): readonly CheckAnnotation[] {
  const { rule, severity, message, clusters } = danger
  const lines = linesOfDanger(danger, review)
  if (lines === undefined) return []
  const level = severity === 'high' ? 'warning' : 'notice'
  const text = [later ? `${message} (once the upgrade is through)` : message, ...on(clusters)]
  return [toAnnotation(lines, { level, title: rule, text })]
}

function annotateCauses(review: Review): readonly CheckAnnotation[] {
  const folds = review.comparison.folds.filter(({ routine }) => !routine)
  return folds.flatMap((fold) => {
    const { change, step } = viewUnit({ ...fold, objects: [] })
    const title = `${fold.unit} ${change}${step === undefined ? '' : ` ${step}`}`
    return fold.causes.flatMap(({ cause, clusters }) => {
      const lines = linesOfCause(cause, review)
      return lines
        ? [toAnnotation(lines, { level: 'notice', title, text: [cause.text, ...on(clusters)] })]
        : []
    })
  })
}

function on(clusters: readonly string[]): readonly string[] {
  if (clusters.length === 0) return []
  return [`${countOf(clusters.length, 'cluster')}: ${formatNames(clusters, 5)}`]
}

function toAnnotation(
  { path, first, last, columns }: Lines,
  said: {
    readonly level: CheckAnnotation['level']
    readonly title: string
    readonly text: readonly string[]
  },
): CheckAnnotation {
  const isOneLine = first === last && columns !== undefined && columns.end > columns.start
  return {
    ...{ path, startLine: first, endLine: last },
    ...(isOneLine && { startColumn: columns.start, endColumn: columns.end }),
    level: said.level,
    title: clip(visibleText(said.title), longestTitle),
    message: clip(said.text.map((line) => visibleText(line)).join('\n'), longestMessage),
  }
}

export function clip(text: string, longest: number): string {
  const characters = [...text]
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`
}

/** GitHub shows so many of each level and step. */
const mostShown = 10

/** The annotations as workflow commands, a line each; what GitHub would drop is counted. Ends with a line end, or is empty. */
export function formatReviewAnnotations(review: Review): string {
  const all = reviewAnnotations(review)
  const lines = levels.flatMap((level) => {
    const ofLevel = all.filter((annotation) => annotation.level === level)
    // The last place is for the count.
    const shown = ofLevel.length <= mostShown ? ofLevel : ofLevel.slice(0, mostShown - 1)
    const rest = ofLevel.length - shown.length
    const command = level === 'failure' ? 'error' : level
    return [
      ...shown.map(({ path, startLine, endLine, title, message }) =>
        formatWorkflowCommand(command, { file: path, line: startLine, endLine, title }, message),
      ),
      ...(rest === 0
        ? []
        : [
            formatWorkflowCommand(
              command,
              { title: 'more' },
              `${countOf(rest, 'more annotation')} of this kind: see the report`,
            ),
          ]),
    ]
  })
  return lines.map((line) => `${line}\n`).join('')
}

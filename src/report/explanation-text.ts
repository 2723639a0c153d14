import pc from 'picocolors'
import { printable } from '../diagnostics/printable.ts'
import type { ReportOptions } from './cluster-table.ts'
import type { Cause, Explanation } from './types.ts'

/**
 * A why-chain as a tree, each line a cause of the one above it. Pure.
 * @example
 * ConfigMap app/settings of helm-app-web on fleet/prod
 * └─ rendered by chart web 1.2.0                      charts/web/templates/settings.yaml
 *    └─ profile ClusterProfile/web, tier 100          fleet/web.yaml:1:1
 */
export function formatExplanation(explanation: Explanation, options: ReportOptions = {}): string {
  const colors = pc.createColors(options.color === true)
  const lines: { text: string; place: string }[] = []
  const add = (cause: Cause, lead: string, isLast: boolean): void => {
    lines.push({ text: `${lead}${isLast ? '└─ ' : '├─ '}${printable(cause.text)}`, place: cause.place ?? '' })
    const next = `${lead}${isLast ? '   ' : '│  '}`
    cause.causes.forEach((one, index) => add(one, next, index === cause.causes.length - 1))
  }
  explanation.causes.forEach((cause, index) => add(cause, '', index === explanation.causes.length - 1))
  const width = Math.min(96, Math.max(0, ...lines.map(({ text }) => text.length)))
  return [
    colors.bold(printable(explanation.subject)),
    ...lines.map(({ text, place }) =>
      place === '' ? text : `${text.padEnd(width)}  ${colors.dim(printable(place))}`,
    ),
    '',
  ].join('\n')
}

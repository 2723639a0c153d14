import type { Report } from '../diagnostics/types.ts'
import { parseSelector, isLabelKey, isLabelValue } from '../kubernetes/selector-text.ts'
import type { LabelSelector } from '../kubernetes/types.ts'
import type { DocumentPath, SourceDocument } from '../source/types.ts'
import { badSelector, badSelectorText, deprecatedField } from './diagnostics.ts'
import type { WrittenSelector } from './written/selector.ts'

/** A selector, and whether it could be read. */
export interface ReadSelector {
  readonly selector?: LabelSelector
  readonly faulty: boolean
}

/**
 * Both written forms → the complete one. Text (v1alpha1) gives a note; what Kubernetes would not accept is reported, and the
 * selector is then absent, which selects nothing.
 */
export function readSelector(
  document: SourceDocument,
  path: DocumentPath,
  written: WrittenSelector | undefined,
  report: Report,
): ReadSelector {
  if (written === undefined) return { faulty: false }
  if (typeof written === 'string') {
    report(deprecatedField(document, path, 'write a LabelSelector with `matchLabels` and `matchExpressions`'))
    const parsed = parseSelector(written)
    if (parsed.ok) return { selector: parsed.selector, faulty: false }
    report(badSelectorText(document, path, parsed.fault))
    return { faulty: true }
  }
  const selector: LabelSelector = {
    matchLabels: written.matchLabels ?? {},
    matchExpressions: (written.matchExpressions ?? []).map(({ key, operator, values = [] }) => ({
      key,
      operator,
      values,
    })),
  }
  const faults = checkSelector(selector)
  for (const { at, rule } of faults) report(badSelector(document, [...path, ...at], rule))
  return faults.length === 0 ? { selector, faulty: false } : { faulty: true }
}

/** What `metav1.LabelSelectorAsSelector` refuses. */
function checkSelector({
  matchLabels,
  matchExpressions,
}: LabelSelector): { at: DocumentPath; rule: string }[] {
  const labels = Object.entries(matchLabels).flatMap(([key, value]) => {
    const at = ['matchLabels', key]
    if (!isLabelKey(key)) return [{ at, rule: 'has no valid key of a label' }]
    return isLabelValue(value) ? [] : [{ at, rule: `is \`${value}\`, which is no valid value of a label` }]
  })
  const expressions = matchExpressions.flatMap(({ key, operator, values }, index) => {
    const at = ['matchExpressions', index]
    if (!isLabelKey(key))
      return [{ at: [...at, 'key'], rule: `is \`${key}\`, which is no valid key of a label` }]
    const takesValues = operator === 'In' || operator === 'NotIn'
    if (takesValues && values.length === 0) return [{ at, rule: `needs values for \`${operator}\`` }]
    if (!takesValues && values.length > 0) return [{ at, rule: `must have no values with \`${operator}\`` }]
    return values.flatMap((value, position) =>
      isLabelValue(value)
        ? []
        : [{ at: [...at, 'values', position], rule: `is \`${value}\`, which is no valid value of a label` }],
    )
  })
  return [...labels, ...expressions]
}

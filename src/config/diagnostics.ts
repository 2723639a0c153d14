import { diagnostic } from '../diagnostics/diagnostic.ts'
import { positionOf } from '../diagnostics/position.ts'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { locate, type ShapeFault } from '../source/source.ts'
import type { DocumentPath, SourceDocument } from '../source/types.ts'
import type { BrokenConfig } from './types.ts'

type Unknown = Extract<ShapeFault, { kind: 'unknown-field' }>
type Bad = Exclude<ShapeFault, Unknown>

export function unknownSetting(document: SourceDocument, { path, known }: Unknown): Diagnostic {
  const field = String(path.at(-1))
  return diagnostic('config/unknown-field', {
    message: `fleetwright.yaml has no setting \`${written(path)}\``,
    span: locate(document, path, 'key'),
    hint: didYouMean(field, known) ?? `there is: ${known.join(', ')}`,
  })
}

export function badConfig(document: SourceDocument, fault: Bad): Diagnostic {
  const field = `\`${written(fault.path)}\``
  switch (fault.kind) {
    case 'missing-field':
      return diagnostic('config/bad-value', {
        message: `${field} is missing`,
        span: locate(document, fault.path),
        hint:
          fault.path[0] === 'apiVersion'
            ? 'write `apiVersion: fleetwright.dev/v1alpha1`'
            : 'write it, or remove the entry',
      })
    case 'wrong-type':
      return diagnostic('config/bad-value', {
        message: `${field} is ${fault.found}, but must be ${fault.expected}`,
        span: locate(document, fault.path),
        ...(fault.expected === 'text' ? { hint: 'put it in quotes' } : {}),
      })
    case 'wrong-choice':
      return diagnostic('config/bad-value', {
        message: `${field} is \`${fault.found}\`, but must be ${fault.choices.map((choice) => `\`${choice}\``).join(' or ')}`,
        span: locate(document, fault.path),
        hint: didYouMean(fault.found, fault.choices) ?? 'see docs/reference/configuration.md',
      })
    case 'bad-value':
      return diagnostic('config/bad-value', {
        message: `${field} is \`${fault.found}\`, but ${fault.rule}`,
        span: locate(document, fault.path),
        hint: 'see docs/reference/configuration.md',
      })
  }
}

export function emptySetting(document: SourceDocument, path: DocumentPath): Diagnostic {
  return diagnostic('config/bad-value', {
    message: `\`${written(path)}\` has no value`,
    span: locate(document, path, 'key'),
    hint: 'write one, for none at all `[]` or `""`; or remove the line, so that the default counts',
  })
}

export function duplicateCluster(
  document: SourceDocument,
  id: string,
  { first, second }: { readonly first: number; readonly second: number },
): Diagnostic {
  return diagnostic('config/duplicate-cluster', {
    message: `the cluster \`${id}\` is listed twice; only the first counts`,
    span: locate(document, ['spec', 'clusters', second, 'name']),
    related: [{ message: 'first listed here', span: locate(document, ['spec', 'clusters', first, 'name']) }],
    hint: 'remove one of them, or give it another name or namespace',
  })
}

/** `faults` are those of the base's file; `commit` is the one whose file counts in its place, if there is one. */
export function brokenBase({ faults, commit }: BrokenConfig): Diagnostic {
  const [first] = faults
  const place = first?.span && positionOf(first.span.file, first.span.start)
  const where = place ? `${first.span?.file.path}:${place.line}:${place.column}: ` : ''
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : ''
  const what = first ? ` (${where}${first.message}${more})` : ''
  return diagnostic('config/base-broken', {
    message:
      commit === undefined
        ? `nobody knows what the configuration of the base allows, since it is broken${what}: here it allows nothing`
        : `the configuration of the base is broken${what}: in its place counts that of ${commit.slice(0, 12)}, the last one without errors`,
    hint: 'merge a change that mends fleetwright.yaml before all others: until then nothing is written anywhere',
  })
}

/** `spec.clusters[0].name`. */
function written(path: DocumentPath): string {
  return path
    .map((segment, index) =>
      typeof segment === 'number' ? `[${segment}]` : index === 0 ? segment : `.${segment}`,
    )
    .join('')
}

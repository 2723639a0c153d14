import { z } from 'zod'
import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { completeResourceSelector } from '../complete-health.ts'
import { deprecatedField, missingField } from '../diagnostics.ts'
import { readObject } from '../reading.ts'
import { toJson } from '../to-json.ts'
import type { EventSource } from '../types.ts'
import {
  writtenLabelFilter,
  writtenResourceSelector,
  type WrittenResourceSelector,
} from '../written/health.ts'

const text = z.string().optional()

export const writtenEventSourceSpec = z.strictObject({
  resourceSelectors: z.array(writtenResourceSelector).optional(),
  aggregatedSelection: text,
  collectResources: z.boolean().optional(),
  messagingMatchCriteria: z
    .array(
      z.strictObject({
        subject: text,
        cloudEventSource: text,
        cloudEventType: text,
        cloudEventSubject: text,
      }),
    )
    .optional(),
  // One selector without a list, up to v0.20.
  group: text,
  version: text,
  kind: text,
  namespace: text,
  labelFilters: z.array(writtenLabelFilter).optional(),
  script: text,
})

type WrittenSpec = z.infer<typeof writtenEventSourceSpec>
const flatFields = ['group', 'version', 'kind', 'namespace', 'labelFilters', 'script'] as const

/** EventSource (sveltos.md 5.1). */
export function parseEventSource(document: SourceDocument, report: Report): EventSource | undefined {
  const object = readObject(document, writtenEventSourceSpec, report)
  if (object === undefined) return undefined
  const { name, labels, annotations, spec, faulty } = object
  const flat = flatSelector(document, spec, report)
  const selectors = [...(spec.resourceSelectors ?? []), ...(flat === undefined ? [] : [flat])]
  const current = {
    resourceSelectors: selectors,
    aggregatedSelection: spec.aggregatedSelection,
    collectResources: spec.collectResources,
    messagingMatchCriteria: spec.messagingMatchCriteria,
  }
  return {
    kind: 'EventSource',
    name,
    document,
    labels,
    annotations,
    resourceSelectors: selectors.map(completeResourceSelector),
    aggregatedSelection: spec.aggregatedSelection ?? '',
    collectResources: spec.collectResources ?? false,
    spec: toJson(current),
    ...(faulty ? { faulty: true } : {}),
  }
}

/** `{ group, version, kind, script, … }` beside collectResources → an entry of resourceSelectors. */
export function flatSelector(
  document: SourceDocument,
  spec: Pick<WrittenSpec, (typeof flatFields)[number]>,
  report: Report,
): WrittenResourceSelector | undefined {
  const written = flatFields.filter((field) => spec[field] !== undefined)
  const [first] = written
  if (first === undefined) return undefined
  const names = written.map((field) => `\`${field}\``).join(', ')
  const renamed = written.includes('script') ? ', where `script` is called `evaluate`' : ''
  report(
    deprecatedField(
      document,
      ['spec', first],
      `move ${names} into an entry of \`resourceSelectors\`${renamed}`,
    ),
  )
  const { group = '', version, kind, namespace, labelFilters, script } = spec
  if (version === undefined || kind === undefined) {
    report(
      missingField(
        document,
        ['spec', version === undefined ? 'version' : 'kind'],
        'a resource is selected by group, version and kind',
      ),
    )
    return undefined
  }
  return { group, version, kind, namespace, labelFilters, evaluate: script }
}

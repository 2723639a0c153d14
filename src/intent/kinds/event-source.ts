import { RE2JS } from 're2js'
import { z } from 'zod'
import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { completeResourceSelector } from '../complete-health.ts'
import { badValue, deprecatedField, missingField } from '../diagnostics.ts'
import { keepFaults } from '../keep-faults.ts'
import { readObject } from '../reading.ts'
import type { EventSource, MessagingMatchCriteria } from '../types.ts'
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

/** EventSource (sveltos.md 5.1). A faulty one keeps what its events have deployed. */
export function parseEventSource(document: SourceDocument, report: Report): EventSource | undefined {
  return keepFaults(readEventSource, document, report)
}

function readEventSource(document: SourceDocument, report: Report): EventSource | undefined {
  const object = readObject(document, writtenEventSourceSpec, report)
  if (object === undefined) return undefined
  const { name, labels, annotations, spec, faulty, ignores } = object
  const flat = flatSelector(document, spec, report)
  const selectors = [...(spec.resourceSelectors ?? []), ...(flat === undefined ? [] : [flat])]
  return {
    kind: 'EventSource',
    name,
    document,
    labels,
    annotations,
    resourceSelectors: selectors.map(completeResourceSelector),
    aggregatedSelection: spec.aggregatedSelection ?? '',
    collectResources: spec.collectResources ?? false,
    messagingMatchCriteria: (spec.messagingMatchCriteria ?? []).map((written, index) =>
      completeCriteria(document, index, written, report),
    ),
    ...(faulty ? { faulty: true } : {}),
    ...(ignores ? { ignores: true } : {}),
  }
}

function completeCriteria(
  document: SourceDocument,
  index: number,
  written: NonNullable<WrittenSpec['messagingMatchCriteria']>[number],
  report: Report,
): MessagingMatchCriteria {
  for (const [field, expression] of Object.entries(written)) {
    const fault = expressionFault(expression ?? '')
    if (fault !== undefined)
      report(badValue(document, ['spec', 'messagingMatchCriteria', index, field], fault))
  }
  const { subject = '', cloudEventSource = '', cloudEventType = '', cloudEventSubject = '' } = written
  return { subject, cloudEventSource, cloudEventType, cloudEventSubject }
}

/** Sveltos compiles them with Go's regexp package. */
function expressionFault(expression: string): string | undefined {
  try {
    RE2JS.compile(expression)
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return `is \`${expression}\`, which is no regular expression: ${reason}`
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

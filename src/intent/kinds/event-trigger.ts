import { z } from 'zod'
import type { Report } from '../../diagnostics/types.ts'
import type { SourceDocument } from '../../source/types.ts'
import { completeAddOns, completeObjectReference } from '../complete-profile-spec.ts'
import { deprecatedField, emptySpec, missingField } from '../diagnostics.ts'
import { isWritten } from '../header.ts'
import { keepFaults } from '../keep-faults.ts'
import { readObject } from '../reading.ts'
import { readSelector } from '../selectors.ts'
import type { EventGenerator, EventTrigger } from '../types.ts'
import { addOnFields, extraMetadataFields } from '../written/profile-spec.ts'
import { writtenObjectReference } from '../written/reference.ts'
import { writtenSelector } from '../written/selector.ts'

const generators = z.array(
  z.strictObject({
    namespace: z.string().optional(),
    name: z.string().min(1),
    nameFormat: z.string().min(1),
    optional: z.boolean().optional(),
  }),
)

export const writtenEventTriggerSpec = z.strictObject({
  sourceClusterSelector: writtenSelector.optional(),
  clusterSetRefs: z.array(z.string()).optional(),
  destinationClusterSelector: writtenSelector.optional(),
  destinationCluster: writtenObjectReference.optional(),
  /** Required; checked by hand, so that its absence hides no other fault. */
  eventSourceName: z.string().min(1).optional(),
  oneForEvent: z.boolean().optional(),
  profileNameFormat: z.string().optional(),
  configMapGenerator: generators.optional(),
  secretGenerator: generators.optional(),
  cloudEventAction: z.string().optional(),
  ...addOnFields,
  ...extraMetadataFields,
  /** Of EventBasedAddOn up to v0.7.2; now sourceClusterSelector. */
  clusterSelector: writtenSelector.optional(),
})

/**
 * EventTrigger, and EventBasedAddOn as it was called before v0.21 (sveltos.md 5.2). A faulty one keeps what it has deployed.
 */
export function parseEventTrigger(document: SourceDocument, report: Report): EventTrigger | undefined {
  return keepFaults(readEventTrigger, document, report)
}

function readEventTrigger(document: SourceDocument, report: Report): EventTrigger | undefined {
  const object = readObject(document, writtenEventTriggerSpec, report)
  if (object === undefined) return undefined
  if (!isWritten(document, ['spec'])) {
    report(emptySpec(document))
    return undefined
  }
  const { name, labels, annotations, spec } = object
  if (object.kind === 'EventBasedAddOn')
    report(deprecatedField(document, ['kind'], 'write `kind: EventTrigger`'))
  if (spec.clusterSelector !== undefined) {
    report(deprecatedField(document, ['spec', 'clusterSelector'], 'write `sourceClusterSelector`'))
  }
  const sourceField = spec.sourceClusterSelector === undefined ? 'clusterSelector' : 'sourceClusterSelector'
  const written = spec[sourceField]
  if (!isWritten(document, ['spec', sourceField])) {
    report(missingField(document, ['spec', 'sourceClusterSelector'], 'say whose events count'))
  }
  if (!isWritten(document, ['spec', 'eventSourceName'])) {
    report(missingField(document, ['spec', 'eventSourceName'], 'name the EventSource that it listens to'))
  }
  const source = readSelector(document, ['spec', sourceField], written, report)
  const destinationPath = ['spec', 'destinationClusterSelector']
  const destination = readSelector(document, destinationPath, spec.destinationClusterSelector, report)
  return {
    kind: 'EventTrigger',
    name,
    document,
    labels,
    annotations,
    ...(source.selector === undefined ? {} : { sourceClusterSelector: source.selector }),
    clusterSetRefs: spec.clusterSetRefs ?? [],
    ...(destination.selector === undefined ? {} : { destinationClusterSelector: destination.selector }),
    ...(spec.destinationCluster === undefined
      ? {}
      : { destinationCluster: completeObjectReference(spec.destinationCluster) }),
    eventSourceName: spec.eventSourceName ?? '',
    // Up to v0.7 the default was true; such triggers cannot be told from newer ones that rely on false.
    oneForEvent: spec.oneForEvent ?? false,
    profileNameFormat: spec.profileNameFormat ?? '',
    configMapGenerator: (spec.configMapGenerator ?? []).map(completeGenerator),
    secretGenerator: (spec.secretGenerator ?? []).map(completeGenerator),
    cloudEventAction: spec.cloudEventAction ?? 'Create',
    instantiatesAll: object.kind === 'EventBasedAddOn',
    profileSpec: { clusterRefs: [], setRefs: [], ...completeAddOns(object, ['spec'], spec) },
    ...(object.faulty || source.faulty || destination.faulty ? { faulty: true } : {}),
    ...(object.ignores ? { ignores: true } : {}),
  }
}

function completeGenerator({
  namespace = '',
  name,
  nameFormat,
  optional = false,
}: z.infer<typeof generators>[number]): EventGenerator {
  return { namespace, name, nameFormat, optional }
}

import type { Report } from '../../diagnostics/types.ts'
import { isEmptySelector } from '../../kubernetes/label-selector.ts'
import { eventSourceUnknown, eventWithoutResource, selectsNothing } from '../fleet-diagnostics.ts'
import type { ContentReference } from '../references.ts'
import type { EventTrigger, Fleet } from '../types.ts'
import { textsOf } from './unrendered-templates.ts'

const usesResource = /\{\{[^}]*\.Resources?(?![A-Za-z])/

/**
 * A trigger needs its event source, and `.Resource` needs one that collects resources (sveltos.md 5.3, 12.22). A source name
 * that is a template is known per cluster only.
 */
export function checkEvents(
  fleet: Pick<Fleet, 'eventSources' | 'eventTriggers' | 'objects'>,
  references: readonly ContentReference[],
  report: Report,
): void {
  const known = fleet.eventSources.map(({ name }) => name)
  for (const trigger of fleet.eventTriggers) {
    const { document, eventSourceName } = trigger
    checkSources(trigger, report)
    if (eventSourceName === '' || eventSourceName.includes('{{')) continue
    const source = fleet.eventSources.find(({ name }) => name === eventSourceName)
    if (source === undefined) {
      report(eventSourceUnknown(document, eventSourceName, known))
      continue
    }
    if (source.collectResources) continue
    const content = references
      .filter(({ user }) => user.document === document)
      .flatMap(({ key }) => fleet.objects.get(key) ?? [])
      .flatMap((object) => textsOf(object.document).map(({ text }) => text))
    const { document: _document, ...written } = trigger
    if ([JSON.stringify(written), ...content].some((text) => usesResource.test(text))) {
      report(eventWithoutResource(document, source.document))
    }
  }
}

/** An empty selector selects nothing, and then no event counts. */
function checkSources(
  { document, sourceClusterSelector, clusterSetRefs }: EventTrigger,
  report: Report,
): void {
  if (sourceClusterSelector === undefined || !isEmptySelector(sourceClusterSelector)) return
  if (clusterSetRefs.length === 0)
    report(selectsNothing(document, ['spec', 'sourceClusterSelector'], 'its sourceClusterSelector is empty'))
}

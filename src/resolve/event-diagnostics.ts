// Constructors for events; those about what they generate are in diagnostics.ts, those about scripts in script-diagnostics.ts.
import { diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { EngineFault } from '../engine/types.ts'
import type { EventTrigger, Profile } from '../intent/types.ts'
import { locate, locateInString } from '../source/source.ts'
import type { SourceDocument } from '../source/types.ts'
import type { Place } from './diagnostics.ts'
import type { Asker } from './resources/asker.ts'

export function eventsNotObserved(
  { id, document, path }: Pick<Asker, 'id' | 'document' | 'path'>,
  cluster: string,
  reason: string,
): Diagnostic {
  return diagnostic('resolve/events-not-observed', {
    message: `${id} cannot be evaluated in ${cluster}: ${reason}`,
    span: locate(document, path),
    subject: { cluster },
    hint: 'Run `fleetwright observe`; until then, what its events have deployed stays as it is.',
  })
}

export function eventSourceNotFound(
  { document, name: trigger }: EventTrigger,
  cluster: string,
  name: string,
  known: readonly string[],
): Diagnostic {
  return diagnostic('resolve/event-source-not-found', {
    message: `EventTrigger/${trigger} listens to EventSource \`${name}\` in ${cluster}, which the repository does not have`,
    span: locate(document, ['spec', 'eventSourceName']),
    subject: { cluster },
    hint: didYouMean(name, known) ?? 'Add the event source, or correct the template of its name.',
  })
}

/** A ConfigMap or Secret whose content event data is filled in. */
export interface FilledContent {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly document?: SourceDocument
}

export function eventContentFailed(
  { profile, path, cluster }: Place,
  content: FilledContent,
  at: { readonly key: string; readonly text: string },
  fault: EngineFault,
): Diagnostic {
  const { kind, namespace, name, document } = content
  const reference = locate(profile.document, path)
  const isText = document !== undefined && kind === 'ConfigMap'
  return diagnostic('resolve/event-content-failed', {
    message: `${profile.id}: \`${at.key}\` of ${kind} ${namespace}/${name} cannot be filled in: ${fault.message}`,
    span: isText ? locateInString(document, ['data', at.key], offsetOf(at.text, fault)) : reference,
    subject: { cluster: cluster.id },
    ...(isText && { related: [{ message: 'it is referred to here', span: reference }] }),
    hint: '`.Resource` and `.MatchingResource` are there with oneForEvent: true, `.Resources` and `.MatchingResources` with false, `.CloudEvent` for CloudEvents alone; ask for fields that may be missing with `dig` or `index`.',
  })
}

function offsetOf(text: string, { line = 1, column = 1 }: EngineFault): number {
  const before = text.split('\n').slice(0, line - 1)
  return before.reduce((sum, one) => sum + one.length + 1, 0) + Math.max(0, column - 1)
}

export function badCloudEventAction(place: Place, action: string): Diagnostic {
  return diagnostic('resolve/bad-cloud-event-action', {
    message: `${place.profile.id}: cloudEventAction gives \`${action}\`, which is neither Create nor Delete`,
    span: locate(place.profile.document, place.path),
    subject: { cluster: place.cluster.id },
    hint: 'Write `Create`, `Delete`, or a template that gives one of them.',
  })
}

export function badGeneratedName(place: Place, name: string): Diagnostic {
  return diagnostic('resolve/bad-generated-name', {
    message: `${place.profile.id}: the name \`${name}\` is one that Kubernetes refuses`,
    span: locate(place.profile.document, place.path),
    subject: { cluster: place.cluster.id },
    hint: 'Names have lower-case letters, digits, `-` and `.` only: pass what may have others through `lower` and `replace`.',
  })
}

/** `what`: `ClusterProfile x`, `ConfigMap projectsveltos/x`. */
export function generatedNameTaken(
  place: Pick<Place, 'profile' | 'path'>,
  what: string,
  owner: Pick<Profile, 'id' | 'document'> & { readonly path: Place['path'] },
): Diagnostic {
  return diagnostic('resolve/generated-name-taken', {
    message: `${place.profile.id} gives the name ${what}, which ${owner.id} has already`,
    span: locate(place.profile.document, place.path),
    related: [{ message: 'it has its name from here', span: locate(owner.document, owner.path) }],
    hint: 'Put what tells the events apart into the name: the source cluster, and the name and namespace of the resource.',
  })
}

import type { Cluster, EventTrigger } from '../../intent/types.ts'
import { groupOf } from '../../kubernetes/object-key.ts'
import type { KnownObject } from '../knowledge.ts'
import type { SeenCloudEvent } from './cloud-events.ts'
import { triggeredId } from './event-names.ts'

/** What gives one profile: one event, or all events of a source cluster. */
export interface Occurrence {
  /** Of the profile: `EventTrigger/policy@production/eu#Service/default/web`. */
  readonly id: string
  /** Words for names that people read. */
  readonly words: readonly string[]
  /** Dot of the templates (sveltos.md 5.3), JSON text. */
  readonly data: string
}

/** What a source cluster saw. */
export interface Seen {
  /** Whether templates get the objects, and not their names alone. */
  readonly collects: boolean
  readonly objects: readonly KnownObject[]
  readonly cloudEvents: readonly SeenCloudEvent[]
}

/** One occurrence for each event, or one for all of them; none when there is no event. */
export function occurrences(trigger: EventTrigger, cluster: Cluster, seen: Seen): readonly Occurrence[] {
  const { objects, cloudEvents } = seen
  if (objects.length + cloudEvents.length === 0) return []
  return trigger.oneForEvent ? single(trigger, cluster, seen) : [together(trigger, cluster, seen)]
}

function single(trigger: EventTrigger, cluster: Cluster, seen: Seen): readonly Occurrence[] {
  const prefix = `${triggeredId(trigger, cluster.id)}#`
  const counts = new Map<string, number>()
  for (const object of seen.objects) {
    const name = shortName(object)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [
    ...seen.objects.map((object): Occurrence => {
      const isAlone = counts.get(shortName(object)) === 1
      return {
        id: prefix + (isAlone ? shortName(object) : longName(object)),
        words: [nameOf(object)],
        data: dot({
          MatchingResource: JSON.stringify(referenceTo(object)),
          Resource: seen.collects ? object.json : 'null',
          Cluster: cluster.json,
        }),
      }
    }),
    ...seen.cloudEvents.map((event) => cloudEventOccurrence(trigger, cluster, event)),
  ]
}

/** What a CloudEvent gives by itself, and what decides whether it gives anything. */
export function cloudEventOccurrence(
  trigger: EventTrigger,
  cluster: Cluster,
  { source, subject, json }: SeenCloudEvent,
): Occurrence {
  return {
    id: `${triggeredId(trigger, cluster.id)}#CloudEvent/${source}/${subject}`,
    words: [source, subject],
    data: dot({ CloudEvent: json, Cluster: cluster.json }),
  }
}

function together(trigger: EventTrigger, cluster: Cluster, seen: Seen): Occurrence {
  const list = (items: readonly string[]): string => `[${items.join(',')}]`
  const events = seen.cloudEvents.map(({ json }) => json)
  return {
    id: triggeredId(trigger, cluster.id),
    words: [cluster.name],
    data: dot({
      MatchingResources: list(seen.objects.map((object) => JSON.stringify(referenceTo(object)))),
      // A nil for each CloudEvent, as Sveltos has it (sveltos.md 13.8): `range .Resources` sees them.
      Resources: list([
        ...(seen.collects ? seen.objects.map(({ json }) => json) : []),
        ...events.map(() => 'null'),
      ]),
      CloudEvents: list(events),
      Cluster: cluster.json,
    }),
  }
}

/** `Service default/web`, `Namespace eng`. */
export function formatSeen(object: KnownObject): string {
  const { kind, namespace, name } = referenceTo(object)
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}

export function formatCloudEvent({ source, subject }: SeenCloudEvent): string {
  return `CloudEvent ${source} ${subject}`.trimEnd()
}

function nameOf(object: KnownObject): string {
  return referenceTo(object).name
}

/** `Service/default/web` */
function shortName(object: KnownObject): string {
  const { kind, namespace, name } = referenceTo(object)
  return [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/')
}

/** `Service.serving.knative.dev/default/web`, where two groups have such an object. */
function longName(object: KnownObject): string {
  const { apiVersion, kind } = referenceTo(object)
  const group = groupOf(apiVersion)
  return shortName(object).replace(kind, group === '' ? kind : `${kind}.${group}`)
}

interface Reference {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

function referenceTo({ value }: KnownObject): Reference {
  const {
    apiVersion = '',
    kind = '',
    metadata,
  } = value as Partial<Reference> & { metadata?: Partial<Reference> }
  const { namespace, name = '' } = metadata ?? {}
  return { apiVersion, kind, ...(namespace !== undefined && namespace !== '' && { namespace }), name }
}

function dot(members: Readonly<Record<string, string>>): string {
  const rows = Object.entries(members).map(([key, json]) => `${JSON.stringify(key)}:${json}`)
  return `{${rows.join(',')}}`
}

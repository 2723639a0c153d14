import { RE2JS } from 're2js'
import type { EventSource, MessagingMatchCriteria } from '../../intent/types.ts'
import type { RecordedEvent } from '../../observe/types.ts'

/** A CloudEvent that an event source lets through. */
export interface SeenCloudEvent {
  readonly source: string
  /** Empty where it has none. */
  readonly subject: string
  /** Exact JSON text. */
  readonly json: string
}

/**
 * The last CloudEvent of each source and subject that came to a cluster and fits the source's criteria (sveltos.md 5.1,
 * 5.6), in the order in which they came: what one of them deployed lasts until another of the same source and subject.
 */
export function lastCloudEvents(
  { messagingMatchCriteria }: Pick<EventSource, 'messagingMatchCriteria'>,
  cluster: string,
  events: readonly RecordedEvent[],
): readonly SeenCloudEvent[] {
  if (messagingMatchCriteria.length === 0) return []
  const fits = messagingMatchCriteria.map(toTest)
  const last = new Map<string, SeenCloudEvent>()
  for (const event of events) {
    if (event.cluster !== '' && event.cluster !== cluster) continue
    const { source, type, subject = '' } = JSON.parse(event.json) as Attributes
    if (!fits.some((test) => test({ message: event.subject, source, type, subject }))) continue
    const key = JSON.stringify([source, subject])
    last.delete(key)
    last.set(key, { source, subject, json: event.json })
  }
  return [...last.values()]
}

interface Attributes {
  readonly source: string
  readonly type: string
  readonly subject?: string
}

type Fields = Required<Attributes> & { readonly message: string }

/** All fields of a criterion must fit; expressions need not match the whole. Intent has checked that they are some. */
function toTest(criteria: MessagingMatchCriteria): (fields: Fields) => boolean {
  const finds = (expression: string): ((text: string) => boolean) => {
    if (expression === '') return () => true
    const compiled = RE2JS.compile(expression)
    return (text) => compiled.matcher(text).find()
  }
  const message = finds(criteria.subject)
  const source = finds(criteria.cloudEventSource)
  const type = finds(criteria.cloudEventType)
  const subject = finds(criteria.cloudEventSubject)
  return (fields) =>
    message(fields.message) && source(fields.source) && type(fields.type) && subject(fields.subject)
}

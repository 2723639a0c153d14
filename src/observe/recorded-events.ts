import { z } from 'zod'
import { canonicalJson, parseExactJson } from '../kubernetes/exact-json.ts'
import { eventsFolder } from './facts-paths.ts'
import type { RecordedEvent } from './types.ts'

/** Folder of events that count for every cluster. No cluster's: those have a namespace and a name. */
const everyCluster = 'all'

/** What CloudEvents 1.0 requires; the rest is the sender's. */
const cloudEvent = z.looseObject({
  specversion: z.string().min(1),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().optional(),
})

const wrapped = z.strictObject({
  cluster: z
    .string()
    .regex(/^[^/]+\/[^/]+$/, 'must be `<namespace>/<name>`')
    .optional(),
  subject: z.string().optional(),
  event: cloudEvent,
})

/**
 * A CloudEvent as JSON, or `{ cluster, subject, event }` → what is recorded of it; without a cluster it counts for every one.
 * Throws ZodError for anything else.
 */
export function parseEvent(json: unknown): RecordedEvent {
  const isWrapped = typeof json === 'object' && json !== null && 'event' in json && !('specversion' in json)
  if (!isWrapped) return { cluster: '', subject: '', json: canonicalJson(cloudEvent.parse(json)) }
  const { cluster = '', subject = '', event } = wrapped.parse(json)
  return { cluster, subject, json: canonicalJson(event) }
}

/** Cluster id of the file of an event, empty for every cluster; undefined for other files. */
export function clusterOfEvent(path: string): string | undefined {
  if (!path.startsWith(eventsFolder)) return undefined
  const [, cluster] = /^(all|[^/]+\/[^/]+)\/[^/]+\.json$/.exec(path.slice(eventsFolder.length)) ?? []
  return cluster === everyCluster ? '' : cluster
}

/** Files are numbered as their events came, whatever the cluster. */
export function orderEvents<T extends { readonly path: string }>(events: readonly T[]): readonly T[] {
  const key = (path: string): string => `${path.slice(path.lastIndexOf('/') + 1)}\0${path}`
  return [...events].sort((a, b) => (key(a.path) < key(b.path) ? -1 : 1))
}

/**
 * Facts files with more events, in the order in which they came. One that says nothing new is recorded once; one of the
 * same kind that another follows has no effect any more and goes. Pure.
 */
export function recordEvents(
  files: ReadonlyMap<string, string>,
  events: readonly RecordedEvent[],
): ReadonlyMap<string, string> {
  const result = new Map(files)
  for (const event of events) {
    const recorded = recordedIn(result)
    const sameSender = recorded.filter((one) => isOfSender(one.event, event))
    if (sameSender.at(-1)?.event.json === event.json && sameSender.at(-1)?.event.subject === event.subject)
      continue
    for (const one of sameSender) if (isOfKind(one.event, event)) result.delete(one.path)
    const folder = event.cluster === '' ? everyCluster : event.cluster
    const text = `{"event":${event.json},"subject":${JSON.stringify(event.subject)}}\n`
    result.set(`${eventsFolder}${folder}/${nextNumber(result, recorded)}.json`, text)
  }
  return result
}

/** Numbers are not used twice while anything remembers them, readable or not. */
function nextNumber(
  files: ReadonlyMap<string, string>,
  recorded: readonly { readonly path: string }[],
): string {
  const paths = [...files.keys(), ...recorded.map(({ path }) => path)]
  const taken = paths
    .filter((path) => clusterOfEvent(path) !== undefined)
    .map((path) => Number(/(\d+)\.json$/.exec(path)?.[1] ?? 0))
  return String(Math.max(0, ...taken) + 1).padStart(6, '0')
}

function recordedIn(
  files: ReadonlyMap<string, string>,
): readonly { readonly path: string; readonly event: RecordedEvent }[] {
  const found = [...files].flatMap(([path, text]) => {
    const cluster = clusterOfEvent(path)
    const event = cluster === undefined ? undefined : tryParse(text)
    return event ? [{ path, event: { ...event, cluster: cluster ?? '' } }] : []
  })
  return orderEvents(found)
}

/** A file that cannot be read is reported where facts are parsed, and stays. */
function tryParse(text: string): RecordedEvent | undefined {
  try {
    return parseEvent(parseExactJson(text))
  } catch {
    return undefined
  }
}

function attributesOf({ json }: RecordedEvent): { source: string; type: string; subject?: string } {
  return JSON.parse(json) as { source: string; type: string; subject?: string }
}

/** Source and subject identify what an event is about (sveltos.md 5.6). */
function isOfSender(a: RecordedEvent, b: RecordedEvent): boolean {
  const [one, other] = [attributesOf(a), attributesOf(b)]
  return a.cluster === b.cluster && one.source === other.source && one.subject === other.subject
}

/** Whatever one of them fits, the other does too. */
function isOfKind(a: RecordedEvent, b: RecordedEvent): boolean {
  return a.subject === b.subject && attributesOf(a).type === attributesOf(b).type
}

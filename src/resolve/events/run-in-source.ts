import type { EventSource, EventTrigger } from '../../intent/types.ts'
import type { RecordedEvent } from '../../observe/types.ts'
import type { ClusterState } from '../cluster-state.ts'
import { functionBlocked, templateFailed } from '../diagnostics.ts'
import { badCloudEventAction, eventSourceNotFound } from '../event-diagnostics.ts'
import { instantiate } from '../instantiate.ts'
import type { Hold, TriggeredEvents } from '../types.ts'
import { placeOf, Unresolvable } from '../world.ts'
import { lastCloudEvents, type SeenCloudEvent } from './cloud-events.ts'
import { triggeredId, triggerId } from './event-names.ts'
import {
  bareProfile,
  claimOf,
  fillTexts,
  generateProfile,
  type GeneratedProfile,
} from './generate-profile.ts'
import type { EventFleet, EventWorld, Generated } from './event-world.ts'
import { cloudEventOccurrence, formatCloudEvent, formatSeen, occurrences, type Seen } from './occurrences.ts'
import { askFor, seeObjects } from './seen-objects.ts'
import type { SourceCluster } from './source-clusters.ts'

/** What a trigger made of one source cluster. */
export interface SourceOutcome {
  readonly row: TriggeredEvents
  readonly generated: readonly GeneratedProfile[]
  readonly held: Generated['held']
}

interface SourceRun extends SourceCluster {
  readonly trigger: EventTrigger
}

interface SourceFacts {
  readonly fleet: Pick<EventFleet, 'eventSources'>
  readonly events: readonly RecordedEvent[]
}

/** Runs a trigger on what one of its source clusters saw. What cannot be worked out is held, and reported. */
export async function runInSource(
  world: EventWorld,
  run: SourceRun,
  facts: SourceFacts,
): Promise<SourceOutcome> {
  const { trigger, state } = run
  const row = { trigger: triggerId(trigger), cluster: state.cluster.id, objects: [], profiles: [] }
  let source: Pick<TriggeredEvents, 'source' | 'document'> = {
    source: `EventSource/${trigger.eventSourceName}`,
  }
  try {
    const name = await sourceName(world, run)
    const written = facts.fleet.eventSources.find((one) => one.name === name)
    source = { source: `EventSource/${name}`, ...(written && { document: written.document }) }
    const eventSource = findSource(world, run, name, facts.fleet.eventSources)
    const seen = await see(world, run, eventSource, facts.events)
    const made = await generate(world, run, seen)
    const [first] = [...seen.held, ...made.held]
    return {
      row: {
        ...row,
        ...source,
        objects: [...seen.objects.map(formatSeen), ...seen.cloudEvents.map(formatCloudEvent)].sort(),
        profiles: made.generated.map(({ profile }) => profile.id).sort(),
        ...(first && { hold: first.hold }),
      },
      generated: made.generated,
      held: [...seen.held, ...made.held, ...incomplete(run, eventSource)],
    }
  } catch (error) {
    if (!(error instanceof Held) && !(error instanceof Unresolvable)) throw error
    const { hold } = error
    const held = [{ profile: triggeredId(trigger, state.cluster.id), hold }]
    return { row: { ...row, ...source, hold }, generated: [], held }
  }
}

/** Thrown inside this file only: nothing can be told of the source cluster now. */
class Held extends Error {
  readonly hold: Hold

  constructor(hold: Hold) {
    super(hold.message)
    this.hold = hold
  }
}

/** The name of an event source may be a template over the source cluster (sveltos.md 2.2). */
async function sourceName(world: EventWorld, { trigger, state, hold }: SourceRun): Promise<string> {
  const { cluster } = state
  const path = ['spec', 'eventSourceName']
  const data = `{"Cluster":${cluster.json},"ClusterNamespace":${JSON.stringify(cluster.namespace)},"ClusterName":${JSON.stringify(cluster.name)}}`
  const { texts, faults, blocked } = await instantiate(
    world.engine,
    world.clockMs,
    { dialect: 'reference', data },
    [{ path, text: trigger.eventSourceName }],
  )
  const profile = bareProfile(trigger, { id: triggeredId(trigger, cluster.id), words: [] })
  for (const { functions } of blocked) world.report(functionBlocked({ profile, path, cluster }, functions))
  const [fault] = faults
  if (fault === undefined) return texts[0] ?? ''
  if (hold) throw new Held(hold)
  world.report(templateFailed({ profile, path, cluster }, fault.fault))
  throw new Unresolvable(`the template of the event source of ${triggerId(trigger)} failed`)
}

function findSource(
  world: EventWorld,
  { trigger, state, hold, isCertain, stale }: SourceRun,
  name: string,
  sources: readonly EventSource[],
): EventSource {
  const found = sources.find((source) => source.name === name)
  // What is held now is told again later, and must still be observed then.
  if (found && isCertain) askFor(found, state.cluster.id, world.knowledge)
  if (hold) throw new Held(hold)
  if (found === undefined) {
    // One that is written out was reported with the intent.
    if (name !== trigger.eventSourceName)
      world.report(
        eventSourceNotFound(
          trigger,
          state.cluster.id,
          name,
          sources.map((one) => one.name),
        ),
      )
    throw new Held({ reason: 'error', message: `EventSource/${name} does not exist` })
  }
  if (found.faulty === true) throw new Held({ reason: 'error', message: `EventSource/${name} has errors` })
  if (stale && found.resourceSelectors.length > 0) throw new Held(stale)
  return found
}

/** What is not seen any more stays while a field of the source is misspelt: it may be what sees it. */
function incomplete({ trigger, state }: SourceRun, { name, ignores }: EventSource): Generated['held'] {
  if (ignores !== true) return []
  const message = `EventSource/${name}: a field is not known, so that something may be missing`
  return [{ profile: triggeredId(trigger, state.cluster.id), hold: { reason: 'error', message } }]
}

async function see(
  world: EventWorld,
  { trigger, state }: SourceRun,
  source: EventSource,
  events: readonly RecordedEvent[],
): Promise<Seen & { readonly held: Generated['held'] }> {
  const seen = seeObjects(source, state.cluster.id, { knowledge: world.knowledge, scripts: world })
  if (!seen.known) throw new Held(seen.hold)
  const last = lastCloudEvents(source, state.cluster.id, events)
  const decided = await Promise.all(last.map((event) => decide(world, trigger, state, event)))
  const held = decided.flatMap((one) => (typeof one === 'string' ? [] : [one]))
  // A list lacks what is not known of one of its events.
  if (held[0] && !trigger.oneForEvent) throw new Held(held[0].hold)
  return {
    collects: source.collectResources,
    objects: seen.objects,
    cloudEvents: last.filter((_event, index) => decided[index] === 'Create'),
    held,
  }
}

/** Whether a CloudEvent deploys or removes (sveltos.md 5.6). */
async function decide(
  world: EventWorld,
  trigger: EventTrigger,
  state: ClusterState,
  event: SeenCloudEvent,
): Promise<'Create' | 'Delete' | Generated['held'][number]> {
  const occurrence = cloudEventOccurrence(trigger, state.cluster, event)
  const claimed = claimOf(bareProfile(trigger, occurrence), state)
  const path = ['spec', 'cloudEventAction']
  try {
    const template = { path, text: trigger.cloudEventAction }
    const [action = ''] = await fillTexts(world, claimed, occurrence.data, [template])
    if (action === 'Create' || action === 'Delete') return action
    const fault = badCloudEventAction(placeOf(claimed, path), action)
    world.report(fault)
    return { profile: occurrence.id, hold: { reason: 'error', message: fault.message } }
  } catch (error) {
    if (!(error instanceof Unresolvable)) throw error
    return { profile: occurrence.id, hold: error.hold }
  }
}

/** An event that cannot be made a profile of leaves the others alone. */
async function generate(
  world: EventWorld,
  { trigger, state }: SourceRun,
  seen: Seen,
): Promise<Pick<SourceOutcome, 'generated' | 'held'>> {
  const made = await Promise.all(
    occurrences(trigger, state.cluster, seen).map(async (occurrence) => {
      try {
        return await generateProfile(world, trigger, state, occurrence)
      } catch (error) {
        if (!(error instanceof Unresolvable)) throw error
        return { profile: occurrence.id, hold: error.hold }
      }
    }),
  )
  return {
    generated: made.flatMap((one) => ('hold' in one ? [] : [one])),
    held: made.flatMap((one) => ('hold' in one ? [one] : [])),
  }
}

import type { EventTrigger } from '../../intent/types.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { Facts } from '../../observe/types.ts'
import type { ClusterState } from '../cluster-state.ts'
import type { Hold } from '../types.ts'
import type { EventFleet, EventWorld, Generated } from './event-world.ts'
import { triggeredId, triggerId } from './event-names.ts'
import { runInSource, type SourceOutcome } from './run-in-source.ts'
import { settleNames } from './settle-names.ts'
import { sourceClusters } from './source-clusters.ts'

/**
 * The profiles that event triggers generate from what their event sources find in their source clusters (sveltos.md 5).
 * Names follow from trigger, source cluster and event. What cannot be told now is held under the id of its trigger, source
 * cluster or event, never left out; the faults are reported. Pure; the order of its inputs does not matter.
 */
export async function generateProfiles(
  states: readonly ClusterState[],
  fleet: EventFleet,
  facts: Pick<Facts, 'events' | 'unreadable'>,
  world: EventWorld,
): Promise<Generated> {
  const outcomes = await Promise.all(
    fleet.eventTriggers.map(async (trigger) => {
      const sources = sourceClusters(trigger, states, { ...world, unreadable: facts.unreadable })
      const hold = triggerHold(trigger)
      const ran = await Promise.all(
        sources.map((source) =>
          runInSource(world, { trigger, ...source, ...(hold && { hold }) }, { fleet, events: facts.events }),
        ),
      )
      return { trigger, ran, held: heldAnyhow(trigger, states, fleet, hold) }
    }),
  )
  const ran = outcomes.flatMap((outcome) => outcome.ran)
  const settled = settleNames(
    ran.flatMap(({ generated }) => generated),
    fleet.profiles,
    world.report,
  )
  const held = [
    ...outcomes.flatMap((outcome) => outcome.held),
    ...ran.flatMap((one) => one.held),
    ...settled.held,
  ]
  const isGenerated = new Set(settled.profiles.map(({ id }) => id))
  return {
    profiles: settled.profiles,
    objects: settled.objects,
    hidesObjects: outcomes.some((outcome) => mayHide(outcome)),
    held: uniqueHolds(held),
    events: ran
      .map(({ row }) => ({ ...row, profiles: row.profiles.filter((id) => isGenerated.has(id)) }))
      .sort((a, b) => compareText(a.trigger, b.trigger) || compareText(a.cluster, b.cluster)),
  }
}

/** The first hold of each id, sorted. */
function uniqueHolds(held: Generated['held']): Generated['held'] {
  const first = new Map<string, Generated['held'][number]>()
  for (const one of held) if (!first.has(one.profile)) first.set(one.profile, one)
  return [...first.values()].sort((a, b) => compareText(a.profile, b.profile))
}

/** Annotation of Cluster API, which Sveltos takes for its triggers too. */
const pausedAnnotation = 'cluster.x-k8s.io/paused'

function triggerHold(trigger: EventTrigger): Hold | undefined {
  const id = triggerId(trigger)
  if (Object.hasOwn(trigger.annotations, pausedAnnotation))
    return { reason: 'profile-paused', message: `${id} is paused` }
  return trigger.faulty === true ? { reason: 'error', message: `${id} has errors` } : undefined
}

/**
 * What stays whatever the events give now: all of a faulty trigger, since what is wrong with it may be its sources; and
 * what is not generated any more while a field that nobody knows may be the cause.
 */
function heldAnyhow(
  trigger: EventTrigger,
  states: readonly ClusterState[],
  { sets, classifiers }: EventFleet,
  hold: Hold | undefined,
): Generated['held'] {
  const id = triggerId(trigger)
  if (hold) return [{ profile: id, hold }]
  const message = 'a field is not known, so that something may be missing'
  const mayMiss = (what: string): Hold => ({ reason: 'error', message: `${what}: ${message}` })
  const isIncomplete =
    trigger.ignores === true ||
    classifiers.some(({ ignores }) => ignores === true) ||
    sets.some(
      ({ kind, name, ignores }) =>
        kind === 'ClusterSet' && ignores === true && trigger.clusterSetRefs.includes(name),
    )
  if (isIncomplete) return [{ profile: id, hold: mayMiss(id) }]
  return states
    .filter(({ cluster }) => cluster.ignores === true)
    .map(({ cluster }) => ({ profile: triggeredId(trigger, cluster.id), hold: mayMiss(cluster.id) }))
}

function mayHide(outcome: {
  readonly trigger: EventTrigger
  readonly ran: readonly SourceOutcome[]
  readonly held: Generated['held']
}): boolean {
  const { configMapGenerator, secretGenerator } = outcome.trigger
  const isHeld = outcome.held.length > 0 || outcome.ran.some(({ held }) => held.length > 0)
  return isHeld && configMapGenerator.length + secretGenerator.length > 0
}

import { compile } from './compile.ts'
import type { Report } from './diagnostics/types.ts'
import {
  createWatchedReaders,
  deliveryChanges,
  factChanges,
  observedPath,
  type DeliveryChange,
  type FactChange,
} from './observe/observe.ts'
import { observeDelivered } from './observe-delivered.ts'
import {
  observeFleet,
  type ObservedFleet,
  type ObserveFleetOptions,
  type ObserveFleetPorts,
} from './observe-fleet.ts'
import { changedProfiles, type ChangedProfile } from './report/report.ts'
import { emptyPlan } from './resolve/resolve.ts'
import type { Plan } from './resolve/types.ts'
import { createWatchedChanges, type DueClusters } from './watched-changes.ts'

export interface WatchFleetPorts extends ObserveFleetPorts {
  /** ISO 8601 UTC. */
  readonly now: () => string
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Ends watching. */
  readonly signal: AbortSignal
}

export interface WatchFleetOptions extends Omit<ObserveFleetOptions, 'asOf' | 'since'> {
  /** `delivered.json` as it was recorded. */
  readonly delivered?: string
  /** Quiet time after a change before it is looked at. */
  readonly debounceMs: number
  /** How often clusters are asked for their version and what they serve. */
  readonly discoveryPauseMs: number
}

/** A line of what is said while watching. */
export type WatchedChange = { readonly time: string } & (FactChange | DeliveryChange) & {
    /** Profiles that give some clusters something else, because of this change or of another of the same moment. */
    readonly profiles: readonly ChangedProfile[]
  }

export interface WatchFleetSinks {
  /** After the first observation, and after each that saw something new or that is due because of ages. */
  readonly onObserved: (observed: WatchedFleet) => Promise<void>
  readonly onChanges: (changes: readonly WatchedChange[]) => void
  readonly report: Report
}

export interface WatchedFleet extends ObservedFleet {
  /** ISO 8601 UTC. */
  readonly observedAt: string
  /** `delivered.json`. */
  readonly delivered?: string
}

/**
 * Observes a fleet and goes on: lists and watches just the kinds that are needed, and says what changed of what is recorded.
 * A change that alters no recorded byte is none. Survives watches that break off, versions that expire and clusters that go
 * away; ends when its signal is aborted. Throws EnvironmentError when another port fails.
 */
export async function watchFleet(
  ports: WatchFleetPorts,
  options: WatchFleetOptions,
  sinks: WatchFleetSinks,
): Promise<void> {
  const { signal } = ports
  const changes = createWatchedChanges(ports, options.debounceMs)
  const readers = createWatchedReaders(ports.readers, {
    ...{ ...ports, ...changes.world },
    discoveryPauseMs: options.discoveryPauseMs,
  })
  let plan = options.facts.size === 0 ? undefined : await recordedPlan(ports, options)
  let fleet: WatchedFleet | undefined
  let due: DueClusters = { ids: new Set(), isRefresh: true }
  while (!signal.aborted) {
    const asOf = ports.now()
    const run = {
      ...{ ...options, asOf },
      ...(fleet && { facts: fleet.files, since: { observed: fleet, changed: due.ids } }),
    }
    const observed = await observeFleet({ ...ports, readers }, run, sinks.report)
    const old = fleet ? fleet.delivered : options.delivered
    const { text: delivered } = await observeDelivered(observed, old, run, readers)
    // What was cut off is no observation.
    if (signal.aborted) return
    const now = { ...observed, observedAt: asOf, ...(delivered !== undefined && { delivered }) }
    const said = describeChanges({ facts: run.facts, delivered: old, plan }, now)
    if (said.length > 0) sinks.onChanges(said)
    if (due.isRefresh || said.length > 0 || isOther(run.facts, now.files)) await sinks.onObserved(now)
    fleet = now
    plan = now.compiled.plan
    due = await changes.next(fleet)
    if (due.isRefresh) readers.forgetUnread()
  }
}

/** What the recorded facts came to; without any, everything is new and nothing has changed. */
async function recordedPlan(ports: WatchFleetPorts, options: WatchFleetOptions): Promise<Plan | undefined> {
  const { isWanted: _all, ...rest } = options
  const run = { ...rest, asOf: ports.now(), until: 'plan' as const }
  return (await compile(ports, run, () => undefined)).plan
}

interface Former {
  readonly facts: ReadonlyMap<string, string>
  readonly delivered: string | undefined
  readonly plan: Plan | undefined
}

function describeChanges({ facts, delivered, plan }: Former, now: WatchedFleet): readonly WatchedChange[] {
  if (plan === undefined) return []
  const time = now.observedAt
  const needs = [...now.asked.values()].flat()
  const changes = factChanges(facts, now.files, needs)
  const profiles = changes.length === 0 ? [] : changedProfiles(plan, now.compiled.plan ?? emptyPlan)
  const delivery = deliveryChanges(delivered, now.delivered)
  return [
    ...changes.map((change) => ({
      ...{ time, ...change },
      // Whether a cluster answers is in no plan.
      profiles: change.change === 'away' || change.change === 'back' ? [] : profiles,
    })),
    ...delivery.map((change) => ({ time, ...change, profiles: [] })),
  ]
}

function isOther(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): boolean {
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  return paths.some((path) => path !== observedPath && before.get(path) !== after.get(path))
}

import { parseDuration } from '../../config/config.ts'
import type { BrakeReason } from '../../branch/types.ts'
import type { z } from 'zod'
import type { outputs } from '../output-schema.ts'
import { describeBrake } from '../review/models/held-model.ts'
import type { FleetCluster, FleetState, FleetUnit } from './types.ts'

/** What children said, parsed. */
export interface FleetOutputs {
  readonly config: z.infer<(typeof outputs)['show config']>['spec']
  readonly compiled: z.infer<(typeof outputs)['compile']>
  readonly clusters: z.infer<(typeof outputs)['show clusters']>
  readonly conflicts: z.infer<(typeof outputs)['show conflicts']>
}

type CompiledCluster = FleetOutputs['compiled']['clusters'][number]
type CompiledUnit = CompiledCluster['units'][number]
type ShownCluster = FleetOutputs['clusters']['clusters'][number]

/** The limit of facts where the configuration has none that can be read. */
const defaultMaxAgeMs = 24 * 3_600_000

/** Outputs of one source commit and one rendered commit → the state of the fleet there. Pure. */
export function toFleetState(
  place: Pick<FleetState, 'repository' | 'source' | 'rendered' | 'changes'>,
  { config, compiled, clusters, conflicts }: FleetOutputs,
): FleetState {
  const { brake, diagnostics } = compiled
  const placed = new Map(compiled.clusters.map((one) => [`${one.namespace}/${one.name}`, one]))
  const share = createShare()
  const count = (wanted: string): number => diagnostics.filter(({ severity }) => severity === wanted).length
  return {
    ...place,
    maxAgeMs: parseDuration(config.facts.maxAge) ?? defaultMaxAgeMs,
    clusters: clusters.clusters
      .map((shown) => toCluster(shown, placed.get(shown.cluster), share))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    conflicts: conflicts.conflicts,
    faults: { errors: count('error'), warnings: count('warning') },
    ...(brake && {
      brake: brake.reasons.map((reason) => describeBrake(reason as BrakeReason).replaceAll('`', '')),
    }),
  }
}

function toCluster(shown: ShownCluster, placed: CompiledCluster | undefined, share: Share): FleetCluster {
  const { cluster, version, wantedVersion, labels, paused, hold, observed } = shown
  return {
    ...{ id: cluster, version, isPaused: paused },
    ...(wantedVersion !== undefined && { wantedVersion }),
    labels: labels.map(({ key, value }) => [key, value] as const),
    ...(hold !== undefined && { hold }),
    ...(observed !== undefined && {
      observed: {
        reachable: observed.reachable,
        ...(observed.observedAt !== undefined && { observedAt: observed.observedAt }),
        ...(observed.reason !== undefined && { reason: observed.reason }),
      },
    }),
    units: (placed?.units ?? []).map((unit) => share(toUnit(unit))),
  }
}

function toUnit({ name, kind, chart, version, status, reason }: CompiledUnit): FleetUnit {
  return {
    ...{ name, kind, isDryRun: status === 'dry-run' },
    ...(chart !== undefined && { chart }),
    ...(version !== undefined && { version }),
    ...(status === 'held' && { hold: reason ?? 'it stays as it is' }),
  }
}

type Share = (unit: FleetUnit) => FleetUnit

/** Thousands of clusters have the same few units: one value for those that are equal, since states are kept in memory. */
function createShare(): Share {
  const known = new Map<string, FleetUnit>()
  return (unit) => {
    const key = JSON.stringify(unit)
    const found = known.get(key)
    if (found === undefined) known.set(key, unit)
    return found ?? unit
  }
}

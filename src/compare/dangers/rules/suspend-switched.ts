import { groupOf } from '../../../kubernetes/object-key.ts'
import { valueAt, type ObjectValue } from '../../../kubernetes/object-value.ts'
import type { ClusterPlan } from '../../../resolve/types.ts'
import { annotationOf } from '../metadata.ts'
import { mapAt } from '../read-value.ts'
import type {
  ClusterInReview,
  FleetInReview,
  FoundDanger,
  FoundInFleet,
  ObjectInReview,
  Rule,
} from '../rule.ts'
import { nameOf } from '../wording.ts'

/** "DryRun profiles are shown and not written" (decision 15); "suspend […] subsequent […] reconciliations" (Flux). */
export const suspendSwitched: Rule = {
  name: 'suspend-switched',
  severity: 'medium',
  what: 'Something that was applied or that ran by itself stops to, or begins to.',
  why: 'What is suspended, paused or a DryRun looks healthy and gets nothing any more, fixes of security included. What begins again does at once all that it missed.',
  example: '  kind: ClusterProfile\n  spec:\n-   syncMode: Continuous\n+   syncMode: DryRun',
  fix: 'Say in the change when it is to be switched back. Look at what is pending before switching it on.',
  looksAt: 'fleet',
  *find(fleet) {
    yield* findDryRuns(fleet)
    for (const cluster of fleet.clusters) yield* findInCluster(cluster)
  },
}

/** A unit that becomes a DryRun stays on the branch as it is, so that no change of it shows. */
function* findDryRuns({ before, after }: FleetInReview): Generator<FoundInFleet> {
  const old = new Map(before.plan?.clusters.map((plan) => [plan.cluster.id, dryRunsOf(plan)]))
  for (const plan of after.plan?.clusters ?? []) {
    const { id } = plan.cluster
    const former = old.get(id)
    for (const [unit, isDryRun] of former ? dryRunsOf(plan) : []) {
      const isThere = before.clusters.get(id)?.units.has(unit) === true
      if (!isThere || former?.get(unit) === undefined || former.get(unit) === isDryRun) continue
      const message = isDryRun
        ? `${unit} becomes a DryRun: changes of it are shown and not delivered any more`
        : `${unit} is a DryRun no more: what it shows is delivered`
      yield { message, unit, clusters: [id] }
    }
  }
}

function dryRunsOf({ units }: ClusterPlan): ReadonlyMap<string, boolean> {
  return new Map(units.map(({ name, syncMode }) => [name, syncMode === 'DryRun']))
}

function* findInCluster({ id, units }: ClusterInReview): Generator<FoundInFleet> {
  for (const { change, objects } of units) {
    const { unit, before, after } = change
    const isOnce = (side: typeof before): boolean => side?.settings.syncMode === 'OneTime'
    if (before && after && isOnce(before) !== isOnce(after)) {
      const message = isOnce(after)
        ? `${unit} is delivered once from now on: later changes do not reach where it is`
        : `${unit} is delivered continuously from now on: what was changed in the cluster is changed back`
      yield { message, unit, clusters: [id] }
    }
    for (const object of objects) {
      const found = findInObject(object)
      if (!found) continue
      // Every part of a unit is delivered by an object of its own; folding leaves one.
      const ofUnit = object.change.delivery === true
      const verb = found.isStopped ? 'is not delivered any more' : 'is delivered again'
      const danger = ofUnit
        ? { message: `${unit} ${verb}: its delivery is ${found.isStopped ? 'suspended' : 'resumed'}` }
        : found
      yield {
        ...danger,
        unit,
        clusters: [id],
        ...(!ofUnit && object.change.after && { object: object.change.after }),
      }
    }
  }
}

function findInObject({
  change,
  before,
  after,
}: ObjectInReview): (FoundDanger & { isStopped: boolean }) | undefined {
  if (!before || !after || change.after === undefined) return undefined
  for (const { path, isStopped } of switches) {
    const [old, now] = [isStopped(before.value), isStopped(after.value)]
    if (old === now) continue
    const effect = now ? 'is suspended' : 'runs again'
    return { message: `${nameOf(change.after)} ${effect} (${path.join('.')})`, path, isStopped: now }
  }
  return undefined
}

interface Switch {
  readonly path: readonly string[]
  readonly isStopped: (value: ObjectValue) => boolean
}

const reconcile = ['metadata', 'annotations', 'kustomize.toolkit.fluxcd.io/reconcile']

/** Of every kind that has them: CronJobs, Jobs, what Flux applies, Deployments, machines. */
const switches: readonly Switch[] = [
  ...['suspend', 'paused'].map((field): Switch => ({
    path: ['spec', field],
    isStopped: (value) => valueAt(value, ['spec', field]) === true,
  })),
  {
    path: ['spec', 'syncPolicy', 'automated'],
    isStopped: (value) => isApplication(value) && !isAutomated(value),
  },
  {
    path: reconcile,
    isStopped: (value) => annotationOf(value, 'kustomize.toolkit.fluxcd.io/reconcile') === 'disabled',
  },
]

function isApplication(value: ObjectValue): boolean {
  return groupOf(String(value['apiVersion'])) === 'argoproj.io' && value['kind'] === 'Application'
}

/** An empty map switches it on. */
function isAutomated(value: ObjectValue): boolean {
  const automated = mapAt(value, ['spec', 'syncPolicy', 'automated'])
  return automated !== undefined && automated['enabled'] !== false
}

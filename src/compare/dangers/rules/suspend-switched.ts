import { groupOf } from '../../../kubernetes/object-key.ts'
import { valueAt, type ObjectValue } from '../../../kubernetes/object-value.ts'
import type { ClusterPlan } from '../../../resolve/types.ts'
import { locate } from '../../../source/source.ts'
import { annotationOf } from '../metadata.ts'
import { mapAt } from '../read-value.ts'
import type {
  ClusterInReview,
  FleetInReview,
  FoundDanger,
  FoundInFleet,
  ObjectInReview,
  Rule,
  UnitInReview,
} from '../rule.ts'
import { counted, nameOf } from '../wording.ts'

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

function* findInCluster(cluster: ClusterInReview): Generator<FoundInFleet> {
  const { id, units } = cluster
  const clusters = [id]
  const whole = wholeDelivery(cluster)
  if (whole) yield { ...describeCluster(cluster, whole), clusters }
  for (const unit of units) {
    const name = unit.change.unit
    const switched = deliveryOf(unit)
    const isStopped = switched === 'stopped'
    if (switched && !whole) {
      const verb = isStopped ? 'is not delivered any more' : 'is delivered again'
      const message = `${name} ${verb}: its delivery is ${isStopped ? 'suspended' : 'resumed'}`
      yield { message, unit: name, clusters }
    }
    for (const found of [...findOnce(unit), ...unit.objects.flatMap(findOwn)])
      yield { unit: name, ...found, clusters }
  }
}

type Switched = 'stopped' | 'resumed'

/** A unit is delivered by an object for each of its parts; all are switched together. */
function deliveryOf({ objects }: UnitInReview): Switched | undefined {
  const found = objects
    .filter(({ change }) => change.delivery === true)
    .map(findSwitch)
    .find((one) => one !== undefined)
  return found && (found.isStopped ? 'stopped' : 'resumed')
}

/** Set where the cluster itself is paused, or is so no more. */
function wholeDelivery({ planBefore, planAfter }: ClusterInReview): Switched | undefined {
  const [old, now] = [planBefore?.cluster.paused, planAfter?.cluster.paused]
  if (old === undefined || now === undefined || old === now) return undefined
  return now ? 'stopped' : 'resumed'
}

function describeCluster({ planAfter, units }: ClusterInReview, switched: Switched): FoundDanger {
  const document = planAfter?.cluster.document
  const all = counted(units.filter((unit) => deliveryOf(unit) === switched).length, 'unit')
  return {
    message:
      switched === 'stopped'
        ? `The cluster is paused: nothing is delivered to it any more, ${all} of it are suspended`
        : `The cluster is paused no more: ${all} of it are delivered again`,
    ...(document && { span: locate(document, ['spec', 'paused']) }),
  }
}

function* findOnce({ change: { unit, before, after } }: UnitInReview): Generator<FoundDanger> {
  const isOnce = (side: typeof before): boolean => side?.settings.syncMode === 'OneTime'
  if (!before || !after || isOnce(before) === isOnce(after)) return
  yield {
    message: isOnce(after)
      ? `${unit} is delivered once from now on: later changes do not reach where it is`
      : `${unit} is delivered continuously from now on: what was changed in the cluster is changed back`,
  }
}

/** What the unit itself consists of. */
function findOwn(object: ObjectInReview): readonly FoundDanger[] {
  const { after, delivery } = object.change
  const found = delivery === true ? undefined : findSwitch(object)
  if (!found || !after) return []
  const effect = found.isStopped ? 'is suspended' : 'runs again'
  const message = `${nameOf(after)} ${effect} (${found.path.join('.')})`
  return [{ message, object: after, path: found.path }]
}

function findSwitch({
  before,
  after,
}: ObjectInReview): { readonly path: readonly string[]; readonly isStopped: boolean } | undefined {
  if (!before || !after) return undefined
  const found = switches.find(({ isStopped }) => isStopped(before.value) !== isStopped(after.value))
  return found && { path: found.path, isStopped: found.isStopped(after.value) }
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

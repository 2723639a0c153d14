import { groupOf } from '../../../kubernetes/object-key.ts'
import { valueAt } from '../../../kubernetes/object-value.ts'
import { annotationOf } from '../metadata.ts'
import { mapAt } from '../read-value.ts'
import { hasSyncOption } from '../removal.ts'
import type { FoundDanger, ObjectInReview, Rule, UnitInReview } from '../rule.ts'
import { nameOf } from '../wording.ts'

/** "prune […] enable[s] or disable[s] garbage collection" (Flux, Kustomization); `stopMatchingBehavior` (sveltos.md 1.1). */
export const pruneSwitched: Rule = {
  name: 'prune-switched',
  severity: 'medium',
  what: 'What is removed from Git is deleted from now on, or stays from now on.',
  why: 'Switched on, the next apply deletes whatever was left over. Switched off, objects stay that nobody maintains, and a removal that somebody counts on does not happen.',
  example: '  spec:\n-   stopMatchingBehavior: LeavePolicies\n+   stopMatchingBehavior: WithdrawPolicies',
  fix: 'Look at what is left in the cluster before switching it on. Do not switch it and remove something in one change.',
  looksAt: 'unit',
  *find(unit) {
    yield* ofUnit(unit)
    for (const object of unit.objects) {
      // The delivery of a unit follows from its settings, which are told already.
      if (object.change.delivery === true) continue
      yield* ofObject(object)
    }
  },
}

function* ofUnit({ change: { unit, before, after } }: UnitInReview): Generator<FoundDanger> {
  if (!before || !after || before.settings.leave === after.settings.leave) return
  yield {
    message: after.settings.leave
      ? `Objects of ${unit} stay in the cluster from now on when it is removed`
      : `Objects of ${unit} are deleted from now on when it is removed`,
  }
}

function* ofObject({ change, before, after }: ObjectInReview): Generator<FoundDanger> {
  if (!before || !after || change.after === undefined) return
  const [old, now] = [pruningOf(before.value), pruningOf(after.value)]
  if (old === undefined || now === undefined || old.prunes === now.prunes) return
  const effect = now.prunes
    ? 'deletes what is removed from Git from now on'
    : 'leaves what is removed from Git from now on'
  const subject = now.isAboutItself
    ? `${nameOf(change.after)} is ${now.prunes ? 'deleted' : 'left in the cluster'} from now on when it is removed from Git`
    : `${nameOf(change.after)} ${effect}`
  yield { message: subject, object: change.after, path: now.path }
}

interface Pruning {
  readonly prunes: boolean
  readonly path: readonly string[]
  /** The object itself stays or goes, not what it applies. */
  readonly isAboutItself?: true
}

function pruningOf(value: Readonly<Record<string, unknown>>): Pruning | undefined {
  const group = groupOf(String(value['apiVersion']))
  if (value['kind'] === 'Kustomization' && group === 'kustomize.toolkit.fluxcd.io')
    return { prunes: valueAt(value, ['spec', 'prune']) === true, path: ['spec', 'prune'] }
  if (group === 'argoproj.io') {
    const root = value['kind'] === 'ApplicationSet' ? ['spec', 'template', 'spec'] : ['spec']
    const path = [...root, 'syncPolicy', 'automated', 'prune']
    // Without automation nothing is pruned, and that is what is told then.
    const isAutomated = mapAt(value, path.slice(0, -1)) !== undefined
    return isAutomated ? { prunes: valueAt(value, path) === true, path } : undefined
  }
  return ofAnnotations(value)
}

function ofAnnotations(value: unknown): Pruning {
  const [flux, argo] = ['kustomize.toolkit.fluxcd.io/prune', 'argocd.argoproj.io/sync-options']
  const isKeptByArgo = hasSyncOption(value, 'Prune=false')
  const isKept = isKeptByArgo || annotationOf(value, flux) === 'disabled'
  const path = ['metadata', 'annotations', isKeptByArgo ? argo : flux]
  return { prunes: !isKept, isAboutItself: true, path }
}

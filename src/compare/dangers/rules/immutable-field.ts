import { refusedChanges, type RefusedChange } from '../../../kubernetes/immutable-changes.ts'
import { valueAt } from '../../../kubernetes/object-value.ts'
import type { JsonObject } from '../../../engine/types.ts'
import { annotationOf, isHook } from '../metadata.ts'
import { textAt } from '../read-value.ts'
import { hasSyncOption } from '../removal.ts'
import { rememberPairs } from '../remember-pairs.ts'
import type { ObjectInReview, Rule } from '../rule.ts'
import { volumeClaimsOf } from '../volume-claims.ts'
import { nameOf, shown } from '../wording.ts'

/** "Forbidden: updates to […] are forbidden", "field is immutable": what the API server answers, by kind and minor version. */
export const immutableField: Rule = {
  name: 'immutable-field',
  severity: 'high',
  what: 'A field changes that the API server does not let anybody change.',
  why: 'The apply fails and nothing else of the unit arrives, until somebody deletes the object and lets it be made anew, with all that hangs on it.',
  example:
    '  kind: StorageClass\n  metadata:\n    name: fast\n- provisioner: ebs.csi.aws.com\n+ provisioner: disk.csi.azure.com',
  fix: 'Give the changed object a new name and move what uses it over, or delete the old one first and on purpose.',
  looksAt: 'unit',
  *find({ cluster, objects }) {
    const minor = minorOf((cluster.planAfter ?? cluster.planBefore)?.kubeVersion)
    for (const object of objects) {
      const { before, after, change } = object
      if (!before || !after || change.after === undefined || change.change === 'renamed') continue
      if (isMadeAnew(after.value)) continue
      for (const refused of refusedBy(minor)(before.value, after.value)) {
        if (isSaidElsewhere(object, refused)) continue
        const { path, reason } = refused
        const [old, now] = [valueAt(before.value, path), valueAt(after.value, path)]
        const values = isShort(old) && isShort(now) ? ` from ${shown(old)} to ${shown(now)}` : ''
        const message = `${nameOf(change.after)} changes ${path.join('.')}${values}, which the API refuses: ${reason}`
        yield { message, object: change.after, path }
      }
    }
  },
}

type Refusals = (before: JsonObject | undefined, after: JsonObject) => readonly RefusedChange[]

const byMinor = new Map<number | undefined, Refusals>()

function refusedBy(minor: number | undefined): Refusals {
  const known =
    byMinor.get(minor) ??
    rememberPairs((before, after) => (before ? refusedChanges(before, after, minor) : []))
  byMinor.set(minor, known)
  return known
}

/** Delivery replaces hooks, and what is marked so; of what holds data or serves, that is told as a change all the same. */
function isMadeAnew(value: unknown): boolean {
  const isForced =
    annotationOf(value, 'kustomize.toolkit.fluxcd.io/force') === 'enabled' ||
    hasSyncOption(value, 'Force=true')
  return isHook(value) || (isForced && ['Job', 'Pod'].includes(textAt(value, ['kind']) ?? ''))
}

/** The selector and the claims of a workload have rules of their own, which say more. */
function isSaidElsewhere({ before, after }: ObjectInReview, { path }: RefusedChange): boolean {
  if (path[0] !== 'spec') return false
  if (path[1] === 'selector') return true
  const now = new Set(volumeClaimsOf(after?.value))
  return path[1] === 'volumeClaimTemplates' && volumeClaimsOf(before?.value).some((claim) => !now.has(claim))
}

function isShort(value: unknown): boolean {
  return typeof value !== 'object' && shown(value).length <= 40
}

function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?\d+\.(\d+)/.exec(version ?? '')?.[1]
  return minor === undefined ? undefined : Number(minor)
}

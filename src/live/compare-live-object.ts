import { ClusterError } from '../diagnostics/cluster-error.ts'
import { canonicalJson } from '../kubernetes/exact-json.ts'
import { metadataOf, toApplied, withMarks, withoutServerFields } from './clean-object.ts'
import { ignoredPointers, withIgnored } from './ignored-fields.ts'
import type { LiveCluster, LiveObject, ObjectAddress } from './live-clusters-port.ts'
import { predict } from './predict.ts'
import { takenByFlux, withoutTaken, type IsTaken } from './taken-away.ts'
import { isMergedByFlux, treatmentOf } from './treatment.ts'
import type { DeliveryEngine, Finding, WantedObject } from './types.ts'

export interface ObjectQuestion {
  readonly cluster: LiveCluster
  readonly place: ObjectAddress & { readonly namespaced: boolean }
  readonly object: WantedObject
  readonly dryRun: boolean
  /** Resources that may not be patched, known so far: nobody asks twice. */
  readonly refused: Set<string>
  readonly signal: AbortSignal
}

const fieldManagers: Readonly<Record<DeliveryEngine, string>> = {
  flux: 'kustomize-controller',
  argocd: 'argocd-controller',
}

/** Somebody may write the object between two questions. */
const mostAttempts = 4

/** What applying a wanted object would make of the one that is there. */
export async function compareLive(question: ObjectQuestion, first: LiveObject | undefined): Promise<Finding> {
  const { cluster, place, object, signal } = question
  let live = first
  for (let attempt = 1; ; attempt++) {
    const treatment = treatmentOf(object, live)
    if (treatment === 'nothing') return { type: 'alike' }
    if (live === undefined) return { type: 'missing' }
    if (treatment === 'presence') return { type: 'alike' }
    const outcome = await apply(question, live)
    const isStale = outcome.version !== undefined && outcome.version !== versionOf(live)
    if (!isStale) return toFinding(question, live, outcome)
    // What somebody else changed meanwhile is not what applying changes.
    if (attempt === mostAttempts)
      return { type: 'unknown', reason: 'it changes faster than it can be compared' }
    live = await cluster.find(place, signal)
  }
}

interface Outcome extends Pick<Finding & { type: 'differs' }, 'applied' | 'predicted'> {
  /** What is applied, with the marks of its deliverer. */
  readonly sent: LiveObject
  /** Resource version that the server applied it to. */
  readonly version?: string | undefined
}

async function apply(question: ObjectQuestion, live: LiveObject): Promise<Outcome> {
  const { cluster, place, object, dryRun, refused, signal } = question
  const sent = withMarks(toApplied(object.rendered, place), live, object)
  const predicted = (why: Outcome['predicted']): Outcome => {
    const { status: _ofServer, ...rest } = sent
    const manager = fieldManagers[object.engine]
    const isOwn: IsTaken = (row) => row.manager === manager && row.operation === 'Apply'
    const applied = withoutTaken(predict(live, rest), { live, rendered: sent }, isOwn)
    return { sent, applied, ...(why !== undefined && { predicted: why }) }
  }
  if (!dryRun) return predicted('not-asked')
  const resource = `${place.group}/${place.resource}`
  if (refused.has(resource)) return predicted('not-allowed')
  try {
    const request = { place, object: sent, fieldManager: fieldManagers[object.engine] }
    const answer = await cluster.tryApply(request, signal)
    if (answer.type === 'refused') return predicted(answer.status)
    return { sent, applied: answer.object, version: versionOf(answer.object) }
  } catch (error) {
    if (!(error instanceof ClusterError) || error.reason !== 'forbidden') throw error
    refused.add(resource)
    return predicted('not-allowed')
  }
}

function toFinding(
  { object: { rendered, settings, engine } }: ObjectQuestion,
  live: LiveObject,
  { sent, applied, predicted }: Outcome,
): Finding {
  const form = { keepsStatus: 'status' in rendered && predicted === undefined }
  const was = withoutServerFields(live, form)
  const pointers = ignoredPointers(rendered, settings, engine)
  const isUndone = engine === 'flux' && !isMergedByFlux(rendered, live)
  const left = isUndone ? withoutTaken(applied, { live, rendered: sent }, takenByFlux) : applied
  const becomes = withIgnored(withoutServerFields(left, form), was, pointers)
  if (canonicalJson(was) === canonicalJson(becomes)) return { type: 'alike' }
  return { type: 'differs', live: was, applied: becomes, ...(predicted !== undefined && { predicted }) }
}

function versionOf(object: LiveObject): string {
  return String(metadataOf(object)['resourceVersion'])
}

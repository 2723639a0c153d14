import { isObjectValue } from '../kubernetes/object-value.ts'
import { metadataOf, toMap } from './clean-object.ts'
import type { LiveObject } from './live-clusters-port.ts'
import type { DeliveryEngine, WantedObject } from './types.ts'

/** How a deliverer looks at an object: at all of it, at whether it is there, or not at all. */
export type Treatment = 'content' | 'presence' | 'nothing'

const flux = 'kustomize.toolkit.fluxcd.io'
const argocd = 'argocd.argoproj.io'

/**
 * What somebody said of an object on the branch or in the cluster, in the words of its deliverer. What is encrypted on the
 * branch can only be looked for: nobody here can read it.
 */
export function treatmentOf(
  { rendered, engine, settings }: Pick<WantedObject, 'rendered' | 'engine' | 'settings'>,
  live: LiveObject | undefined,
): Treatment {
  const either = live === undefined ? [rendered] : [rendered, live]
  if (engine === 'flux' && either.some(isLeftAlone)) return 'nothing'
  // Argo CD runs hooks and does not compare them.
  if (engine === 'argocd' && ['helm.sh/hook', `${argocd}/hook`].some((name) => marks(rendered, name) !== ''))
    return 'nothing'
  const isOnce = settings.syncMode === 'OneTime' || isFlux(rendered, 'ssa', 'IfNotPresent')
  return isOnce || isEncrypted(rendered) ? 'presence' : 'content'
}

/** Whether Flux leaves alone what kubectl added to an object. */
export function isMergedByFlux(...objects: readonly LiveObject[]): boolean {
  return objects.some((object) => isFlux(object, 'ssa', 'Merge'))
}

/** Whether an object stays although its deliverer has it on record and the branch does not. */
export function isNeverPruned(live: LiveObject, engine: DeliveryEngine): boolean {
  if (engine === 'flux') return isLeftAlone(live) || isFlux(live, 'prune', 'disabled')
  return (
    options(live, 'sync-options').includes('Prune=false') ||
    options(live, 'compare-options').includes('IgnoreExtraneous') ||
    marks(live, 'helm.sh/resource-policy') === 'keep'
  )
}

function isLeftAlone(object: LiveObject): boolean {
  return isFlux(object, 'reconcile', 'disabled') || isFlux(object, 'ssa', 'Ignore')
}

/** Flux reads labels as it reads annotations. */
function isFlux(object: LiveObject, name: string, value: string): boolean {
  const { labels, annotations } = metadataOf(object)
  return [labels, annotations].some((map) => toMap(map)[`${flux}/${name}`] === value)
}

function options(object: LiveObject, name: string): readonly string[] {
  return marks(object, `${argocd}/${name}`)
    .split(',')
    .map((option) => option.trim())
}

function marks(object: LiveObject, name: string): string {
  const value = toMap(metadataOf(object)['annotations'])[name]
  return typeof value === 'string' ? value : ''
}

/** With SOPS, which writes how it did it into the object. */
function isEncrypted({ sops }: LiveObject): boolean {
  return isObjectValue(sops)
}

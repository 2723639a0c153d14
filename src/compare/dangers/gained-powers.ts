import type { FoundDanger, ObjectInReview } from './rule.ts'
import type { PodPower } from './pod-security.ts'
import { containersOf, podTemplateOf, type PodTemplate } from './pods.ts'
import { listed, nameOf } from './wording.ts'

/** One finding for an object whose pods may do more than before: high where they did less, medium where the pods are new. */
export function* findGainedPowers(
  { change, before, after, isKnown }: ObjectInReview,
  powersOf: (template: PodTemplate) => readonly PodPower[],
): Generator<FoundDanger> {
  const template = podTemplateOf(after?.value)
  if (!template || change.after === undefined || isKnown) return
  const former = podTemplateOf(before?.value)
  const levels = new Map((former ? powersOf(former) : []).map(({ key, level }) => [key, level]))
  const containers = new Set((former ? containersOf(former) : []).map(({ name }) => name))
  const gained = powersOf(template).filter(({ key, level, container, standard }) => {
    const isNew = !former || (container !== undefined && !containers.has(container))
    return level > (levels.get(key) ?? 0) && (standard === 'baseline' || !isNew)
  })
  const [first] = gained
  if (!first) return
  yield {
    severity: former ? 'high' : 'medium',
    message: `${nameOf(change.after)} ${former ? 'now ' : ''}${listed(gained.map(({ text }) => text))}`,
    path: first.path,
  }
}

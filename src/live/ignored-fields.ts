import { RE2JS } from 're2js'
import type { UnitSettings } from '../branch/types.ts'
import type { PatchTarget } from '../intent/types.ts'
import { matchesLabels } from '../kubernetes/label-selector.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import { isObjectValue } from '../kubernetes/object-value.ts'
import { parseSelector } from '../kubernetes/selector-text.ts'
import { metadataOf, toMap } from './clean-object.ts'
import type { LiveObject } from './live-clusters-port.ts'
import type { DeliveryEngine } from './types.ts'

/**
 * JSON pointers to the fields of an object that others may change: those of `driftExclusions`, and those that Argo CD leaves
 * out of its comparison by itself.
 */
export function ignoredPointers(
  object: LiveObject,
  { ignores = [] }: Pick<UnitSettings, 'ignores'>,
  engine: DeliveryEngine,
): readonly string[] {
  const excluded = ignores.filter(({ target = {} }) => isTarget(object, target)).flatMap(({ paths }) => paths)
  const isDefinition = object['kind'] === 'CustomResourceDefinition'
  const own = engine === 'argocd' && isDefinition ? ['/spec/preserveUnknownFields', '/status'] : []
  return [...new Set([...excluded, ...own])].sort()
}

/** Anchored patterns and selectors, as Flux and Sveltos take them; what is absent or empty means any. */
function isTarget(object: LiveObject, target: PatchTarget): boolean {
  const { apiVersion, kind } = object
  const { name, namespace, labels, annotations } = metadataOf(object)
  const version = String(apiVersion)
  const patterns: readonly (readonly [pattern: string | undefined, value: unknown])[] = [
    [target.group, groupOf(version)],
    [target.version, version.slice(version.indexOf('/') + 1)],
    [target.kind, kind],
    [target.namespace, namespace ?? ''],
    [target.name, name],
  ]
  return (
    patterns.every(([pattern = '', value]) => pattern === '' || isMatch(pattern, String(value))) &&
    isSelected(target.labelSelector, labels) &&
    isSelected(target.annotationSelector, annotations)
  )
}

function isMatch(pattern: string, value: string): boolean {
  return RE2JS.compile(`^(?:${pattern})$`).matcher(value).find()
}

function isSelected(selector = '', values: unknown): boolean {
  if (selector.trim() === '') return true
  const texts = Object.fromEntries(Object.entries(toMap(values)).map(([key, value]) => [key, String(value)]))
  // A LabelSelector cannot say `k!=v`; selectors of patches can.
  const terms = selector.split(/,(?![^(]*\))/)
  const isExcluding = (term: string): boolean => term.includes('!=')
  const excludes = terms.filter(isExcluding).map((term) => term.split('!=').map((part) => part.trim()))
  const rest = terms.filter((term) => !isExcluding(term)).join(',')
  const parsed = parseSelector(rest)
  return (
    excludes.every(([key = '', value]) => texts[key] !== value) &&
    (rest === '' || (parsed.ok && matchesLabels(parsed.selector, texts)))
  )
}

/** What is applied, with what is live at these places. */
export function withIgnored(applied: LiveObject, live: LiveObject, pointers: readonly string[]): LiveObject {
  return pointers.reduce<LiveObject>((object, pointer) => {
    const steps = pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    return replaced(object, live, steps) as LiveObject
  }, applied)
}

/** Nothing where the way there is another one. */
function replaced(applied: unknown, live: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return live
  if (Array.isArray(applied) && Array.isArray(live)) {
    const items: readonly unknown[] = applied
    const others: readonly unknown[] = live
    const index = /^\d+$/.test(step) ? Number(step) : -1
    if (items[index] === undefined || others[index] === undefined) return applied
    return items.with(index, replaced(items[index], others[index], rest))
  }
  if (!isObjectValue(live) || !(isObjectValue(applied) || applied === undefined)) return applied
  const { [step]: old, ...others } = applied ?? {}
  const value = replaced(old, Object.hasOwn(live, step) ? live[step] : undefined, rest)
  const isNothing = applied === undefined && value === undefined
  return isNothing ? undefined : { ...others, ...(value !== undefined && { [step]: value }) }
}

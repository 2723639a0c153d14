import type { ClusterClassifier, CountConstraint, ResourceSelector } from '../../intent/types.ts'
import { evaluateMatch } from '../../lua/lua.ts'
import type { LuaJson } from '../../lua/types.ts'
import type { DocumentPath } from '../../source/types.ts'
import type { ClusterState } from '../cluster-state.ts'
import type { KnownObject } from '../knowledge.ts'
import type { Asker, Selecting } from '../resources/asker.ts'
import { formatIdentity, selectResources, toQuery } from '../resources/select-resources.ts'
import { scriptFailed } from '../script-diagnostics.ts'
import { runLua } from '../scripts.ts'
import type { ClassifierReason } from '../types.ts'
import { classifierId, noMatch, type Verdict } from './verdict.ts'

/** Most objects that a reason names. */
const namedObjects = 5

/** Everything that a classifier's constraints ask of a cluster, whether its version matches or not: needs are intent's alone. */
export function askForResources(
  classifier: ClusterClassifier,
  cluster: string,
  { knowledge }: Selecting,
): void {
  for (const { selector, asker } of selectors(classifier))
    knowledge.ask(cluster, toQuery(selector, asker), asker.id)
}

/**
 * Whether the objects of a cluster are those that a classifier wants (sveltos.md 4.2, 4.5). Selectors are tried in their
 * order and the first that finds nothing decides, as in Sveltos.
 */
export function matchResources(
  classifier: ClusterClassifier,
  state: ClusterState,
  selecting: Selecting,
): Verdict {
  const because: ClassifierReason[] = []
  for (const part of [matchConstraint, matchCounts]) {
    const verdict = part(classifier, state, selecting)
    if (!verdict.known || !verdict.matches) return verdict
    because.push(...verdict.because)
  }
  return { known: true, matches: true, because }
}

function matchConstraint(
  classifier: ClusterClassifier,
  { cluster }: ClusterState,
  selecting: Selecting,
): Verdict {
  const { resourceConstraint } = classifier
  const script = resourceConstraint?.aggregatedClassification ?? ''
  const because: ClassifierReason[] = []
  const all: KnownObject[] = []
  for (const { selector, asker } of constraintSelectors(classifier)) {
    const selected = selectResources(selector, cluster.id, asker, selecting)
    if (!selected.known) return selected
    if (script === '' && selected.objects.length === 0) return noMatch
    all.push(...selected.objects)
    if (selected.objects.length > 0) because.push(foundObjects(asker.path, selected.objects))
  }
  if (script === '') return { known: true, matches: true, because }
  const path = ['spec', 'deployedResourceConstraint']
  const asker = { ...askerOf(classifier, path), keep: 'whole' as const }
  return aggregate(
    script,
    all,
    { asker, cluster: cluster.id, because, field: 'aggregatedClassification' },
    selecting,
  )
}

interface Aggregating {
  readonly asker: Asker
  readonly cluster: string
  readonly field: string
  /** What was found so far. */
  readonly because: readonly ClassifierReason[]
}

/** The script alone decides over all that the selectors found. */
function aggregate(
  text: string,
  objects: readonly KnownObject[],
  { asker, cluster, field, because }: Aggregating,
  { scripts }: Selecting,
): Verdict {
  const outcome = runLua(
    scripts,
    evaluateMatch,
    { text, libraries: asker.runner === 'controller' },
    luaResources(objects),
  )
  if (!outcome.ok) {
    scripts.report(scriptFailed({ asker, cluster, field }, text, outcome.fault))
    return { known: false, reason: 'error', message: `a script of ${asker.id} failed` }
  }
  if (!outcome.value.matching) return noMatch
  const reason = { kind: 'script' as const, path: [...asker.path, field], message: outcome.value.message }
  return { known: true, matches: true, because: [...because, reason] }
}

/** Objects as the global and argument `resources` of a script. */
export function luaResources(objects: readonly KnownObject[]): Parameters<typeof runLua>[3] {
  return {
    text: `[${objects.map(({ json }) => json).join()}]`,
    inputs: () => ({
      globals: { resources: objects.map(({ value }) => value as LuaJson) },
      argument: { global: 'resources' },
    }),
  }
}

export function foundObjects(path: DocumentPath, objects: readonly KnownObject[]): ClassifierReason {
  const named = objects.slice(0, namedObjects).map(formatIdentity)
  return { kind: 'objects', path, count: objects.length, objects: named }
}

function matchCounts(classifier: ClusterClassifier, state: ClusterState, selecting: Selecting): Verdict {
  const because: ClassifierReason[] = []
  for (const { constraint, selector, asker } of countSelectors(classifier)) {
    const selected = selectResources(selector, state.cluster.id, asker, selecting)
    if (!selected.known) return selected
    const objects = selected.objects.filter((object) => meetsFields(constraint, object))
    // A kind that the server does not know satisfies nothing, not even `maxCount: 0`.
    const isServed = selected.objects.length > 0 || serves(state, selector)
    const { minCount = 0, maxCount = Infinity } = constraint
    if (!isServed || objects.length < minCount || objects.length > maxCount) return noMatch
    because.push(foundObjects(asker.path, objects))
  }
  return { known: true, matches: true, because }
}

function serves({ apiVersions }: ClusterState, { group, version, kind }: ResourceSelector): boolean {
  return apiVersions.includes(`${group === '' ? '' : `${group}/`}${version}/${kind}`)
}

function meetsFields({ fieldFilters }: CountConstraint, { value }: KnownObject): boolean {
  return fieldFilters.every(({ field, operation, value: wanted }) => {
    const actual = field.split('.').reduce<unknown>(memberOf, value)
    // As field selectors of the API: everything is text, and what is missing is empty.
    const isEqual = (isScalar(actual) ? String(actual) : '') === wanted
    return operation === 'Equal' ? isEqual : !isEqual
  })
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

interface PlacedSelector {
  readonly selector: ResourceSelector
  readonly asker: Asker
}

function selectors(classifier: ClusterClassifier): readonly PlacedSelector[] {
  return [...constraintSelectors(classifier), ...countSelectors(classifier)]
}

function constraintSelectors(classifier: ClusterClassifier): readonly PlacedSelector[] {
  const { resourceSelectors = [], aggregatedClassification = '' } = classifier.resourceConstraint ?? {}
  const keep = aggregatedClassification === '' ? 'identity' : 'whole'
  return resourceSelectors.map((selector, index) => {
    const path = ['spec', 'deployedResourceConstraint', 'resourceSelectors', index]
    return { selector, asker: { ...askerOf(classifier, path), keep } }
  })
}

function countSelectors(
  classifier: ClusterClassifier,
): readonly (PlacedSelector & { readonly constraint: CountConstraint })[] {
  return classifier.countConstraints.map((constraint, index) => {
    const { selector, fieldFilters } = constraint
    const keep = fieldFilters.length === 0 ? 'identity' : 'whole'
    const place = askerOf(classifier, ['spec', 'deployedResourceConstraints', index])
    return { constraint, selector, asker: { ...place, keep, scriptField: 'script' } }
  })
}

function askerOf(classifier: ClusterClassifier, path: DocumentPath): Omit<Asker, 'keep'> {
  return { id: classifierId(classifier), document: classifier.document, path, runner: 'agent' }
}

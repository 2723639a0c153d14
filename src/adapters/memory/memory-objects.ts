import { parseExactJson } from '../../kubernetes/exact-json.ts'
import { matchesLabels } from '../../kubernetes/label-selector.ts'
import { groupOf } from '../../kubernetes/object-key.ts'
import { parseSelector } from '../../kubernetes/selector-text.ts'
import { compareText } from '../../kubernetes/text-order.ts'

/** Any Kubernetes object; the store gives it its `resourceVersion`. */
export interface MemoryObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

export type MemoryReference = Pick<MemoryObject, 'apiVersion' | 'kind'> & {
  readonly metadata: Pick<MemoryObject['metadata'], 'name' | 'namespace'>
}

/** Which objects a list or watch is about. */
export interface MemorySelection {
  readonly group: string
  readonly kind: string
  /** Empty: all. */
  readonly namespace: string
  readonly labelSelector: string
  readonly fieldSelector: string
}

export interface MemoryChange {
  readonly type: 'added' | 'modified' | 'deleted'
  readonly object: MemoryObject
  /** What it was before. */
  readonly before?: MemoryObject
  readonly resourceVersion: number
}

/** Objects as an API server keeps them: versioned, in order of namespace and name, with what changed since. */
export interface MemoryObjects {
  resourceVersion(): number
  put(object: MemoryObject): void
  remove(reference: MemoryReference): void
  /** Throws SelectorFault for selectors that no server takes. */
  select(selection: MemorySelection): readonly MemoryObject[]
  /** Undefined when that version is forgotten. */
  changesAfter(resourceVersion: number): readonly MemoryChange[] | undefined
  /** Calls back after each change; gives what ends that. */
  onChange(listener: () => void): () => void
  /** As a compaction: no watch can go on from a version before this one. */
  forget(): void
}

/** A selector that cannot be read. */
export class SelectorFault extends Error {}

export function createMemoryObjects(objects: readonly MemoryObject[] = []): MemoryObjects {
  const kept = new Map<string, MemoryObject>()
  const listeners = new Set<() => void>()
  let changes: MemoryChange[] = []
  let current = 0
  let forgotten = 0
  const record = (
    change: Omit<MemoryChange, 'resourceVersion' | 'object'>,
    object: MemoryObject,
  ): MemoryObject => {
    current++
    const text = JSON.stringify({
      ...object,
      metadata: { ...object.metadata, resourceVersion: `${current}` },
    })
    const versioned = parseExactJson(text) as MemoryObject
    changes.push({ ...change, object: versioned, resourceVersion: current })
    for (const listener of [...listeners]) listener()
    return versioned
  }
  const store: MemoryObjects = {
    resourceVersion: () => current,
    put(object) {
      const key = keyOf(object)
      const before = kept.get(key)
      kept.set(key, record(before ? { type: 'modified', before } : { type: 'added' }, object))
    },
    remove(reference) {
      const before = kept.get(keyOf(reference))
      if (before === undefined) return
      kept.delete(keyOf(reference))
      record({ type: 'deleted', before }, before)
    },
    select(selection) {
      const isSelected = selects(selection)
      return [...kept.entries()]
        .filter(([, object]) => isSelected(object))
        .sort(([a], [b]) => compareText(a, b))
        .map(([, object]) => object)
    },
    changesAfter: (version) =>
      version < forgotten ? undefined : changes.filter(({ resourceVersion }) => resourceVersion > version),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    forget() {
      forgotten = current
      changes = []
    },
  }
  for (const object of objects) store.put(object)
  // What was there from the start is no change.
  changes = []
  return store
}

function keyOf({ apiVersion, kind, metadata: { namespace = '', name } }: MemoryReference): string {
  return `${groupOf(apiVersion)}/${kind}/${namespace}/${name}`
}

/** How a watch of a selection sees a change: an object that comes to be selected is added, one that ceases to be is deleted. */
export function seenBy(
  selection: MemorySelection,
  { type, object, before, resourceVersion }: MemoryChange,
): Pick<MemoryChange, 'type' | 'object'> | undefined {
  const isSelected = selects(selection)
  const is = type !== 'deleted' && isSelected(object)
  const was = before !== undefined && isSelected(before) ? before : undefined
  if (is) return { type: was ? 'modified' : 'added', object }
  if (was === undefined) return undefined
  // As it was when it was last selected, at the version of the change.
  const metadata = { ...was.metadata, resourceVersion: `${resourceVersion}` }
  return { type: 'deleted', object: { ...was, metadata } }
}

function selects(selection: MemorySelection): (object: MemoryObject) => boolean {
  const { group, kind, namespace, labelSelector, fieldSelector } = selection
  const hasLabels = labelsOf(labelSelector)
  const fields = fieldSelector === '' ? [] : fieldSelector.split(',').map(toFieldTest)
  return (object) =>
    object.kind === kind &&
    groupOf(object.apiVersion) === group &&
    (namespace === '' || object.metadata.namespace === namespace) &&
    hasLabels(object.metadata.labels ?? {}) &&
    fields.every((test) => test(object))
}

/** Empty selects all here, unlike in Sveltos; and `a!=b` can be said, which is `a notin (b)`. */
function labelsOf(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  if (text.trim() === '') return () => true
  const parsed = parseSelector(text.replace(/([^\s,!=()]+)\s*!=\s*([^\s,()]*)/g, '$1 notin ($2)'))
  if (!parsed.ok) throw new SelectorFault(parsed.fault.message)
  return (labels) => matchesLabels(parsed.selector, labels)
}

function toFieldTest(term: string): (object: MemoryObject) => boolean {
  const [, field = '', operator, value = ''] =
    /^metadata\.(name|namespace)(!=|==?)(.*)$/.exec(term.trim()) ?? []
  if (operator === undefined) throw new SelectorFault(`the field selector ${term} is not supported`)
  return ({ metadata }) => ((metadata[field] ?? '') === value) === (operator !== '!=')
}

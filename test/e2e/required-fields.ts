import {
  builtInDefinition,
  builtInField,
  builtInFieldNames,
  type BuiltInShape,
} from '../../src/kubernetes/built-in-schemas.ts'
import { servedApis } from '../../src/kubernetes/api-versions.ts'
import type { TestObject } from './kubernetes-requests.ts'

/** An object that lacks one required field, and otherwise has little but those. */
export interface Lacking {
  /** `core.v1.Container.name` */
  readonly field: string
  readonly object: TestObject
  /** As the API server writes it: `spec.containers[0].name`. */
  readonly path: string
}

interface Parent {
  readonly definition: string
  /** Names; `0` for the only item of a list, `a` for the only name of a map. */
  readonly steps: readonly Step[]
}
interface Step {
  readonly name: string
  readonly kind: 'field' | 'item' | 'name'
}
type Made = Record<string, unknown>

/** Kinds of which no object is kept: they are questions. */
const questions = /Review$|^Binding$|^ComponentStatus$|^TokenRequest$/

/** For every required field of a minor up to three objects of different kinds that lack it. */
export function lackingObjects(minor: number): ReadonlyMap<string, readonly Lacking[]> {
  const found = new Map<string, Lacking[]>()
  for (const { group, version, kind, namespaced } of servedApis(minor)) {
    if (questions.test(kind)) continue
    const apiVersion = group === '' ? version : `${group}/${version}`
    const root = builtInDefinition(apiVersion, kind) ?? ''
    const metadata = { name: 'one', ...(namespaced && { namespace: 'default' }) }
    for (const parent of parentsOf(root, minor)) {
      for (const name of requiredOf(parent.definition, minor)) {
        if (parent.steps.length === 0 && name === 'metadata') continue
        const field = `${parent.definition}.${name}`
        const known = found.get(field) ?? []
        found.set(field, known)
        if (known.length === 3) continue
        const object = { ...fillDefinition(root, minor), apiVersion, kind, metadata }
        Reflect.deleteProperty(dig(object, { root, minor }, parent.steps), name)
        const path = [...parent.steps, { name, kind: 'field' } satisfies Step].map(stepText).join('')
        known.push({ field, object, path: path.slice(1) })
      }
    }
  }
  return found
}

function stepText({ name, kind }: Step): string {
  return kind === 'field' ? `.${name}` : `[${name}]`
}

function requiredOf(definition: string, minor: number): readonly string[] {
  return builtInFieldNames(definition, minor).filter(
    (name) => builtInField(definition, name, minor)?.required === true,
  )
}

/** Every definition below a kind by its shortest way, but for status and metadata. */
function parentsOf(root: string, minor: number): readonly Parent[] {
  const parents: Parent[] = [{ definition: root, steps: [] }]
  const seen = new Set([root])
  for (const { definition, steps } of parents) {
    for (const name of builtInFieldNames(definition, minor)) {
      if (steps.length === 0 && (name === 'status' || name === 'metadata')) continue
      const below: Step[] = [...steps, { name, kind: 'field' }]
      let shape = builtInField(definition, name, minor)
      while (shape?.items ?? shape?.values) {
        below.push(shape?.items ? { name: '0', kind: 'item' } : { name: 'a', kind: 'name' })
        shape = shape?.items ?? shape?.values
      }
      if (shape?.definition === undefined || seen.has(shape.definition)) continue
      seen.add(shape.definition)
      parents.push({ definition: shape.definition, steps: below })
    }
  }
  return parents
}

/** Walks down, and makes what is not there. */
function dig(object: Made, { root, minor }: { root: string; minor: number }, steps: readonly Step[]): Made {
  let holder = object
  let definition = root
  let shape: BuiltInShape | undefined
  for (const { name, kind } of steps) {
    if (kind === 'field') {
      shape = builtInField(definition, name, minor)
      holder[name] ??= shape && fill(shape, minor)
    } else shape = shape?.items ?? shape?.values
    holder = holder[name] as Made
    definition = shape?.definition ?? definition
  }
  return holder
}

function fillDefinition(definition: string, minor: number): Made {
  return Object.fromEntries(
    requiredOf(definition, minor).map((name) => {
      const shape = builtInField(definition, name, minor)
      return [name, shape && fill(shape, minor)]
    }),
  )
}

function fill(shape: BuiltInShape, minor: number): unknown {
  if (shape.definition !== undefined) return fillDefinition(shape.definition, minor)
  if (shape.items) return [fill(shape.items, minor)]
  if (shape.values) return { a: fill(shape.values, minor) }
  const choice = shape.enum?.find((value) => value !== '')
  if (choice !== undefined) return choice
  switch (shape.type) {
    case 'string':
      return 'a'
    case 'boolean':
      return true
    case 'time':
      return '2024-01-01T00:00:00.000000Z'
    case 'bytes':
      return 'YQ=='
    case 'quantity':
      return '1'
    case 'any':
      return {}
    default:
      return 1
  }
}

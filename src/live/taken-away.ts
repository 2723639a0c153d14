import { canonicalJson } from '../kubernetes/exact-json.ts'
import { isObjectValue } from '../kubernetes/object-value.ts'
import { metadataOf, toMap } from './clean-object.ts'
import type { LiveObject } from './live-clusters-port.ts'

/** One row of `metadata.managedFields`. */
interface ManagedFields {
  readonly manager: string
  readonly operation: string
  readonly subresource: string
  readonly fields: LiveObject
}

/** Whose fields go when the object is applied without them. */
export type IsTaken = (row: Pick<ManagedFields, 'manager' | 'operation'>) => boolean

/**
 * Before Flux applies an object it takes over what kubectl and its own past wrote (kustomize-controller, ApplyCleanupOptions):
 * what of that is not on the branch goes. `kubectl edit`, `label` and `patch` are undone for that reason.
 */
export const takenByFlux: IsTaken = ({ manager, operation }) =>
  manager.startsWith('kubectl') ||
  (operation === 'Update' &&
    ['before-first-apply', 'kustomize-controller'].some((name) => manager.startsWith(name)))

/**
 * An object without the fields that are owned by those managers alone and that are not rendered. `live` says who owns what.
 */
export function withoutTaken(
  applied: LiveObject,
  { live, rendered }: { readonly live: LiveObject; readonly rendered: LiveObject },
  isTaken: IsTaken,
): LiveObject {
  const rows = managedFields(live).filter(({ subresource }) => subresource === '')
  const others = managedFields(live)
    .filter((row) => row.subresource !== '' || !isTaken(row))
    .map(({ fields }) => fields)
  return rows
    .filter(isTaken)
    .reduce<LiveObject>((object, { fields }) => toMap(strip(object, fields, { rendered, others })), applied)
}

function managedFields(live: LiveObject): readonly ManagedFields[] {
  const { managedFields: rows } = metadataOf(live)
  if (!Array.isArray(rows)) return []
  return rows.filter(isObjectValue).map(({ manager, operation, subresource, fieldsV1 }) => ({
    manager: textOf(manager),
    operation: textOf(operation),
    subresource: textOf(subresource),
    fields: toMap(fieldsV1),
  }))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

interface Claims {
  readonly rendered: unknown
  /** Fields of everybody else, at the same place. */
  readonly others: readonly LiveObject[]
}

/** `fields` is fieldsV1: `f:` names a field, `k:` an item by its keys, `v:` a value of a set, `.` the thing itself. */
function strip(value: unknown, fields: LiveObject, claims: Claims): unknown {
  return Object.keys(fields).reduce((left: unknown, step) => {
    if (step.startsWith('f:') && isObjectValue(left)) return stripField(left, step, { fields, claims })
    if ((step.startsWith('k:') || step.startsWith('v:')) && Array.isArray(left))
      return stripItems(left, step, { fields, claims })
    return left
  }, value)
}

interface Place {
  readonly fields: LiveObject
  readonly claims: Claims
}

function stripField(map: LiveObject, step: string, { fields, claims }: Place): LiveObject {
  const name = step.slice(2)
  if (!Object.hasOwn(map, name)) return map
  const { [name]: value, ...rest } = map
  const inner = claimsAt(claims, step, toMap(claims.rendered)[name])
  const left = stripped(value, toMap(fields[step]), inner)
  return left === undefined ? rest : { ...map, [name]: left }
}

function stripItems(list: readonly unknown[], step: string, { fields, claims }: Place): readonly unknown[] {
  const wanted: unknown = JSON.parse(step.slice(2))
  const isIt = (item: unknown): boolean =>
    step.startsWith('v:')
      ? canonicalJson(item) === canonicalJson(wanted)
      : Object.entries(toMap(wanted)).every(([key, value]) => toMap(item)[key] === value)
  const rendered: readonly unknown[] = Array.isArray(claims.rendered) ? claims.rendered : []
  const inner = claimsAt(claims, step, rendered.find(isRendered))
  return list.flatMap((item) => {
    if (!isIt(item)) return [item]
    const left = stripped(item, toMap(fields[step]), inner)
    return left === undefined ? [] : [left]
  })

  // Keys of items may be left out where they have a default.
  function isRendered(item: unknown): boolean {
    if (!isObjectValue(item)) return isIt(item)
    return Object.entries(toMap(wanted)).every(([key, value]) => (item[key] ?? value) === value)
  }
}

function claimsAt({ others }: Claims, step: string, rendered: unknown): Claims {
  return { rendered, others: others.flatMap((fields) => (step in fields ? [toMap(fields[step])] : [])) }
}

/** Undefined where nothing is left of it. */
function stripped(value: unknown, fields: LiveObject, claims: Claims): unknown {
  const isClaimed = claims.rendered !== undefined || claims.others.length > 0
  const steps = Object.keys(fields).filter((step) => step !== '.')
  if (steps.length === 0) return isClaimed ? value : undefined
  const left = strip(value, fields, claims)
  return isClaimed || left === value || !isBare(left, fields) ? left : undefined
}

/** Nothing is left but the keys by which an item was known. */
function isBare(value: unknown, fields: LiveObject): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (!isObjectValue(value)) return false
  return (
    Object.keys(value).length === 0 ||
    ('.' in fields && Object.keys(value).every((key) => `f:${key}` in fields))
  )
}

import { isList } from './json-text.ts'
import type { LuaJson } from './types.ts'

// What each entry point makes of the table that `evaluate` returned (sveltos.md 3.4 and 13.3). Go decodes it into a
// struct: names match whatever their case, null is the zero value, another type is a fault.

type JsonMap = Readonly<Record<string, LuaJson>>

export class ResultFault extends Error {}

export interface MatchResult {
  readonly matching: boolean
  readonly message: string
}

export interface HealthyResult {
  readonly healthy: boolean
  readonly message: string
}

export interface SelectionResult {
  readonly resources: readonly JsonMap[]
  readonly message: string
}

export interface ResourceHealth {
  /** Absent when the script named none. */
  readonly resource?: JsonMap
  readonly status: string
  readonly message: string
  readonly reEvaluate: boolean
  readonly ignore: boolean
}

export interface SelectedCluster {
  readonly namespace: string
  readonly name: string
  readonly kind: string
}

/** `evaluate` of a resource selector, and `aggregatedClassification`. */
export function decodeMatch(value: LuaJson): MatchResult {
  const map = asMap(value, 'the result')
  return { matching: flag(map, 'matching'), message: text(map, 'message') }
}

/** Scripts of validateHealths and their like. */
export function decodeHealthy(value: LuaJson): HealthyResult {
  const map = asMap(value, 'the result')
  return { healthy: flag(map, 'healthy'), message: text(map, 'message') }
}

/** `aggregatedSelection`: an empty table is a map in Lua's eyes, so it is a fault; nil means none. */
export function decodeSelection(value: LuaJson): SelectionResult {
  const map = asMap(value, 'the result')
  const resources = items(map).map((item, index) => asObject(item, `resources[${index + 1}]`))
  return { resources, message: text(map, 'message') }
}

/** `evaluateHealth`. */
export function decodeHealth(value: LuaJson): readonly ResourceHealth[] {
  const map = asMap(value, 'the result')
  return items(map).map((item, index) => {
    const row = asMap(item, `resources[${index + 1}]`)
    const resource = member(row, 'resource')
    return {
      ...(resource === null ? {} : { resource: asObject(resource, `resources[${index + 1}].resource`) }),
      status: text(row, 'status'),
      message: text(row, 'message'),
      reEvaluate: flag(row, 'reEvaluate'),
      ignore: flag(row, 'ignore'),
    }
  })
}

/** `classificationLua`: what is no list of references selects nothing. */
export function decodeClusters(value: LuaJson): readonly SelectedCluster[] {
  if (!isList(value)) return []
  try {
    return value.map((item) => {
      const row = item === null ? {} : asMap(item, 'a cluster')
      return { namespace: text(row, 'namespace'), name: text(row, 'name'), kind: text(row, 'kind') }
    })
  } catch (fault) {
    if (fault instanceof ResultFault) return []
    throw fault
  }
}

/** Template-Lua: the text of documents. */
export function decodeTemplate(value: LuaJson): string {
  return text(asMap(value, 'the result'), 'resources')
}

function items(map: JsonMap): readonly LuaJson[] {
  const resources = member(map, 'resources')
  if (resources === null) return []
  if (!isList(resources)) throw new ResultFault(`resources must be a list, it is ${nameOf(resources)}`)
  return resources
}

/** A Kubernetes object: it must name its kind. */
function asObject(value: LuaJson, where: string): JsonMap {
  const object = asMap(value, where)
  const kind = object['kind']
  if (typeof kind !== 'string' || kind === '') throw new ResultFault(`${where} has no kind`)
  return object
}

function asMap(value: LuaJson, where: string): JsonMap {
  if (value === null || typeof value !== 'object' || isList(value)) {
    throw new ResultFault(`${where} must be a table with names, it is ${nameOf(value)}`)
  }
  return value
}

function flag(map: JsonMap, name: string): boolean {
  const value = member(map, name)
  if (value === null) return false
  if (typeof value !== 'boolean')
    throw new ResultFault(`${name} must be true or false, it is ${nameOf(value)}`)
  return value
}

function text(map: JsonMap, name: string): string {
  const value = member(map, name)
  if (value === null) return ''
  if (typeof value !== 'string') throw new ResultFault(`${name} must be a string, it is ${nameOf(value)}`)
  return value
}

function member(map: JsonMap, name: string): LuaJson {
  if (Object.hasOwn(map, name)) return map[name] ?? null
  const alike = Object.keys(map).find((key) => key.toLowerCase() === name.toLowerCase())
  return alike === undefined ? null : (map[alike] ?? null)
}

function nameOf(value: LuaJson): string {
  if (value === null) return 'nil'
  if (isList(value)) return 'a list'
  if (typeof value !== 'object') return `a ${typeof value}`
  return Object.keys(value).length === 0 ? 'an empty table' : 'a table with names'
}

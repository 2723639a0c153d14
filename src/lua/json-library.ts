import { toBinary, toText } from './bytes.ts'
import { EncodeError, fromJson, printJson, toJson } from './json-text.ts'
import {
  entriesOf,
  type Call,
  type LibraryFunction,
  type LuaResult,
  type LuaTable,
  type LuaValue,
} from './native.ts'
import type { LuaJson } from './types.ts'
import { printYaml } from './yaml-print.ts'
import { readYaml } from './yaml-read.ts'

/** `require("json")`: faults are a second result, never raised. */
export const jsonLibrary: Readonly<Record<string, LibraryFunction>> = {
  decode: (call) =>
    orMessage(() => [fromJson(call.state, JSON.parse(counted(call, call.text(1))) as LuaJson, true)]),
  encode: (call) => {
    const value = call.any(1)
    return orMessage(() => [toBinary(printJson(encodable(call, value)))])
  },
  fromYAML: (call) => orMessage(() => [fromJson(call.state, readYaml(counted(call, call.text(1))), true)]),
  toYAML: (call) => {
    const value = call.any(1)
    return orMessage(() => [toBinary(printYaml(encodable(call, value)))])
  },
}

function counted(call: Call, binary: string): string {
  call.meter.step(binary.length)
  return toText(binary)
}

function orMessage(attempt: () => LuaResult[]): LuaResult[] {
  try {
    return attempt()
  } catch (fault) {
    // Anything but a fault of the text itself, such as a limit, goes on.
    const ofText = fault instanceof EncodeError || fault instanceof SyntaxError || isYamlFault(fault)
    if (!ofText) throw fault
    return [undefined, toBinary(fault.message)]
  }
}

function isYamlFault(fault: unknown): fault is Error {
  return fault instanceof Error && (fault.name === 'YAMLParseError' || fault instanceof ReferenceError)
}

/** Stricter than results are: an empty table is a list, and mixed or sparse tables are refused. */
function encodable(call: Call, value: LuaValue, seen = new Set<LuaTable>()): LuaJson {
  if (!value.ttistable()) return encodeScalar(call, value)
  const table = value.value as LuaTable
  if (seen.has(table)) throw problem('cannot encode recursively nested tables to JSON')
  seen.add(table)
  const entries = entriesOf(call.state, table)
  const first = entries[0]?.[0]
  if (first === undefined) return []
  if (first.ttisnumber()) {
    return entries.map(([key, item], index) => {
      if (!key.ttisnumber()) throw problem('cannot encode mixed or invalid key types')
      if (key.value !== index + 1) throw problem('cannot encode sparse array')
      return encodable(call, item, seen)
    })
  }
  const members: [string, LuaJson][] = entries.map(([key, item]) => {
    if (!key.ttisstring()) throw problem('cannot encode mixed or invalid key types')
    return [toJson(call.state, key) as string, encodable(call, item, seen)]
  })
  return Object.fromEntries(members)
}

function encodeScalar(call: Call, value: LuaValue): LuaJson {
  if (value.ttisfunction()) throw problem('cannot encode function to JSON')
  return toJson(call.state, value)
}

/** The text that Go's encoder puts around it is part of what scripts see. */
function problem(text: string): EncodeError {
  return new EncodeError(`json: error calling MarshalJSON for type json.jsonValue: ${text}`)
}

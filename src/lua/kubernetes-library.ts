import { Buffer } from 'node:buffer'
import type { LuaState } from 'fengari/src/lobject.js'
import { decodeBase64 } from './base-encoding.ts'
import {
  getField,
  globalTable,
  nativeValue,
  setField,
  type Call,
  type LibraryFunction,
  type LuaResult,
  type LuaTable,
} from './native.ts'

/** Globals of Sveltos beside the libraries (sveltos.md 3.2). */
const functions: Readonly<Record<string, LibraryFunction>> = {
  base64Encode: (call) => {
    const text = call.text(1)
    return text === ''
      ? [undefined, 'input string is empty']
      : [Buffer.from(text, 'latin1').toString('base64')]
  },
  base64Decode: (call) => {
    const text = call.text(1)
    if (text === '') return [undefined, 'input string is empty']
    const decoded = decodeBase64(text)
    // Upstream's word, spelling and all: scripts compare it.
    return typeof decoded === 'string' ? [decoded] : [undefined, 'deconding failed']
  },
  getLabel: (call) => metadataEntry(call, 'labels'),
  getAnnotation: (call) => metadataEntry(call, 'annotations'),
  getResource: (call) => [getField(call.state, call.table(1), call.text(2))],
}

export function openKubernetes(L: LuaState): void {
  const globals = globalTable(L)
  for (const [name, body] of Object.entries(functions)) setField(L, globals, name, nativeValue(L, name, body))
}

function metadataEntry(call: Call, field: string): LuaResult[] {
  const key = call.text(2)
  const metadata = getField(call.state, call.table(1), 'metadata')
  if (!metadata.ttistable()) return [undefined]
  const map = getField(call.state, metadata.value as LuaTable, field)
  return [map.ttistable() ? getField(call.state, map.value as LuaTable, key) : undefined]
}

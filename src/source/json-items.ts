import { assert } from '../diagnostics/errors.ts'

/**
 * The exact texts of the items of the array under the top-level `key` of a JSON object, numbers untouched.
 * `json` is canonical JSON from the engine, so it is well-formed.
 */
export function sliceItems(json: string, key: string): string[] {
  let at = skipSpace(json, 1)
  while (json[at] !== '}') {
    const keyEnd = endOfValue(json, at)
    const name = JSON.parse(json.slice(at, keyEnd)) as string
    const valueStart = skipSpace(json, skipSpace(json, keyEnd) + 1)
    if (name === key) return sliceArray(json, valueStart)
    at = skipSpace(json, endOfValue(json, valueStart))
    if (json[at] === ',') at = skipSpace(json, at + 1)
    assert(at < json.length, 'JSON of the engine ends too early')
  }
  return []
}

function sliceArray(json: string, start: number): string[] {
  const items: string[] = []
  let at = skipSpace(json, start + 1)
  while (at < json.length && json[at] !== ']') {
    const end = endOfValue(json, at)
    items.push(json.slice(at, end))
    at = skipSpace(json, end)
    if (json[at] === ',') at = skipSpace(json, at + 1)
  }
  return items
}

function endOfValue(json: string, start: number): number {
  const first = json[start]
  if (first === '"') return endOfString(json, start)
  if (first !== '{' && first !== '[') {
    let at = start
    while (at < json.length && !',]} \n\t\r:'.includes(json[at] ?? '')) at++
    return at
  }
  let depth = 0
  for (let at = start; at < json.length; at++) {
    const character = json[at]
    if (character === '"') at = endOfString(json, at) - 1
    else if (character === '{' || character === '[') depth++
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1
  }
  return json.length
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === '\\') at++
    else if (json[at] === '"') return at + 1
  }
  return json.length
}

function skipSpace(json: string, from: number): number {
  let at = from
  while (' \n\t\r'.includes(json[at] ?? 'x')) at++
  return at
}

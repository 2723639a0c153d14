import { parseExactJson } from '../kubernetes/exact-json.ts'
import { isObjectValue } from '../kubernetes/object-value.ts'
import { schemasFolder } from './facts-paths.ts'
import type { RecordedSchema } from './types.ts'

/**
 * Recorded schemas among facts files, as text by path on the rendered branch → schemas by digest, as facts refer to them. A
 * file of another form is left out: nothing is known of its kind then.
 */
export function parseSchemas(files: ReadonlyMap<string, string>): ReadonlyMap<string, RecordedSchema> {
  return new Map(
    [...files].flatMap(([path, text]) => {
      if (!path.startsWith(schemasFolder) || !path.endsWith('.json')) return []
      const schema = tryParse(text)
      return isRecordedSchema(schema) ? [[path.slice(schemasFolder.length, -'.json'.length), schema]] : []
    }),
  )
}

function tryParse(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

function isRecordedSchema(value: unknown): value is RecordedSchema {
  return (
    isObjectValue(value) &&
    typeof value['group'] === 'string' &&
    isObjectValue(value['names']) &&
    isObjectValue(value['versions'])
  )
}

import type { Diagnostic, SourceFile } from '../diagnostics/types.ts'
import type { Engine, EngineFault, JsonObject, ParsedDocument } from '../engine/types.ts'
import { deepestNesting, isNestedTooDeep } from '../kubernetes/object-value.ts'
import { duplicateKey, malformedYaml, skippedYaml } from './diagnostics.ts'
import { findDuplicateKeys, mayRepeatKeys } from './duplicate-keys.ts'
import { sliceItems } from './json-items.ts'
import type { SourceDocument } from './types.ts'
import { explainFault, type YamlFault } from './yaml-fault.ts'

/** The documents of one file and what is wrong with the others. */
export interface FileDocuments {
  readonly file: SourceFile
  readonly documents: readonly SourceDocument[]
  readonly faults: readonly Diagnostic[]
}

/** UTF-16 units that one call of the engine gets; several calls keep all its workers busy. */
const batchUnits = 1024 * 1024

/** Reads the YAML of files with the engine; documents that are no mapping are left out, `List`s are opened. */
export async function parseFiles(
  files: readonly SourceFile[],
  engine: Pick<Engine, 'parseYaml'>,
): Promise<FileDocuments[]> {
  const batches: SourceFile[][] = []
  let units = Infinity
  for (const file of files) {
    if (units + file.text.length > batchUnits) {
      batches.push([])
      units = 0
    }
    batches.at(-1)?.push(file)
    units += file.text.length
  }
  const parsed = await Promise.all(
    batches.map(async (batch) => {
      const results = await engine.parseYaml(batch.map((file) => file.text))
      return batch.map((file, index) => toFileDocuments(file, results[index] ?? []))
    }),
  )
  return parsed.flat()
}

const tooDeep: EngineFault = {
  kind: 'limit',
  message: `it is nested deeper than ${deepestNesting} levels`,
}

/** What keeps a document from being read. */
export function faultOf({ value, fault }: Pick<ParsedDocument, 'value' | 'fault'>): EngineFault | undefined {
  return fault ?? (isNestedTooDeep(value) ? tooDeep : undefined)
}

function toFileDocuments(file: SourceFile, parsed: readonly ParsedDocument[]): FileDocuments {
  const documents: SourceDocument[] = []
  const faults: Diagnostic[] = []
  for (const each of parsed) {
    const { start, end, value, json } = each
    const broken = faultOf(each)
    const text = file.text.slice(start, end)
    if (broken !== undefined) faults.push(describeFault(explainFault(file, start, end, broken), text))
    else if (isObject(value) && json !== undefined) {
      if (typeof value.kind === 'string' && mayRepeatKeys(text))
        faults.push(...findDuplicateKeys({ file, start, end }).map(duplicateKey))
      documents.push(...openList({ file, start, end, value, json }))
    }
  }
  return { file, documents, faults }
}

/** `kubectl` takes a `List` for its items; so do we. */
function openList(document: SourceDocument): readonly SourceDocument[] {
  const { apiVersion, kind, items } = document.value
  const isList = apiVersion === 'v1' && kind === 'List'
  if (!isList || !Array.isArray(items)) return [document]
  const texts = sliceItems(document.json, 'items')
  return (items as readonly unknown[]).flatMap((value, index) => {
    const json = texts[index]
    if (!isObject(value) || json === undefined) return []
    return openList({ ...document, value, json, within: { document, path: ['items', index] } })
  })
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sveltos and Cluster API objects: they decide what clusters run, so an unreadable one holds everything. */
const intentMark =
  /^\s*"?apiVersion"?\s*:\s*["']?(?:[a-z]+\.)?(?:projectsveltos\.io|cluster\.x-k8s\.io|fleetwright\.dev)\//m
const objectMark = /^\s*"?apiVersion"?\s*:[^]*^\s*"?kind"?\s*:|^\s*"?kind"?\s*:[^]*^\s*"?apiVersion"?\s*:/m
const templateMark = /\{\{|\{%|<%/

function describeFault(fault: YamlFault, text: string): Diagnostic {
  const isTemplate = objectMark.test(text) && templateMark.test(text)
  const isIntent = intentMark.test(text) || (objectMark.test(text) && !isTemplate)
  return isIntent ? malformedYaml(fault) : skippedYaml(fault, isTemplate)
}

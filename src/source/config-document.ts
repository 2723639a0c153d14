import type { Diagnostic, Report, SourceFile } from '../diagnostics/types.ts'
import type { Engine, ParsedDocument } from '../engine/types.ts'
import {
  configIgnored,
  configTooLarge,
  doubledSetting,
  lateMerge,
  malformedConfig,
  noConfig,
} from './diagnostics.ts'
import { faultOf, isObject } from './documents.ts'
import { findDuplicateKeys, findLateMerges } from './duplicate-keys.ts'
import { readText } from './read-text.ts'
import type { RepositoryReader } from './repository-reader-port.ts'
import type { SourceDocument } from './types.ts'
import { explainFault } from './yaml-fault.ts'

/** The configuration file, at the root only. */
export const configPaths: readonly string[] = ['fleetwright.yaml', 'fleetwright.yml']

export function isConfigPath(path: string): boolean {
  return configPaths.includes(path)
}

/** Several thousand clusters that are listed by hand. Every key is looked at, which costs more than intent does. */
const largestConfigBytes = 4 * 1024 * 1024

/**
 * `fleetwright.yaml` of the repository, which says how the rest is to be read. Undefined when there is none, or none that can
 * be read. Reports whatever is not read of it, or could be read in two ways: brakes and permissions depend on it.
 */
export async function readConfigDocument(
  reader: RepositoryReader,
  engine: Pick<Engine, 'parseYaml'>,
  report: Report,
): Promise<SourceDocument | undefined> {
  const entries = (await reader.list()).filter(({ path }) => isConfigPath(path))
  const [entry, ...others] = entries.filter(({ type }) => type === 'file')
  for (const { path, type } of entries.filter((each) => each.type !== 'file')) {
    const what = type === 'symlink' ? 'a link' : 'another repository'
    report(configIgnored({ path, text: '' }, `it is ${what}, which is never followed`))
  }
  for (const { path } of others) report(configIgnored({ path, text: '' }, `${entry?.path ?? ''} counts`))
  if (entry === undefined) return undefined
  const bytes = (await reader.read([entry.path])).get(entry.path) ?? new Uint8Array()
  if (bytes.length > largestConfigBytes) {
    report(configTooLarge({ path: entry.path, text: '' }, bytes.length, largestConfigBytes))
    return undefined
  }
  const file = readText(entry.path, bytes, report)
  return file && parseConfigFile(file, engine, report)
}

async function parseConfigFile(
  file: SourceFile,
  engine: Pick<Engine, 'parseYaml'>,
  report: Report,
): Promise<SourceDocument | undefined> {
  const [parsed = []] = await engine.parseYaml([file.text])
  // Between separators there may be nothing, or a comment.
  const [first, ...others] = parsed.filter(
    (each) => faultOf(each) !== undefined || (each.value ?? null) !== null,
  )
  const document = first && toDocument(file, first)
  if (first === undefined) report(noConfig(file))
  else if (faultOf(first) === undefined && document === undefined) report(noConfig(file, first.start))
  for (const { start, end, ...each } of [...(first ? [first] : []), ...others]) {
    const fault = faultOf(each)
    if (fault !== undefined) report(malformedConfig(explainFault(file, start, end, fault)))
  }
  const [second] = others
  if (second !== undefined) report(configIgnored(file, 'only its first document counts', second.start))
  if (document) faultsOfKeys(document).forEach(report)
  return document
}

function toDocument(file: SourceFile, parsed: ParsedDocument): SourceDocument | undefined {
  const { start, end, value, json } = parsed
  const isRead = faultOf(parsed) === undefined && isObject(value) && json !== undefined
  return isRead ? { file, start, end, value, json } : undefined
}

function faultsOfKeys(document: SourceDocument): readonly Diagnostic[] {
  return [...findDuplicateKeys(document).map(doubledSetting), ...findLateMerges(document).map(lateMerge)]
}

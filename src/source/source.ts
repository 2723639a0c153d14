import { createHash } from 'node:crypto'
import type { Report, SourceFile } from '../diagnostics/types.ts'
import type { Engine, JsonObject } from '../engine/types.ts'
import { isConfigPath } from './config-document.ts'
import { configElsewhere, noDocuments, symlinkOutside, unsafePath } from './diagnostics.ts'
import { parseFiles, type FileDocuments } from './documents.ts'
import { followKustomizations, isKustomizationPath } from './kustomizations.ts'
import { locate } from './locate.ts'
import { readText } from './read-text.ts'
import {
  chartTest,
  isInHiddenFolder,
  isUnsafePath,
  isYamlPath,
  leavesRepository,
  patternTest,
} from './repository-paths.ts'
import type { RepositoryEntry, RepositoryReader } from './repository-reader-port.ts'
import type { Repository, SourceDocument } from './types.ts'

export { configPaths, isConfigPath, readConfigDocument } from './config-document.ts'
export { withFormerFiles } from './former-files.ts'
export { locate, locateInString } from './locate.ts'
export { checkShape, fieldsAt } from './shape.ts'
export type { ShapeFault } from './shape.ts'

/** What narrows the YAML files that count; patterns as in fleetwright.yaml, empty lists mean everything. */
export interface Patterns {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/**
 * One commit or folder → every YAML document that counts, with positions, and the digest of all files.
 * Promises: order of files never shows; no file is followed out of the repository; a broken document leaves the others of its file.
 * Reports: malformed YAML, bytes that are no UTF-8, files that are too large, links that lead out.
 * @example await readRepository(reader, { include: ['fleet/**'], exclude: [] }, engine, report)
 */
export async function readRepository(
  reader: RepositoryReader,
  patterns: Patterns,
  engine: Pick<Engine, 'parseYaml'>,
  report: Report,
): Promise<Repository> {
  const entries = keepSafe(await reader.list(), report)
  await reportLinks(reader, entries, report)
  const files = entries.filter(({ type }) => type === 'file').map(({ path }) => path)
  const isInChart = chartTest(files)
  const mayCount = (path: string) => !isInHiddenFolder(path) && !isInChart(path)
  const isWanted = patternTest(patterns.include, patterns.exclude)
  const kustomizationPaths = files.filter((path) => isKustomizationPath(path) && mayCount(path))
  const intentPaths = files.filter(
    (path) =>
      isYamlPath(path) &&
      !isKustomizationPath(path) &&
      !isConfigPath(path) &&
      mayCount(path) &&
      isWanted(path),
  )
  const kustomizations = await parseFiles(
    await readFiles(reader, kustomizationPaths, () => undefined),
    engine,
  )
  const parsed = await parseFiles(await readFiles(reader, intentPaths, report), engine)
  const documents = keepIntent(kustomizations, parsed, report)
  if (documents.length === 0) report(noDocuments(patterns.include))
  return {
    revision: reader.revision,
    documents,
    paths: entries.map(({ path }) => path),
    digest: digestOf(entries),
  }
}

/** Drops what profiles deploy as kustomizations, and marks what lies beside a kustomization. */
function keepIntent(
  kustomizations: readonly FileDocuments[],
  parsed: readonly FileDocuments[],
  report: Report,
): SourceDocument[] {
  const written = new Map<string, JsonObject>(
    kustomizations.map(({ file, documents }) => [file.path, documents[0]?.value ?? {}]),
  )
  const referrers = parsed.flatMap(({ file, documents }) =>
    documents.map(({ value }) => ({ path: file.path, value })),
  )
  const use = followKustomizations(written, referrers)
  return parsed.flatMap(({ file, documents, faults }) => {
    if (use.isDeployed(file.path) || use.patches.has(file.path)) return []
    faults.forEach(report)
    const objects = documents.filter(
      ({ value }) => typeof value.kind === 'string' || typeof value.apiVersion === 'string',
    )
    for (const document of objects.filter(isFleetConfig))
      report(configElsewhere(document, locate(document, ['kind'])))
    if (!use.isInKustomization(file.path)) return objects
    return objects.map((document) => ({ ...document, inKustomization: true as const }))
  })
}

function isFleetConfig({ value: { apiVersion, kind } }: SourceDocument): boolean {
  return kind === 'FleetConfig' && typeof apiVersion === 'string' && apiVersion.startsWith('fleetwright.dev/')
}

function keepSafe(entries: readonly RepositoryEntry[], report: Report): RepositoryEntry[] {
  return entries.filter(({ path }) => {
    if (!isUnsafePath(path)) return true
    report(unsafePath(path))
    return false
  })
}

/** Links inside the repository need nothing: what they point at counts itself. */
async function reportLinks(
  reader: RepositoryReader,
  entries: readonly RepositoryEntry[],
  report: Report,
): Promise<void> {
  const links = entries
    .filter(({ type, path }) => type === 'symlink' && !isInHiddenFolder(path))
    .map(({ path }) => path)
  const targets = await reader.read(links)
  for (const path of links) {
    const text = new TextDecoder().decode(targets.get(path))
    if (leavesRepository(path, text)) report(symlinkOutside({ path, text }))
  }
}

async function readFiles(
  reader: RepositoryReader,
  paths: readonly string[],
  report: Report,
): Promise<SourceFile[]> {
  const contents = await reader.read(paths)
  return paths.flatMap((path) => {
    const bytes = contents.get(path)
    return bytes === undefined ? [] : (readText(path, bytes, report) ?? [])
  })
}

function digestOf(entries: readonly RepositoryEntry[]): string {
  const hash = createHash('sha256')
  for (const { path, id } of entries) hash.update(`${path}\0${id}\0`)
  return hash.digest('hex')
}

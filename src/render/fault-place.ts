import { posix } from 'node:path'
import { Buffer } from 'node:buffer'
import { lineSpan, offsetOf } from '../diagnostics/position.ts'
import type { Span } from '../diagnostics/types.ts'
import type { EngineFault, FileTree } from '../engine/types.ts'
import type { PlannedUnit } from '../resolve/types.ts'
import { locateInString } from '../source/source.ts'

/** The very line of a ConfigMap's text, where the fault speaks of that text and not of what became of it. */
export function spanInPolicy(unit: PlannedUnit, fault: EngineFault): Span | undefined {
  if (unit.kind !== 'policy' || unit.content.type !== 'texts' || unit.origin === undefined) return undefined
  if (unit.origin.value['kind'] !== 'ConfigMap') return undefined
  if (unit.instantiate !== 'none' && fault.kind !== 'template' && fault.kind !== 'limit') return undefined
  const text = unit.content.texts.find(({ name }) => name === fault.file)
  if (text === undefined) return undefined
  const lines = text.text.split('\n')
  const offset = lines.slice(0, (fault.line ?? 1) - 1).reduce((sum, line) => sum + line.length + 1, 0)
  return locateInString(unit.origin, ['data', text.name], offset + Math.max(0, (fault.column ?? 1) - 1))
}

/**
 * The very line of a chart or kustomization that lies in the compiled repository; undefined for what was fetched, whose
 * files nobody here can correct. `tree` is what the engine was given.
 */
export function spanInRepository(
  unit: PlannedUnit,
  tree: FileTree | undefined,
  fault: EngineFault,
): Span | undefined {
  // A chart is not at fault that has a schema, or that does not support the cluster.
  if (fault.kind === 'schema' || fault.kind === 'kube-version') return undefined
  const folder = repositoryFolder(unit)
  const bytes = fault.file === undefined ? undefined : tree?.files.get(fault.file)
  if (folder === undefined || fault.file === undefined || bytes === undefined) return undefined
  const file = { path: posix.join(folder, fault.file), text: Buffer.from(bytes).toString('utf8') }
  if (fault.line === undefined) return { file, start: 0, end: 0 }
  if (fault.column === undefined) return lineSpan(file, fault.line)
  const start = offsetOf(file, fault.line, fault.column)
  return { file, start, end: start + 1 }
}

/** Where the paths of a unit's tree begin in the repository. */
function repositoryFolder(unit: PlannedUnit): string | undefined {
  if (unit.kind !== 'helm' && unit.kind !== 'kustomize') return undefined
  const { source } = unit
  if (source.type !== 'repository') return undefined
  if (source.closure !== undefined) return ''
  return unit.kind === 'helm' ? posix.join(source.path, unit.path) : source.path
}

import { formerFile, keepClusters } from './branch/branch.ts'
import type { PreviousTree } from './branch/types.ts'
import { compile, type Compiled, type CompileOptions, type CompilePorts } from './compile.ts'
import type { Diagnostic, Report, Span } from './diagnostics/types.ts'
import { isConfigPath, withFormerFiles } from './source/source.ts'
import type { RepositoryReader } from './source/repository-reader-port.ts'

export interface AttemptPorts extends CompilePorts {
  /** Reads another commit of the same repository. Throws EnvironmentError when it is not there. */
  readonly readCommit: (commit: string) => Promise<RepositoryReader>
}

/**
 * Compiles; and where files cannot be read, compiles again with these files as the last build had them, so that a slip in
 * one file does not stop the fleet. What such a file was to say now is not known: nothing that is deployed goes away until
 * it can be read. Undefined when something holds everything all the same, which was reported.
 */
export async function compileAttempt(
  ports: AttemptPorts,
  options: CompileOptions,
  previous: PreviousTree,
  report: Report,
): Promise<Compiled | undefined> {
  const said: Diagnostic[] = []
  const compiled = await compile(ports, options, (diagnostic) => said.push(diagnostic))
  const holding = said.filter(holdsAll)
  if (holding.length === 0) {
    said.forEach(report)
    return compiled
  }
  const former = await formerReaders(holding, previous, ports)
  if (former === undefined) {
    said.forEach(report)
    return undefined
  }
  const paths = [...former.keys()].sort()
  const message = `${paths.join(', ')} cannot be read, so that something may be missing`
  const again: Diagnostic[] = []
  const reader = await withFormerFiles(ports.reader, former)
  const repeated = await compile(
    { ...ports, reader },
    { ...options, incomplete: { reason: 'error', message } },
    (diagnostic) => again.push(diagnostic),
  )
  const cannot = again.some(holdsAll)
  for (const diagnostic of cannot ? said : [...holding, ...again]) report(diagnostic)
  if (cannot || repeated.tree === undefined) return undefined
  for (const diagnostic of formerNotes(former, holding)) report(diagnostic)
  return { ...repeated, tree: keepClusters(repeated.tree, previous, { reason: 'error', message }) }
}

function spansOf({ span, related }: Diagnostic): readonly Span[] {
  return [...(span ? [span] : []), ...related.map((place) => place.span)]
}

function holdsAll({ severity, holds }: Diagnostic): boolean {
  return severity === 'error' && holds === 'all'
}

type Former = ReadonlyMap<string, { readonly commit: string; readonly reader: RepositoryReader }>

/** Undefined when the faults are not those of single files, or when there is nothing to fall back on. */
async function formerReaders(
  holding: readonly Diagnostic[],
  { build }: PreviousTree,
  { readCommit }: AttemptPorts,
): Promise<Former | undefined> {
  const last = build?.source.commit
  if (last === undefined || holding.some(({ span }) => span === undefined)) return undefined
  // Two definitions of one object: either file may be the one that went wrong.
  const files = [...new Set(holding.flatMap(spansOf).map(({ file }) => file.path))]
  // How everything else is read, which branch is written and what brakes it: no two versions of that are mixed.
  if (files.some(isConfigPath)) return undefined
  const readers = new Map<string, Promise<RepositoryReader>>()
  const open = (commit: string): Promise<RepositoryReader> => {
    const reader = readers.get(commit) ?? readCommit(commit)
    readers.set(commit, reader)
    return reader
  }
  try {
    return new Map(
      await Promise.all(
        files.map(async (path) => {
          const commit = build?.source.former?.[path] ?? last
          return [path, { commit, reader: await open(commit) }] as const
        }),
      ),
    )
  } catch {
    // A shallow clone lacks it, or history was rewritten: then everything stays as it is.
    return undefined
  }
}

function formerNotes(former: Former, holding: readonly Diagnostic[]): Diagnostic[] {
  return [...former].flatMap(([path, { commit }]) => {
    const span = holding.flatMap(spansOf).find(({ file }) => file.path === path)
    return span === undefined ? [] : [formerFile(span, commit)]
  })
}

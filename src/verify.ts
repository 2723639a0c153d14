import { isFactsMessage, tryParseBuildRecord } from './branch/branch.ts'
import type { Difference, RenderedHistory } from './branch/rendered-history-port.ts'
import { compileBranch, type CompileBranchOptions, type CompileBranchPorts } from './compile-branch.ts'
import type { Report } from './diagnostics/types.ts'
import { deliveredPath, isFactsPath, isRecordedPath } from './observe/observe.ts'

export interface VerifyPorts extends Omit<CompileBranchPorts, 'reader' | 'writer'> {
  readonly history: RenderedHistory
}

export type VerifyOptions = Pick<
  CompileBranchOptions,
  'compiler' | 'committer' | 'fetch' | 'key' | 'onProgress'
>

export type Verification =
  | { readonly status: 'equal'; readonly commit: string; readonly source: string }
  | {
      readonly status: 'different'
      readonly commit: string
      readonly source: string
      readonly differences: readonly Difference[]
    }
  /** Cannot be verified by this version, or at all; the reason is a sentence. */
  | { readonly status: 'impossible'; readonly commit: string; readonly reason: string }

/**
 * Makes a rendered commit again from what it says it was made from (source commit, facts, pins, clock) on top of its
 * parent, and compares bytes. Renders everything anew; writes nowhere but into a scratch repository. A commit of facts only
 * stands for the one before it, as long as it changes nothing else.
 */
export async function verify(
  ports: VerifyPorts,
  name: string,
  options: VerifyOptions,
  report: Report,
): Promise<Verification> {
  const { history } = ports
  const { commit, message, files } = await history.read(name)
  const build = tryParseBuildRecord(files.get('.fleetwright/build.json'))
  const impossible = (reason: string): Verification => ({ status: 'impossible', commit, reason })
  if (build === undefined)
    return impossible('it was not made by fleetwright: it has no .fleetwright/build.json')
  const source = build.source.commit
  if (source === undefined)
    return impossible('it was compiled from a folder, so that nobody else has its source')
  if (isFactsMessage(message)) {
    const others = (await history.compare(commit, undefined)).filter(({ path }) => !isRecordedPath(path))
    return others.length > 0
      ? { status: 'different', commit, source, differences: others }
      : verify(ports, `${commit}^`, options, report)
  }
  if (build.engine.digest !== ports.engine.versions.digest)
    return impossible(
      `it was rendered by the engine of fleetwright ${build.compiler}; verify it with that version`,
    )

  const delivered = files.get(deliveredPath)
  const writer = await history.writerBefore(commit, 'rendered')
  const { outcome } = await compileBranch(
    { ...ports, reader: await ports.readCommit(source), writer },
    {
      ...options,
      branch: 'rendered',
      compiler: build.compiler,
      asOf: build.asOf,
      facts: new Map([...files].filter(([path]) => isFactsPath(path))),
      ...(delivered !== undefined && { delivered }),
      pins: new Map(Object.entries(build.pins)),
      fresh: true,
      allowDelete: approvedDeletions(message),
    },
    report,
  )
  if (outcome.status === 'braked' || outcome.status === 'refused')
    return impossible('its source commit cannot be compiled onto its parent; the diagnostics say why')
  const differences = await history.compare(commit, outcome.status === 'written' ? outcome.commit : undefined)
  return differences.length === 0
    ? { status: 'equal', commit, source }
    : { status: 'different', commit, source, differences }
}

/** Deletions that were approved when the commit was made: its `Allow-Delete` trailers. */
function approvedDeletions(message: string): readonly string[] {
  return [...message.matchAll(/^Allow-Delete: (\S+)$/gm)].map(([, digest = '']) => digest)
}

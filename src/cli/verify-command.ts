import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createCommitReader } from '../adapters/git/commit-reader.ts'
import { createRenderedHistory } from '../adapters/git/rendered-history.ts'
import { findRepositoryRoot } from '../adapters/git/repository-place.ts'
import { tryParseBuildRecord } from '../branch/branch.ts'
import type { RenderedHistory } from '../branch/rendered-history-port.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { verify, type Verification } from '../verify.ts'
import { exitCodes, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { createPrinter, type Printer } from './printing.ts'
import { version } from './version.ts'
import { readConfiguredBranch, withWorkspace } from './workspace.ts'

/** `fleetwright verify [COMMIT]`. */
export async function runVerify(options: Options, io: Io, [name]: readonly string[]): Promise<ExitCode> {
  const printer = createPrinter(options, io)
  const diagnostics: Diagnostic[] = []
  const folder = await findRepositoryRoot(resolve(io.cwd, options.repo))
  const temporary = await mkdtemp(join(io.temporaryFolder, 'fleetwright-'))
  const forget = io.removeOnInterrupt(temporary)
  const history = createRenderedHistory(folder, temporary)
  try {
    const rendered = name ?? options.branch ?? (await readConfiguredBranch(options, io))
    const verifyOptions = { ...options, commit: await sourceOf(history, rendered) }
    const result = await verifyCommit(rendered, { options: verifyOptions, io, history, printer, diagnostics })
    // What the source has to say was said when it was compiled; here only what keeps it from being compiled again.
    if (result.status === 'impossible') printer.diagnostics(diagnostics)
    printer.text(describe(result))
    printer.json(result)
    return result.status === 'equal' ? exitCodes.done.code : exitCodes.errors.code
  } finally {
    await history.close()
    await rm(temporary, { recursive: true, force: true })
    forget()
    printer.progress.end()
  }
}

interface VerifyRun {
  readonly options: Options
  readonly io: Io
  readonly history: RenderedHistory
  readonly printer: Printer
  readonly diagnostics: Diagnostic[]
}

/** Everything is read as of the source commit: its lock file decides what was fetched, its time is the present. */
function verifyCommit(rendered: string, run: VerifyRun): Promise<Verification> {
  const { options, io, history, printer, diagnostics } = run
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
  return withWorkspace(options, io, report, ({ folder, ports, committer, fetch, key }) =>
    verify(
      { ...ports, history, readCommit: (commit) => createCommitReader(folder, commit) },
      rendered,
      {
        ...{ committer, fetch, compiler: version },
        ...(key && { key }),
        onProgress: (stage, done, total) => printer.progress.update(stage, done, total),
      },
      report,
    ),
  )
}

/** HEAD where there is none to be found; verifying says why. */
async function sourceOf(history: RenderedHistory, rendered: string): Promise<string> {
  const { files } = await history.read(rendered)
  return tryParseBuildRecord(files.get('.fleetwright/build.json'))?.source.commit ?? 'HEAD'
}

function describe(result: Verification): string {
  const commit = result.commit.slice(0, 12)
  switch (result.status) {
    case 'equal':
      return `${commit} is what ${result.source.slice(0, 12)} compiles to, byte for byte\n`
    case 'different':
      return [
        `${commit} is not what ${result.source.slice(0, 12)} compiles to:`,
        ...result.differences.map(({ kind, path }) => `  ${kind.padEnd(10)} ${path}`),
        '',
      ].join('\n')
    case 'impossible':
      return `${commit} cannot be verified: ${result.reason}\n`
  }
}

import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostics/types.ts'
import { EnvironmentError } from '../diagnostics/errors.ts'
import { formatMoves, toDiagnosticsOutput } from '../report/report.ts'
import { formatLock, lockPath, updateLock, wantedSources, type LockUpdate } from '../sources/sources.ts'
import type { ExitCode, Io } from './io.ts'
import { exitCodes } from './io.ts'
import type { Options } from './options.ts'
import { createPrinter, exitCodeOf, type Printer } from './printing.ts'
import { compileUntil } from './recorded-state.ts'
import { withWorkspace, type Workspace } from './workspace.ts'

/** `fleetwright update [NAME…]`: of the folder as it is, since that is what will be committed together with the lock file. */
export async function runUpdate(options: Options, io: Io, names: readonly string[]): Promise<ExitCode> {
  const printer = createPrinter(options, io)
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
  const worktree = { ...options, worktree: true }
  return withWorkspace(worktree, io, report, async (workspace) => {
    const update = workspace.isLockRead
      ? await resolvePins(names, { options: worktree, io, workspace, printer, report })
      : { lock: new Map(), moves: [] }
    printer.diagnostics(diagnostics)
    if (update.moves.length > 0 && options.dryRun !== true)
      await writeLock(workspace.folder, formatLock(update.lock))
    printer.text(formatMoves(update.moves, lockPath))
    printer.json({ moves: update.moves, ...toDiagnosticsOutput(diagnostics) })
    return workspace.isLockRead ? exitCodeOf(diagnostics) : exitCodes.errors.code
  })
}

interface UpdateRun {
  readonly options: Options
  readonly io: Io
  readonly workspace: Workspace
  readonly printer: Printer
  readonly report: (diagnostic: Diagnostic) => void
}

async function resolvePins(names: readonly string[], run: UpdateRun): Promise<LockUpdate> {
  const { workspace, printer, report } = run
  const { progress } = printer
  const { plan, fleet, config } = await compileUntil('plan', { ...run, progress }, report)
  const wanted = wantedSources(plan ?? { references: [], clusters: [] })
  const { reader, engine, ports, fetch } = workspace
  const sources = { ...ports.sources(fleet, config), repository: reader, kustomizations: engine }
  const fetchOptions = {
    ...fetch,
    onProgress: ({ key }: { key: string }) => progress.update(`asking for ${key}`, 0, 0),
  }
  return updateLock(wanted, names, { ports: sources, options: fetchOptions }, report)
}

/** All or nothing; an equal file is left alone. */
async function writeLock(folder: string, text: string): Promise<void> {
  const path = join(folder, lockPath)
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  } catch (cause) {
    throw new EnvironmentError({
      adapter: 'disk',
      operation: `write ${path}`,
      message: cause instanceof Error ? cause.message : String(cause),
      retryable: false,
      hint: 'see that the folder can be written and the disk has space',
      cause,
    })
  }
}

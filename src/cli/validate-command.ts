import type { Diagnostic } from '../diagnostics/types.ts'
import { formatCount, toDiagnosticsOutput } from '../report/report.ts'
import { exitCodes, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { createPrinter, exitCodeOf, unsilenced } from './printing.ts'
import { compileUntil } from './recorded-state.ts'
import { withWorkspace } from './workspace.ts'

/** `fleetwright validate`: the journey without its last step, and without the network unless it is asked for. */
export async function runValidate(options: Options, io: Io): Promise<ExitCode> {
  const printer = createPrinter(options, io)
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
  return withWorkspace(options, io, report, async (workspace) => {
    const { progress } = printer
    const compiled = await compileUntil(
      options.render === true ? 'tree' : 'plan',
      { options, io, workspace, progress, remote: options.remote },
      report,
    )
    const shown = unsilenced(diagnostics, compiled.config)
    const clusters = compiled.plan?.clusters ?? []
    const units = clusters.reduce((sum, cluster) => sum + cluster.units.length, 0)
    const exitCode = exitCodeOf(shown)
    printer.diagnostics(shown)
    const verdict = exitCode === exitCodes.done.code ? 'valid' : 'not valid'
    printer.text(
      `${verdict}: ${formatCount(clusters.length, 'cluster')}, ${formatCount(compiled.fleet.profiles.length, 'profile')}, ${formatCount(units, 'add-on')}\n`,
    )
    printer.json(toDiagnosticsOutput(shown))
    return exitCode
  })
}

import type { Diagnostic } from '../diagnostics/types.ts'
import { explain, formatExplanation, parseExplainTarget } from '../report/report.ts'
import { exitCodes, UsageError, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { createPrinter } from './printing.ts'
import { compileUntil } from './recorded-state.ts'
import { withWorkspace } from './workspace.ts'
import { emptyPlan } from '../resolve/resolve.ts'

/** `fleetwright explain CLUSTER[/UNIT[/OBJECT]]`. */
export async function runExplain(
  options: Options,
  io: Io,
  [text = '']: readonly string[],
): Promise<ExitCode> {
  const target = parseExplainTarget(text)
  if (target === undefined)
    throw new UsageError(
      `\`${text}\` is no cluster; write \`<namespace>/<name>\`, and below it a unit and an object`,
    )
  const printer = createPrinter(options, io)
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
  return withWorkspace(options, io, report, async (workspace) => {
    const stage = target.object === undefined ? 'plan' : 'manifests'
    const journey = { options, io, workspace, progress: printer.progress, remote: options.remote }
    const { plan = emptyPlan, rendered } = await compileUntil(stage, journey, report)
    const outcome = explain(target, plan, rendered?.clusters)
    // What is wrong elsewhere is for `validate`; here it matters when the thing is not found because of it.
    const about = diagnostics.filter(
      ({ subject, severity }) => severity === 'error' && subject?.cluster === target.cluster,
    )
    printer.diagnostics(about)
    if (outcome.status === 'not-found') throw new UsageError(outcome.reason)
    printer.text(formatExplanation(outcome.explanation, { color: printer.color }))
    printer.json(outcome.explanation)
    return exitCodes.done.code
  })
}

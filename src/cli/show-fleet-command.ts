import type { Compiled, Stage } from '../compile.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import {
  formatClusterRows,
  formatConflictRows,
  formatEventRows,
  toClusterRows,
  toConflictRows,
  toEventRows,
} from '../report/report.ts'
import { emptyPlan } from '../resolve/resolve.ts'
import { exitCodes, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { createPrinter, exitCodeOf } from './printing.ts'
import { compileUntil } from './recorded-state.ts'
import { withWorkspace, type Workspace } from './workspace.ts'

/** What a table of the fleet shows of a compile. */
interface View {
  readonly until: Stage
  readonly show: (compiled: Compiled, context: ViewContext) => Shown | Promise<Shown>
}

interface Shown {
  readonly text: string
  readonly json: unknown
}

export interface ViewContext {
  readonly options: Options
  readonly io: Io
  readonly workspace: Workspace
}

/** `fleetwright show clusters`. */
export const runShowClusters = show({
  until: 'plan',
  show({ plan = emptyPlan, facts }, { workspace: { asOf } }) {
    const rows = toClusterRows(plan, facts?.observations ?? new Map())
    return {
      text: rows.length === 0 ? 'no clusters\n' : formatClusterRows(rows, asOf),
      json: { clusters: rows },
    }
  },
})

/** `fleetwright show events`. */
export const runShowEvents = show({
  until: 'plan',
  show({ plan = emptyPlan }) {
    const rows = toEventRows(plan)
    return { text: rows.length === 0 ? 'no events\n' : formatEventRows(rows), json: { events: rows } }
  },
})

/** `fleetwright show conflicts`: those over single objects are known only after rendering. */
export const runShowConflicts = show({
  until: 'manifests',
  show({ plan = emptyPlan, rendered }) {
    const rows = toConflictRows(plan, rendered?.clusters ?? [])
    return {
      text: rows.length === 0 ? 'no conflicts\n' : formatConflictRows(rows),
      json: { conflicts: rows },
    }
  },
})

/** A command that compiles as far as a view needs, writes nothing, and shows it. */
export function show(view: View): (options: Options, io: Io) => Promise<ExitCode> {
  return (options, io) => {
    const printer = createPrinter(options, io)
    const diagnostics: Diagnostic[] = []
    const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
    return withWorkspace(options, io, report, async (workspace) => {
      const journey = { options, io, workspace, progress: printer.progress, remote: options.remote }
      const compiled = await compileUntil(view.until, journey, report)
      // Warnings and notes are for `validate`; an error may be why a row is missing.
      const errors = diagnostics.filter(({ severity }) => severity === 'error')
      printer.diagnostics(errors)
      const { text, json } = await view.show(compiled, { options, io, workspace })
      printer.text(text)
      printer.json(json)
      return exitCodeOf(errors) === exitCodes.errors.code ? exitCodes.errors.code : exitCodes.done.code
    })
  }
}

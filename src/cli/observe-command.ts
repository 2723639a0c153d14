import pc from 'picocolors'
import type { Diagnostic } from '../diagnostics/types.ts'
import { formatCount, formatObserved, toObserveOutput, type ObserveReport } from '../report/report.ts'
import { openClusterAccess } from './cluster-access.ts'
import { openFactsPlace } from './facts-place.ts'
import { exitCodes, UsageError, type ExitCode, type Io } from './io.ts'
import { everyoneAnswered, observeWith, sayIntentErrors, type ObserveRun } from './observe-run.ts'
import type { Options } from './options.ts'
import { printRoles } from './print-roles.ts'
import { createPrinter, unsilenced } from './printing.ts'
import { watchAndTell } from './watch-and-tell.ts'
import { withWorkspace } from './workspace.ts'

/** `fleetwright observe`. */
export async function runObserve(options: Options, io: Io): Promise<ExitCode> {
  if (options.factsOut !== undefined && options.push !== undefined)
    throw new UsageError('--out and --push exclude each other')
  if (options.watch === true && options.printRbac === true)
    throw new UsageError('--watch and --print-rbac exclude each other')
  const printer = createPrinter(options, io)
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
  try {
    return await withWorkspace(options, io, report, async (workspace) => {
      const { broken } = workspace
      if (broken && broken.commit === undefined) {
        // Nobody knows which clusters are meant, and the kubeconfig's own one is a guess.
        printer.diagnostics(broken.faults)
        return exitCodes.errors.code
      }
      const access = openClusterAccess(options, io, workspace.config)
      const place = await openFactsPlace({ options, io, workspace }, report)
      if (place === undefined) {
        printer.diagnostics(diagnostics)
        return exitCodes.errors.code
      }
      const run = { options, io, workspace, printer, place, access, diagnostics }
      if (options.printRbac === true) return await printRoles(run)
      return options.watch === true ? await watchAndTell(run) : await observeOnce(run)
    })
  } finally {
    printer.progress.end()
  }
}

async function observeOnce(run: ObserveRun): Promise<ExitCode> {
  const { place, workspace, printer, diagnostics } = run
  const { fleet, delivered } = await observeWith(run)
  const { asOf: observedAt } = workspace
  const recorded = await place.record({
    ...{ facts: fleet.files, observedAt },
    ...(delivered !== undefined && { delivered }),
  })
  const shown = unsilenced(diagnostics, workspace.config)
  const result: ObserveReport = {
    ...{ clusters: fleet.clusters, intentErrors: fleet.intentErrors.length, diagnostics: shown },
    ...(recorded && { recorded }),
  }
  printer.diagnostics(shown)
  printer.text(formatObserved(result.clusters, pc.createColors(printer.color).bold))
  printer.text(describeRecorded(result, run.options))
  sayIntentErrors(fleet, run)
  printer.json(toObserveOutput(result))
  if (recorded === undefined) return exitCodes.errors.code
  return everyoneAnswered(fleet) ? exitCodes.done.code : exitCodes.environment.code
}

function describeRecorded({ recorded, clusters }: ObserveReport, { push, factsOut }: Options): string {
  if (recorded === undefined) return 'nothing was recorded\n'
  const where = push === undefined ? recorded.name : `${recorded.name} of ${push}`
  if (!recorded.changed) return `${where} is up to date\n`
  const changed = formatCount(clusters.filter((row) => row.changed).length, 'cluster')
  const at = factsOut === undefined ? ` is now at ${recorded.commit?.slice(0, 12) ?? ''}` : ' was written'
  return `${where}${at}: facts of ${changed} changed\n`
}

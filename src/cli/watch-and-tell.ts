import { watchFleet, type WatchedFleet } from '../watch-fleet.ts'
import pc from 'picocolors'
import { formatObserved } from '../report/report.ts'
import { exitCodes, type ExitCode } from './io.ts'
import { observeOptions, sayIntentErrors, type ObserveRun } from './observe-run.ts'

/** Quiet time after a change before it is looked at. */
const debounceMs = 2000

/**
 * `fleetwright observe --watch`: a line of JSON for every change on standard output, all else on standard error. Goes on
 * until it is interrupted.
 */
export async function watchAndTell(run: ObserveRun): Promise<ExitCode> {
  const { options, io, workspace, place, access, printer } = run
  const isRecorded =
    options.branch !== undefined || options.push !== undefined || options.factsOut !== undefined
  const ending = new AbortController()
  let isFirst = true
  const onObserved = async (fleet: WatchedFleet): Promise<void> => {
    printer.progress.end()
    if (isFirst) {
      io.stderr.write(formatObserved(fleet.clusters, pc.createColors(false).bold))
      sayIntentErrors(fleet, run)
    }
    isFirst = false
    const { files: facts, delivered, observedAt } = fleet
    if (isRecorded) await place.record({ facts, observedAt, ...(delivered !== undefined && { delivered }) })
  }
  const watching = watchFleet(
    {
      ...workspace.ports,
      ...{ readers: access.readers, wait: io.wait, signal: ending.signal },
      now: () =>
        io
          .now()
          .toISOString()
          .replace(/\.\d+Z$/, 'Z'),
    },
    {
      ...observeOptions(run),
      ...(place.delivered !== undefined && { delivered: place.delivered }),
      debounceMs,
    },
    {
      onObserved,
      onChanges(changes) {
        for (const change of changes) io.stdout.write(`${JSON.stringify(change)}\n`)
      },
      report: (diagnostic) => printer.diagnostics([diagnostic]),
    },
  )
  const forget = io.stopOnInterrupt(async () => {
    ending.abort()
    await watching.catch(() => undefined)
  })
  try {
    await watching
    return exitCodes.interrupted.code
  } finally {
    forget()
  }
}

import pc from 'picocolors'
import { parseDuration } from '../config/config.ts'
import { formatObserved } from '../report/report.ts'
import { watchFleet, type WatchedFleet, type WatchFleetOptions } from '../watch-fleet.ts'
import { exitCodes, UsageError, type ExitCode } from './io.ts'
import { observeOptions, sayIntentErrors, type ObserveRun } from './observe-run.ts'
import type { Options } from './options.ts'

const defaultDebounceMs = 2000
const defaultPollMs = 60_000

/**
 * `fleetwright observe --watch`: a line of JSON for every change on standard output, all else on standard error. Goes on
 * until it is interrupted.
 */
export async function watchAndTell(run: ObserveRun): Promise<ExitCode> {
  const { options, io, workspace, place, access, printer } = run
  const pace = paceOf(options)
  const isRecorded =
    options.branch !== undefined || options.push !== undefined || options.factsOut !== undefined
  const ending = new AbortController()
  let isFirst = true
  let records = 0
  const onObserved = async (fleet: WatchedFleet): Promise<void> => {
    printer.progress.end()
    if (isFirst) {
      io.stderr.write(formatObserved(fleet.clusters, pc.createColors(false).bold))
      sayIntentErrors(fleet, run)
    }
    isFirst = false
    const { files: facts, delivered, observedAt } = fleet
    if (!isRecorded) return
    await place.record({ facts, observedAt, ...(delivered !== undefined && { delivered }) })
    records += 1
    // Whoever runs this reads what was recorded now.
    printer.progress.update('recorded', records, records)
    printer.progress.end()
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
      ...pace,
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

function paceOf({ debounce, poll }: Options): Pick<WatchFleetOptions, 'debounceMs' | 'discoveryPauseMs'> {
  return {
    debounceMs: durationOf('--debounce', debounce) ?? defaultDebounceMs,
    discoveryPauseMs: durationOf('--poll', poll) ?? defaultPollMs,
  }
}

function durationOf(flag: string, written: string | undefined): number | undefined {
  if (written === undefined) return undefined
  const milliseconds = parseDuration(written)
  if (milliseconds === undefined || milliseconds === 0)
    throw new UsageError(`${flag} must be a duration like \`2s\` or \`1m\`, not \`${written}\``)
  return milliseconds
}

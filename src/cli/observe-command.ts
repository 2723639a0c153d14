import pc from 'picocolors'
import type { Diagnostic } from '../diagnostics/types.ts'
import { observeDelivered } from '../observe-delivered.ts'
import { observeFleet, type ObservedFleet, type ObserveFleetOptions } from '../observe-fleet.ts'
import { formatCount, formatObserved, toObserveOutput, type ObserveReport } from '../report/report.ts'
import { openClusterAccess, type ClusterAccess } from './cluster-access.ts'
import { openFactsPlace, type FactsPlace } from './facts-place.ts'
import { exitCodes, UsageError, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { printRoles } from './print-roles.ts'
import { createPrinter, type Printer, unsilenced } from './printing.ts'
import { version } from './version.ts'
import { checkSomeWanted, parseWantedClusters } from './wanted-clusters.ts'
import { watchAndTell } from './watch-and-tell.ts'
import { withWorkspace, type Workspace } from './workspace.ts'

/** What a run of observing goes by. */
export interface ObserveRun {
  readonly options: Options
  readonly io: Io
  readonly workspace: Workspace
  readonly printer: Printer
  readonly place: FactsPlace
  readonly access: ClusterAccess
  readonly diagnostics: Diagnostic[]
}

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

/** Facts and what was delivered, as they are now. */
export async function observeWith(
  run: ObserveRun,
): Promise<{ readonly fleet: ObservedFleet; readonly delivered?: string }> {
  const { options, workspace, place, access, diagnostics, printer } = run
  const wanted = { ...observeOptions(run), asOf: workspace.asOf }
  const ports = { ...workspace.ports, readers: access.readers }
  const fleet = await observeFleet(ports, wanted, (one) => diagnostics.push(one))
  if (options.cluster !== undefined && fleet.compiled.plan) checkSomeIsNamed(options.cluster, fleet)
  const { text, failures } = await observeDelivered(fleet, place.delivered, wanted, access.readers)
  printer.progress.end()
  for (const { id, failure } of failures)
    run.io.stderr.write(`what was delivered by ${id} could not be read: ${failure?.message ?? ''}\n`)
  return { fleet, ...(text !== undefined && { delivered: text }) }
}

export function observeOptions({
  options,
  workspace,
  place,
  access,
  printer,
}: ObserveRun): Omit<ObserveFleetOptions, 'asOf'> {
  const { progress } = printer
  const { sets, known, pins } = place.build
  const { concurrency, clusterDeadlineMs, management } = access
  return {
    ...{ facts: place.facts, sets, known, compiler: version, concurrency, clusterDeadlineMs },
    fetch: {
      ...workspace.fetch,
      ...(pins && { pins }),
      onProgress: ({ key }) => progress.update(`fetching ${key}`, 0, 0),
    },
    ...(management && { management }),
    ...(workspace.key && { key: workspace.key }),
    ...(options.cluster !== undefined && { isWanted: parseWantedClusters(options.cluster) }),
    onProgress: (stage, done, total) => progress.update(stage, done, total),
    onObserved: (done, total) => progress.update('observing', done, total),
  }
}

export function everyoneAnswered({ clusters }: Pick<ObservedFleet, 'clusters'>): boolean {
  return clusters.every(({ failure }) => failure === undefined)
}

/** The plan was made of all clusters, so that it does not say which were wanted. */
function checkSomeIsNamed(text: string, { compiled, clusters }: ObservedFleet): void {
  const named = new Set(clusters.map(({ id }) => id))
  const held = (compiled.plan?.clusters ?? []).map((cluster) =>
    named.has(cluster.cluster.id)
      ? cluster
      : { ...cluster, hold: { reason: 'not-selected' as const, message: 'not selected' } },
  )
  if (compiled.plan) checkSomeWanted(text, { ...compiled.plan, clusters: held })
}

function describeRecorded({ recorded, clusters }: ObserveReport, { push, factsOut }: Options): string {
  if (recorded === undefined) return 'nothing was recorded\n'
  const where = push === undefined ? recorded.name : `${recorded.name} of ${push}`
  if (!recorded.changed) return `${where} is up to date\n`
  const changed = formatCount(clusters.filter((row) => row.changed).length, 'cluster')
  const at = factsOut === undefined ? ` is now at ${recorded.commit?.slice(0, 12) ?? ''}` : ' was written'
  return `${where}${at}: facts of ${changed} changed\n`
}

/** What is wrong with the intent is for `validate`; here it says why something may not have been asked. */
export function sayIntentErrors(
  { intentErrors }: Pick<ObservedFleet, 'intentErrors'>,
  { io, printer }: ObserveRun,
): void {
  if (intentErrors.length === 0 || printer.isJson) return
  io.stderr.write(
    `intent has ${formatCount(intentErrors.length, 'error')}; \`fleetwright validate\` shows them\n`,
  )
}

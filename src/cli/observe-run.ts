import type { Diagnostic } from '../diagnostics/types.ts'
import { observeDelivered } from '../observe-delivered.ts'
import { observeFleet, type ObservedFleet, type ObserveFleetOptions } from '../observe-fleet.ts'
import { formatCount } from '../report/report.ts'
import type { ClusterAccess } from './cluster-access.ts'
import type { FactsPlace } from './facts-place.ts'
import type { Io } from './io.ts'
import type { Options } from './options.ts'
import type { Printer } from './printing.ts'
import { version } from './version.ts'
import { checkSomeWanted, parseWantedClusters } from './wanted-clusters.ts'
import type { Workspace } from './workspace.ts'

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
    // Contexts of a file with errors may lead to other clusters than are meant.
    ...(workspace.broken && { trusted: workspace.config }),
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

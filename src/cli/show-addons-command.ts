import { resolve } from 'node:path'
import { openGitRepository } from '../adapters/git/git-repository.ts'
import { findRepositoryRoot } from '../adapters/git/repository-place.ts'
import { tryParseUnitIndex, unitIndexPath } from '../branch/branch.ts'
import type { BranchWriter } from '../branch/branch-writer-port.ts'
import type { PreviousTree, UnitIndex } from '../branch/types.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { deliveredPath, tryParseDelivered } from '../observe/observe.ts'
import { filterAddOns, formatAddOns, toAddOnRows, type AddOnFilter } from '../report/report.ts'
import { exitCodes, UsageError, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { createPrinter } from './printing.ts'
import { readRendered } from './recorded-state.ts'
import { readConfiguredBranch } from './workspace.ts'

/** `fleetwright show addons`: what the records of the rendered branch say; no manifest is read. */
export async function runShowAddons(options: Options, io: Io): Promise<ExitCode> {
  if (options.helmCharts === true && options.resources === true)
    throw new UsageError('--helm-charts and --resources exclude each other')
  const printer = createPrinter(options, io)
  const folder = await findRepositoryRoot(resolve(io.cwd, options.repo))
  const branch = options.branch ?? (await readConfiguredBranch(options, io))
  const diagnostics: Diagnostic[] = []
  const rendered = await readRendered({ git: openGitRepository(folder), branch }, options.remote, (one) =>
    diagnostics.push(one),
  )
  printer.diagnostics(diagnostics)
  if (rendered === undefined) return exitCodes.errors.code
  const { previous, writer } = rendered
  if (previous.build === undefined)
    throw new UsageError(
      `there is nothing on branch ${branch}; run \`fleetwright compile\` first, or name another with --branch`,
    )
  const delivered = (await writer.readFiles(previous.state, [deliveredPath])).get(deliveredPath)
  const rows = toAddOnRows(
    previous.clusters,
    await readIndexes(previous, writer),
    tryParseDelivered(delivered),
  )
  const shown = filterAddOns(rows, toFilter(options))
  printer.text(formatAddOns(shown))
  printer.json({ addons: shown })
  return exitCodes.done.code
}

function toFilter({ namespace, clusterName, profile, helmCharts, resources }: Options): AddOnFilter {
  return {
    ...(namespace !== undefined && { namespace }),
    ...(clusterName !== undefined && { cluster: clusterName }),
    ...(profile !== undefined && { profile }),
    ...(helmCharts === true && { only: 'helm-charts' as const }),
    ...(resources === true && { only: 'resources' as const }),
  }
}

/** Only of units that are listed object by object. */
async function readIndexes(
  { state, clusters }: PreviousTree,
  writer: BranchWriter,
): Promise<ReadonlyMap<string, UnitIndex>> {
  const units = [...clusters].flatMap(([cluster, record]) =>
    Object.entries(record.units)
      .filter(([, { kind }]) => kind === 'kustomize' || kind === 'policy')
      .map(([name]) => ({ id: `${cluster}/${name}`, path: unitIndexPath(cluster, name) })),
  )
  const texts = await writer.readFiles(
    state,
    units.map(({ path }) => path),
  )
  return new Map(
    units.flatMap(({ id, path }): [string, UnitIndex][] => {
      const index = tryParseUnitIndex(texts.get(path))
      return index ? [[id, index]] : []
    }),
  )
}

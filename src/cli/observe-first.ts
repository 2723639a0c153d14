import type { Diagnostic } from '../diagnostics/types.ts'
import { openClusterAccess } from './cluster-access.ts'
import { openFactsPlace } from './facts-place.ts'
import { everyoneAnswered, observeWith } from './observe-run.ts'
import type { Io } from './io.ts'
import type { Options } from './options.ts'
import type { Printer } from './printing.ts'
import type { Workspace } from './workspace.ts'

/** What `compile --observe` compiles with. */
export interface ObservedFirst {
  readonly facts: ReadonlyMap<string, string>
  readonly delivered?: string
  readonly everyoneAnswered: boolean
}

interface CompileRun {
  readonly options: Options
  readonly io: Io
  readonly workspace: Workspace
  readonly printer: Printer
  readonly diagnostics: Diagnostic[]
}

/** Observes the clusters and records nothing: the tree is written with its facts. Says who did not answer. */
export async function observeFirst(run: CompileRun): Promise<ObservedFirst | undefined> {
  const { options, io, workspace, printer } = run
  const access = openClusterAccess(options, io, workspace.config)
  // The compile says itself what is wrong with the branch.
  const place = await openFactsPlace(run, () => undefined)
  if (place === undefined) return undefined
  const { fleet, delivered } = await observeWith({ ...run, access, place })
  const silent = fleet.clusters.filter(({ failure }) => failure)
  if (!printer.isJson)
    for (const { id, failure } of silent)
      io.stderr.write(`${id}: ${failure?.reason ?? ''}: ${failure?.message ?? ''}\n`)
  return {
    facts: fleet.files,
    ...(delivered !== undefined && { delivered }),
    everyoneAnswered: everyoneAnswered(fleet),
  }
}

import { changesFormat, parseChanges, type FleetState } from '../../report/report.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import { readBuild } from '../commands/rollback/read-build.ts'
import { findConfigFile, noteRenderedBranch, readFleetConfig, type FleetSpec } from '../work/fleet-config.ts'
import { fetchBranch, inRepository, type OpenedRepository } from '../work/open-repository.ts'
import { runChild } from '../work/run-child.ts'
import type { WorkContext } from '../work/work-context.ts'
import type { Printed, WorkOutState } from './work-out-state.ts'

const mostChanges = 10

export interface MadeFleet {
  /** Head of the default branch, as it was fetched. */
  readonly source: string
  readonly rendered: string | undefined
  /** Undefined where the default branch has no fleet. */
  readonly state: FleetState | undefined
}

/**
 * The state of a fleet at the heads that its branches have now, by children that run one after the other: what they write
 * stays in the private repository of this work. Undefined where there is no default branch.
 */
export async function makeFleetState(
  context: WorkContext,
  workOut: WorkOutState,
): Promise<MadeFleet | undefined> {
  return inRepository(context, async (opened) => {
    const { working, hosted } = opened
    const source = await fetchBranch(context, working, hosted.defaultBranch)
    if (source === undefined) return undefined
    if ((await findConfigFile(working, source)) === undefined) {
      return { source, rendered: undefined, state: undefined }
    }
    const config = await readFleetConfig(context, working, source)
    await noteRenderedBranch(context, config.rendered.branch)
    const rendered = await fetchBranch(context, working, config.rendered.branch)
    const heads = { config, source, rendered }
    return { source, rendered, state: await readState(context, opened, { heads, workOut }) }
  })
}

interface Heads {
  readonly config: FleetSpec
  readonly source: string
  readonly rendered: string | undefined
}

async function readState(
  context: WorkContext,
  { working, hosted }: OpenedRepository,
  { heads, workOut }: { readonly heads: Heads; readonly workOut: WorkOutState },
): Promise<FleetState> {
  const { config, source, rendered } = heads
  const { owner, name } = context.repository
  const sourceCommit =
    rendered === undefined ? undefined : (await readBuild(working, rendered))?.source.commit
  const place = {
    repository: { owner, name, url: hosted.url },
    source: { branch: hosted.defaultBranch, commit: source },
    rendered: {
      branch: config.rendered.branch,
      ...(rendered !== undefined && { commit: rendered }),
      ...(sourceCommit !== undefined && { sourceCommit }),
    },
    changes: rendered === undefined ? [] : await readChanges(working, rendered),
  }
  /** What a command prints, whatever it finds wrong. */
  const ask = async (command: string): Promise<Printed> => {
    const args = [`--commit=${source}`, '--output=json']
    const { stdout, exitCode } = await runChild(context, { command, working, args })
    return { stdout, exitCode }
  }
  const question = {
    ...{ place, config },
    clusters: await ask('show clusters'),
    conflicts: await ask('show conflicts'),
    // Last: it moves the rendered branch of the private repository.
    compiled: await ask('compile'),
  }
  return workOut(question, context.run.signal)
}

async function readChanges(working: WorkingRepository, tip: string): Promise<FleetState['changes']> {
  const options = ['--first-parent', `--max-count=${mostChanges}`, `--format=${changesFormat}`]
  const { stdout } = await working.git(['log', '-z', ...options, '--end-of-options', tip])
  return parseChanges(stdout)
}

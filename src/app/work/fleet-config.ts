import { z } from 'zod'
import { InternalError } from '../../diagnostics/errors.ts'
import { outputs } from '../../report/report.ts'
import { parseKept, renderedBranchKey } from '../../review/review.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import { version } from '../version.ts'
import { runChild } from './run-child.ts'
import { configKey } from './state-keys.ts'
import type { WorkContext } from './work-context.ts'

type ConfigOutput = z.infer<(typeof outputs)['show config']>

/** Each field as in fleetwright.yaml, with its default where nothing valid is written. */
export type FleetSpec = ConfigOutput['spec']

/** Names that the file of a fleet may have. */
const names = ['fleetwright.yaml', 'fleetwright.yml']

/** Git id of the file that makes a commit one of a fleet; undefined where there is none. */
export async function findConfigFile(
  working: WorkingRepository,
  commit: string,
): Promise<string | undefined> {
  for (const name of names) {
    const id = await working.fileId(commit, name)
    if (id !== undefined) return id
  }
  return undefined
}

const remembered = z.record(z.string(), z.unknown())
const mostRemembered = 4

/**
 * The configuration of a commit that is trusted, complete; defaults where it has none. Of one with errors nothing counts, and no
 * default either: the last one before it, or else what allows nothing. It is read once for each file.
 */
export async function readFleetConfig(
  context: WorkContext,
  working: WorkingRepository,
  commit: string,
): Promise<FleetSpec> {
  const { state } = context.ports
  const key = configKey(context.repository)
  const ofFile = `${version} ${(await findConfigFile(working, commit)) ?? 'none'}`
  // What counts in place of a broken one depends on what was there before.
  const ofCommit = `${version} ${commit}`
  const known = parseKept(remembered, await state.get(key)) ?? {}
  const spec = outputs['show config'].shape.spec.safeParse(known[ofFile] ?? known[ofCommit]).data
  context.ports.metrics.cache('config', spec !== undefined)
  if (spec) return spec
  const args = [`--commit=${commit}`, '--output=json']
  const { stdout, exitCode } = await runChild(context, { command: 'show config', args, working })
  const output = parseKept(outputs['show config'], stdout)
  if (output === undefined)
    throw new InternalError(`show config ended with ${exitCode} and prints no configuration`)
  const { inForce } = output
  if (inForce) context.run.log.warn('configuration-broken', { commit, counts: inForce.commit })
  const read = inForce?.spec ?? output.spec
  const kept = Object.entries(known).slice(-(mostRemembered - 1))
  const entry = [inForce ? ofCommit : ofFile, read]
  await state.put(new Map([[key, JSON.stringify(Object.fromEntries([...kept, entry]))]]))
  return read
}

/** Tells those who take deliveries how the rendered branch is called. Only the default branch decides that. */
export async function noteRenderedBranch({ ports, repository }: WorkContext, branch: string): Promise<void> {
  const key = renderedBranchKey(repository)
  if ((await ports.state.get(key)) !== branch) await ports.state.put(new Map([[key, branch]]))
}

/** As it was noted last: a guess that saves a request. */
export async function guessRenderedBranch({
  ports,
  repository,
}: Pick<WorkContext, 'ports' | 'repository'>): Promise<string> {
  return (await ports.state.get(renderedBranchKey(repository))) ?? 'rendered'
}

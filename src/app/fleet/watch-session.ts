import { join } from 'node:path'
import { toPublicText } from '../../report/report.ts'
import { toQueuedWork } from '../../review/review.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { AppPorts } from '../types.ts'
import { findConfigFile, readFleetConfig } from '../work/fleet-config.ts'
import { fetchBranch, inRepository, type OpenedRepository } from '../work/open-repository.ts'
import { secretsOf } from '../work/run-child.ts'
import { readAges } from '../work/silent-clusters.ts'
import { watchKeys } from '../work/state-keys.ts'
import type { WorkContext } from '../work/work-context.ts'
import { createFactsKeeper, type FactsKeeper } from './facts-keeper.ts'
import { createFollowing, type Following } from './following.ts'
import { tellChange } from './tell-change.ts'

/** One child that observes, with the intent of one commit. */
export interface WatchSession {
  /** Resolves when the child has ended, or is not to go on, and with it everything of the session. Never fails. */
  run(): Promise<SessionEnd>
  /** Looks whether it should go on, and does what time asks for. Throws EnvironmentError. */
  tick(): Promise<void>
}

export interface SessionEnd {
  /** There is something newer to watch for: another begins at once. */
  readonly isOver: boolean
  /** It went well for a while. */
  readonly hasRecorded: boolean
}

export interface SessionOptions {
  readonly ports: AppPorts
  readonly repository: RepositoryId
  /** Of this process: no other has it. */
  readonly holder: string
  /** Ends it. */
  readonly signal: AbortSignal
}

/** The intent is another one by now, or what was known was forgotten. */
class SessionOver extends Error {
  override readonly name = 'SessionOver'
}

export function createWatchSession({ ports, repository, holder, signal }: SessionOptions): WatchSession {
  const log = ports.log.with({ repository: `${repository.owner}/${repository.name}`, watch: true })
  const over = new AbortController()
  const own = AbortSignal.any([signal, over.signal])
  const context: WorkContext = {
    ...{ ports, repository, github: ports.github(repository), kind: 'fleet' },
    run: { log, signal: own, attempt: 1 },
  }
  const keys = watchKeys(repository)
  const isOurs = async (): Promise<boolean> => (await ports.state.get(keys.session)) === holder
  const keeper = createFactsKeeper({ ports, repository, log, signal: own, isOurs })
  const following = createFollowing()
  let source: string | undefined
  const onStart = (commit: string): void => {
    source = commit
    log.info('watching', { source })
  }
  const tellDue = createTellDue(ports, repository)
  return {
    async run() {
      try {
        await inRepository(context, (opened) =>
          observe(context, opened, { holder, keeper, following, onStart }),
        )
      } catch (error) {
        if (!own.aborted) log.warn('watch-failed', { error })
      }
      source = undefined
      await keeper.settle()
      return { isOver: over.signal.aborted, hasRecorded: keeper.hasRecorded() }
    },
    async tick() {
      if (source === undefined) return
      const noted = await ports.state.list(keys.prefix)
      const session = noted.get(keys.session)
      const isForgotten = session === undefined
      if (session !== holder || following.isOther(noted.get(keys.source), source)) {
        log.info('watch-moves', { isForgotten })
        over.abort(new SessionOver())
        return
      }
      keeper.again()
      await tellDue(noted.get(keys.due))
      tellAges(ports, repository, keeper)
    },
  }
}

/** Work that time asks for, once each. */
function createTellDue({ queue, now }: AppPorts, repository: RepositoryId) {
  let told: string | undefined
  return async (due: string | undefined): Promise<void> => {
    if (due === undefined || due === told || !(Date.parse(due) <= now())) return
    await queue.add([toQueuedWork({ type: 'fleet', repository })])
    told = due
  }
}

function tellAges({ metrics, now }: AppPorts, repository: RepositoryId, keeper: FactsKeeper): void {
  for (const { id, answeredAt } of readAges(keeper.known()))
    if (answeredAt !== undefined)
      metrics.factsAge(repository, id, Math.max(0, (now() - Date.parse(answeredAt)) / 1000))
}

interface Observing {
  readonly holder: string
  readonly keeper: FactsKeeper
  readonly following: Following
  readonly onStart: (source: string) => void
}

/** Runs the child until it ends. It has the clusters' credentials, and no others. */
async function observe(
  context: WorkContext,
  { hosted, working }: OpenedRepository,
  { holder, keeper, following, onStart }: Observing,
): Promise<void> {
  const { ports, repository, run } = context
  const { clusters } = ports.fleets.of(repository)
  if (hosted.isArchived || clusters === undefined) return
  const keys = watchKeys(repository)
  following.begin(await ports.state.get(keys.source))
  const source = await fetchBranch(context, working, hosted.defaultBranch)
  if (source === undefined || (await findConfigFile(working, source)) === undefined) return
  const { rendered } = await readFleetConfig(context, working, source)
  await fetchBranch(context, working, rendered.branch)
  const folder = join(working.folder, 'fleetwright-facts')
  await ports.state.put(new Map([[keys.session, holder]]))
  await keeper.begin(folder)
  onStart(source)
  const { exitCode, stderr } = await ports.cli({
    ...{ repository, command: 'observe', folder: working.folder, signal: run.signal },
    args: ['--watch', `--out=${folder}`, `--commit=${source}`, ...clusters.args],
    env: { ...working.childEnvironment, ...clusters.env },
    onLine: (line) => {
      tellChange(run.log, line)
    },
    onProgress: (stage) => {
      if (stage === 'recorded') keeper.recorded()
    },
  })
  const said = toPublicText(stderr, secretsOf(context)).trim().slice(-2000)
  run.log.warn('watch-ended', { exitCode, said })
}

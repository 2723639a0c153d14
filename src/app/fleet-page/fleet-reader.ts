import { LRUCache } from 'lru-cache'
import type { FleetState, WaitingProposal } from '../../report/report.ts'
import { ownBranchPrefix, repositoryKey } from '../../review/review.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { AppPorts } from '../types.ts'
import { version } from '../version.ts'
import { guessRenderedBranch } from '../work/fleet-config.ts'
import type { WorkContext } from '../work/work-context.ts'
import { makeFleetState, type MadeFleet } from './make-fleet-state.ts'
import { createAging, readObservedAges } from './observed-ages.ts'
import type { WorkOutState } from './work-out-state.ts'

/** What there is to show of a fleet at this moment. */
export interface FleetReading {
  /** `current` is of the heads as they are; `making`: that takes longer than a visitor waits; `none`: there is no fleet. */
  readonly status: 'current' | 'making' | 'failed' | 'none'
  /** The newest that is known; absent where nothing is. */
  readonly known?: KnownFleet
  readonly proposals: readonly WaitingProposal[]
}

export interface KnownFleet {
  readonly state: FleetState
  /** Milliseconds since the epoch. */
  readonly readAt: number
}

export interface FleetReaderOptions {
  readonly ports: AppPorts
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly workOut: WorkOutState
  /** Ends what is being made. */
  readonly signal: AbortSignal
}

/** Heads and pull requests are asked for again after this. */
const headsMs = 5000
/** What failed is tried again after this, for the same heads. */
const failureMs = 60_000
/** A visitor waits no longer for what is being made. */
const patienceMs = 1000
/** States that are made at a time, of all repositories: compiling goes on beside it. */
const mostMaking = 2
const mostRepositories = 1000
/** Clusters and placements in memory, of all states together: ten fleets of 5,000 clusters with 20 add-ons. */
const mostPlacements = 1_100_000

interface Heads {
  /** Of a state. */
  readonly key: string
  readonly proposals: readonly WaitingProposal[]
  /** When clusters answered last, where somebody watches them: younger than what the branch records. */
  readonly ages?: string
}

/** A repository that somebody looks at. */
interface Watched {
  readonly aging: ReturnType<typeof createAging>
  heads?: { readonly at: number; readonly answer: Promise<Heads> }
  /** Key of the newest state. */
  newest?: string
  making?: Promise<void>
  failed?: { readonly key: string; readonly at: number }
}

type Kept = KnownFleet | 'none'

/**
 * Reads fleets for their pages. States are kept by source commit, rendered commit and version, the least recently used go; one
 * is made at a time of each repository, whoever waits for it. Throws ReviewerError and EnvironmentError where nothing is known
 * and GitHub does not answer.
 */
export function createFleetReader(
  options: FleetReaderOptions,
): (repository: RepositoryId) => Promise<FleetReading> {
  const { ports, wait, workOut, signal } = options
  const { now } = ports
  const watched = new LRUCache<string, Watched>({ max: mostRepositories })
  const states = new LRUCache<string, Kept>({ maxSize: mostPlacements, sizeCalculation: sizeOf })
  const limited = createLimit(mostMaking)

  async function make(repository: RepositoryId, one: Watched, key: string): Promise<void> {
    const context = toContext(ports, repository, signal)
    try {
      const made = await limited(() => makeFleetState(context, workOut))
      const madeKey = made === undefined ? key : stateKey(repository, made)
      const state = made?.state
      states.set(madeKey, state === undefined ? 'none' : { state, readAt: now() })
      one.newest = madeKey
      delete one.failed
    } catch (error) {
      if (signal.aborted) return
      context.run.log.warn('fleet-page-failed', { error })
      one.failed = { key, at: now() }
    } finally {
      delete one.making
    }
  }

  function toReading(one: Watched, { key, proposals, ages }: Heads): FleetReading {
    const current = states.get(key)
    if (current === 'none') return { status: 'none', proposals: [] }
    const aged = (known: KnownFleet): KnownFleet => ({ ...known, state: one.aging(known.state, ages) })
    if (current) return { status: 'current', known: aged(current), proposals }
    const status = one.making === undefined && one.failed?.key === key ? 'failed' : 'making'
    const newest = one.newest === undefined ? undefined : states.get(one.newest)
    return { status, proposals, ...(newest && newest !== 'none' && { known: aged(newest) }) }
  }

  return async (repository) => {
    const name = repositoryKey(repository)
    const one = watched.get(name) ?? { aging: createAging() }
    watched.set(name, one)
    const heads = await headsOf(ports, repository, one)
    const isFailed = one.failed?.key === heads.key && now() - one.failed.at < failureMs
    if (!states.has(heads.key) && !isFailed) {
      one.making ??= make(repository, one, heads.key)
      const patience = new AbortController()
      await Promise.race([one.making, wait(patienceMs, patience.signal)])
      patience.abort()
    }
    return toReading(one, heads)
  }
}

/** Asked once for all who come within some seconds. */
function headsOf(ports: AppPorts, repository: RepositoryId, one: Watched): Promise<Heads> {
  const { now } = ports
  if (one.heads && now() - one.heads.at < headsMs) return one.heads.answer
  const answer = readHeads(ports, repository)
  const asked = { at: now(), answer }
  one.heads = asked
  answer.catch(() => {
    if (one.heads === asked) delete one.heads
  })
  return answer
}

async function readHeads(ports: AppPorts, repository: RepositoryId): Promise<Heads> {
  const { host, proposals } = ports.github(repository)
  const [{ defaultBranch }, branch, own, ages] = await Promise.all([
    host.describe(),
    guessRenderedBranch({ ports, repository }),
    proposals.list(ownBranchPrefix),
    readObservedAges(ports, repository),
  ])
  const [source, rendered] = await Promise.all([host.readHead(defaultBranch), host.readHead(branch)])
  return {
    key: stateKey(repository, { source: source ?? '', rendered }),
    proposals: own.map(({ number, title, head, base }) => ({ number, title, head, base })),
    ...(ages !== undefined && { ages }),
  }
}

function stateKey(
  repository: RepositoryId,
  { source, rendered = '' }: Pick<MadeFleet, 'source' | 'rendered'>,
): string {
  return [repositoryKey(repository), source, rendered, version].join(' ')
}

function toContext(ports: AppPorts, repository: RepositoryId, signal: AbortSignal): WorkContext {
  const log = ports.log.with({ work: 'page', repository: repositoryKey(repository) })
  return {
    ports,
    repository,
    github: ports.github(repository),
    run: { log, signal, attempt: 1 },
    kind: 'page',
  }
}

function sizeOf(kept: Kept): number {
  if (kept === 'none') return 1
  const { clusters, conflicts } = kept.state
  return clusters.reduce((sum, { units }) => sum + 1 + units.length, 1 + conflicts.length)
}

/** Runs so many at a time, in the order in which they were asked for. */
function createLimit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((begin) => waiting.push(begin))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // The place is handed on.
      if (next) next()
      else running -= 1
    }
  }
}

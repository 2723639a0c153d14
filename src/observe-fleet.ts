import type { Compiled, CompileOptions, CompilePorts } from './compile.ts'
import type { Diagnostic, Report } from './diagnostics/types.ts'
import type { Cluster } from './intent/types.ts'
import { compareText } from './kubernetes/text-order.ts'
import type { ClusterAddress, ClusterReaders } from './observe/cluster-reader-port.ts'
import {
  canonicalJson,
  factsPath,
  notSettled,
  observe,
  observedPath,
  type ObservedCluster,
} from './observe/observe.ts'
import { managementId, type Answers, type Need } from './observe/types.ts'
import { byKey, hasLostManagement, lookAround, unreadTargets, type Look } from './observe-look.ts'
import type { FleetTargets } from './observe-targets.ts'

export interface ObserveFleetPorts extends CompilePorts {
  readonly readers: ClusterReaders
}

export interface ObserveFleetOptions extends Omit<CompileOptions, 'until' | 'isWanted' | 'whatIf'> {
  /** Clusters to observe, beside the management cluster; the facts of the others stay as they are. Default: all. */
  readonly isWanted?: (cluster: Cluster, labels: Readonly<Record<string, string>>) => boolean
  /** In place of the management cluster that fleetwright.yaml names. */
  readonly management?: ClusterAddress
  /** Clusters that are read at a time. */
  readonly concurrency: number
  /** For everything that is asked of one cluster in one round. */
  readonly clusterDeadlineMs: number
  /** For whoever goes on observing: what was observed, and the clusters that may have changed since. */
  readonly since?: { readonly observed: ObservedFleet; readonly changed: ReadonlySet<string> }
  readonly onObserved?: (done: number, total: number) => void
}

export interface ObservedFleet {
  /** All facts files as they are to be recorded now, by path. */
  readonly files: ReadonlyMap<string, string>
  /** One row per cluster that was wanted, and `management`; sorted by id. */
  readonly clusters: readonly ObservedCluster[]
  /** What was asked of each cluster, by its id. */
  readonly asked: ReadonlyMap<string, readonly Need[]>
  readonly targets: FleetTargets
  readonly management?: ClusterAddress
  /** The last compile, which asked for nothing more. */
  readonly compiled: Compiled
  /** What is wrong with what people wrote. */
  readonly intentErrors: readonly Diagnostic[]
}

/** Rounds of observing for what the plan asks, and then for what rendering looks up. */
const mostRounds = { plan: 6, manifests: 3 } as const

/**
 * The bounded loop around `observe` (decision 26): compiles to learn what has to be known, reads it, and compiles again with
 * the answers until nothing more is asked. In the end exactly what is needed is recorded, whatever was recorded before.
 * Reports that it does not settle, and nothing of what the inner compiles report. A cluster that does not answer is a row;
 * throws EnvironmentError when another port fails.
 */
export async function observeFleet(
  ports: ObserveFleetPorts,
  options: ObserveFleetOptions,
  report: Report,
): Promise<ObservedFleet> {
  const run = startRun(ports, options, report)
  const since = options.since && (await readAgain(run, options.since))
  if (since?.isSame === true) return toObservedFleet(run, since.look)
  const planned = await settle(run, 'plan')
  const hasAnswers = [...run.rows.values()].some(({ status }) => status === 'observed')
  const look = hasAnswers ? await settle(run, 'manifests') : planned
  await forgetUnneeded(run, look)
  await forgetGone(run, look)
  return toObservedFleet(run, look)
}

/** What changes while it runs. */
interface Run {
  readonly ports: ObserveFleetPorts
  readonly options: ObserveFleetOptions
  readonly report: Report
  readonly outcomes: NonNullable<CompileOptions['outcomes']>
  files: ReadonlyMap<string, string>
  /** By cluster id and key of the query. */
  readonly asked: Map<string, ReadonlyMap<string, Need>>
  readonly rows: Map<string, ObservedCluster>
  /** What the management cluster said of a cluster when it was read, by its id. */
  readonly targets: Map<string, string>
}

function startRun(ports: ObserveFleetPorts, options: ObserveFleetOptions, report: Report): Run {
  const { asked, clusters, targets } = options.since?.observed ?? nobody
  return {
    ...{ ports, options, report, files: options.facts },
    asked: new Map([...asked].map(([id, needs]) => [id, byKey(needs)])),
    // The same scripts over the same objects in every round.
    outcomes: new Map(),
    // Who did not answer then may answer now.
    rows: new Map(clusters.filter(({ failure }) => !failure).map((row) => [row.id, row])),
    targets: new Map(targets.targets.map((target) => [target.cluster, canonicalJson(target)])),
  }
}

const nobody: Pick<ObservedFleet, 'asked' | 'clusters' | 'targets'> = {
  asked: new Map(),
  clusters: [],
  targets: { targets: [], unaddressed: [] },
}

/** Asks those that may have changed what they were asked before; the same answers need no compile. */
async function readAgain(
  run: Run,
  { observed, changed }: NonNullable<ObserveFleetOptions['since']>,
): Promise<{ readonly look: Look; readonly isSame: boolean }> {
  const { compiled, targets, management, intentErrors } = observed
  const look = { compiled, targets, management, intentErrors, needs: run.asked, isIncomplete: true }
  const due = readableClusters(run, look).filter((id) => changed.has(id) || !run.rows.has(id))
  await observeClusters(run, look, due)
  const isSame = [...new Set([...run.files.keys(), ...observed.files.keys()])].every(
    (path) => path === observedPath || run.files.get(path) === observed.files.get(path),
  )
  return { look, isSame }
}

function lookFrom({ ports, options, outcomes, files }: Run, until: keyof typeof mostRounds): Promise<Look> {
  const { isWanted: _all, ...rest } = options
  return lookAround(ports, { ...rest, outcomes, facts: files, until })
}

async function settle(run: Run, until: keyof typeof mostRounds): Promise<Look> {
  let look = await lookFrom(run, until)
  for (let round = 0; round < mostRounds[until]; round += 1) {
    const due = dueClusters(run, look)
    if (due.length === 0) return look
    await observeClusters(run, look, due)
    look = await lookFrom(run, until)
  }
  const open = dueClusters(run, look).flatMap((id) => openNeeds(id, run, look))
  if (open.length > 0) run.report(notSettled(open, mostRounds[until]))
  return look
}

/**
 * Clusters that were not read yet, or not for all that is needed of them, or of which the management cluster says something
 * else now. Who failed is not asked again in this run.
 */
function dueClusters(run: Run, look: Look): readonly string[] {
  const now = new Map(look.targets.targets.map((target) => [target.cluster, canonicalJson(target)]))
  const isDue = (id: string): boolean =>
    !run.rows.has(id) || run.targets.get(id) !== now.get(id) || openNeeds(id, run, look).length > 0
  return readableClusters(run, look).filter((id) => !run.rows.get(id)?.failure && isDue(id))
}

function openNeeds(id: string, { asked }: Run, { needs }: Look): readonly Need[] {
  return [...(needs.get(id) ?? [])]
    .filter(([key]) => asked.get(id)?.has(key) !== true)
    .map(([, need]) => need)
}

function readableClusters(run: Run, look: Look): readonly string[] {
  const { targets, management } = look
  const wanted = wantedClusters(run, look)
  return [
    ...(management ? [managementId] : []),
    ...targets.targets.map(({ cluster }) => cluster).filter((id) => wanted.has(id)),
  ]
}

function wantedClusters({ options }: Run, { compiled }: Look): ReadonlySet<string> {
  const { isWanted = () => true } = options
  const wanted = (compiled.plan?.clusters ?? []).filter(({ cluster, labels }) =>
    isWanted(cluster, Object.fromEntries(labels.map(({ key, value }) => [key, value]))),
  )
  return new Set(wanted.map(({ cluster }) => cluster.id))
}

/** What was asked of a cluster in this run is asked again with the rest, so that one reading answers all of it. */
async function observeClusters(run: Run, look: Look, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const before = run.asked.get(id) ?? byKey(recordedNeeds(id, run, look))
    run.asked.set(id, new Map([...before, ...(look.needs.get(id) ?? [])]))
  }
  await read(run, look, ids)
}

/** What was needed the last time is mostly what is needed now, and is asked in the first round already. */
function recordedNeeds(id: string, { options }: Run, { compiled }: Look): readonly Need[] {
  if (options.since) return []
  const answers = id === managementId ? compiled.facts?.management : compiled.facts?.clusters.get(id)
  return (answers?.asked ?? []).map((query) => ({ cluster: id, query, because: [] }))
}

/** What nobody needs in the end leaves the facts; not while a chart that cannot be had may be who needs it. */
async function forgetUnneeded(run: Run, look: Look): Promise<void> {
  if (look.isIncomplete) return
  const ids = readableClusters(run, look).filter(
    (id) =>
      run.rows.get(id)?.status === 'observed' &&
      [...(run.asked.get(id)?.keys() ?? [])].some((key) => look.needs.get(id)?.has(key) !== true),
  )
  for (const id of ids) run.asked.set(id, look.needs.get(id) ?? new Map())
  await read(run, look, ids)
}

/** Clusters that the management cluster had no more, once it was read: their facts go when it says so again. */
async function forgetGone(run: Run, look: Look): Promise<void> {
  const known = new Set([...look.targets.targets, ...unreadTargets(look)].map(({ cluster }) => cluster))
  const { clusters, unreadable } = look.compiled.facts ?? {
    clusters: new Map<string, unknown>(),
    unreadable: [],
  }
  const isGone = [...clusters.keys(), ...unreadable].some((id) => !known.has(id))
  if (isGone && run.rows.get(managementId)?.status === 'observed') await read(run, look, [managementId])
}

async function read(run: Run, look: Look, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const { ports, options, asked, rows } = run
  const { asOf, concurrency, clusterDeadlineMs, key, onObserved } = options
  const { files, clusters } = await observe(
    {
      ...{ now: asOf, concurrency, clusterDeadlineMs, previous: run.files, only: new Set(ids) },
      targets: [...look.targets.targets, ...unreadTargets(look)],
      needs: ids.flatMap((id) => [...(asked.get(id)?.values() ?? [])]),
      ...(look.management && { management: look.management }),
      ...(key && { key }),
      ...(onObserved && { onProgress: onObserved }),
    },
    ports.readers,
  )
  run.files = files
  for (const row of clusters) if (ids.includes(row.id)) rows.set(row.id, row)
  for (const target of look.targets.targets)
    if (ids.includes(target.cluster)) run.targets.set(target.cluster, canonicalJson(target))
}

function toObservedFleet(run: Run, look: Look): ObservedFleet {
  const { options, files, asked, rows } = run
  const { compiled, targets, management, intentErrors } = look
  const wanted = wantedClusters(run, look)
  const unaddressed = [
    ...(hasLostManagement(look) ? [{ cluster: managementId, reason: lostManagement }] : []),
    ...targets.unaddressed.filter(({ cluster }) => wanted.has(cluster)),
  ]
  const clusters = [
    ...[...rows.values()].filter(({ id }) => id === managementId || wanted.has(id)),
    ...unaddressed.map(({ cluster, reason }) => unreadRow(cluster, reason, compiled)),
  ]
  const isChanged = (path: string): boolean => files.get(path) !== options.facts.get(path)
  return {
    ...{ files, targets, compiled, intentErrors },
    ...(management && { management }),
    clusters: clusters
      .map((row) => ({ ...row, changed: isChanged(factsPath(row.id)) }))
      .sort((a, b) => compareText(a.id, b.id)),
    asked: new Map([...asked].map(([id, needs]) => [id, [...needs.values()]])),
  }
}

const lostManagement =
  'there are facts of it and nobody says where it is; set management.context in fleetwright.yaml, give --context, or remove .fleetwright/facts/management.json where there is none any more'

function unreadRow(id: string, message: string, { facts }: Compiled): ObservedCluster {
  const own: (Answers & { readonly version?: string }) | undefined =
    id === managementId ? facts?.management : facts?.clusters.get(id)
  return {
    ...{ id, changed: false, unavailable: [], failure: { reason: 'address', message } },
    status: own ? 'kept' : 'missing',
    ...(own?.version !== undefined && { version: own.version }),
    objects: own?.objects.length ?? 0,
  }
}

import type { FleetConfig } from '../config/types.ts'
import type { Report } from '../diagnostics/types.ts'
import { findBrake } from './brakes.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import { describeChanges, formatCommitMessage } from './commit-message.ts'
import { completeCluster, type CompletedCluster } from './complete-cluster.ts'
import { completeNamespaces } from './complete-namespaces.ts'
import { completeDelivery, type ObjectPrinter } from './complete-delivery.ts'
import { argocdRepositoryMissing, brakeApplied } from './diagnostics.ts'
import { checkKeptFiles, checkRecordedUnits, isForeign } from './guards.ts'
import { buildPath, clusterRecordPath } from './paths.ts'
import { formatRecord, layoutFormat } from './records.ts'
import { createObjectNamer, type ObjectNamer, type Slots } from './slots.ts'
import { compareSlots, isOnlyAge, type SlotChanges } from './slot-changes.ts'
import type {
  Brake,
  BuildRecord,
  ClusterRecord,
  Person,
  PreviousTree,
  Provenance,
  Tree,
  TreeCluster,
  UpdatePlan,
} from './types.ts'

export interface UpdateOptions {
  readonly config: FleetConfig
  readonly print: ObjectPrinter
  readonly readFiles: BranchWriter['readFiles']
  readonly committer: Person
  /** Digests of deletions that somebody approved; `all` where nothing is written. */
  readonly allowDelete: readonly string[] | 'all'
}

/**
 * Compares a tree with what is on the branch and gives the one commit that makes them equal.
 * Pure but for what it is handed to print and read with; costs what changed, not what there is: folders that stay are
 * taken over by id. Nothing is removed that fleetwright did not write, nothing is deleted because something is missing.
 * Reports foreign branches, brakes, and files that somebody else changed.
 */
export async function planUpdate(
  previous: PreviousTree,
  tree: Tree,
  options: UpdateOptions,
  report: Report,
): Promise<UpdatePlan> {
  const { config } = options
  if (config.rendered.delivery.includes('argocd') && config.rendered.argocd.repoURL === undefined) {
    report(argocdRepositoryMissing())
    return { status: 'refused' }
  }
  const { slots, completed, records, build } = await completeTree(previous, tree, options, report)
  if (isForeign(previous, slots, config, report)) return { status: 'refused' }
  checkKeptFiles(previous, completed, report)
  checkRecordedUnits(tree, completed, config, report)
  const changes = compareSlots(previous, slots)
  if (changes.removals.length === 0 && changes.writes.size === 0)
    return { status: 'unchanged', clusters: records }
  if (await isOnlyAge(previous, changes, options)) return { status: 'unchanged', clusters: records }
  const brake = await findBrake(previous, { records, completed, slots }, options)
  if (brake && options.allowDelete !== 'all' && !options.allowDelete.includes(brake.digest)) {
    report(brakeApplied(brake))
    return { status: 'braked', brake, clusters: records }
  }
  return changedPlan(previous, { tree, build, records, changes, brake }, options)
}

interface CompletedTree {
  readonly slots: Slots
  readonly completed: ReadonlyMap<string, CompletedCluster>
  readonly records: ReadonlyMap<string, ClusterRecord>
  readonly build: BuildRecord
}

async function completeTree(
  previous: PreviousTree,
  tree: Tree,
  options: UpdateOptions,
  report: Report,
): Promise<CompletedTree> {
  const slots: Slots = { files: new Map(), folders: new Map() }
  const namer = createObjectNamer(previous.state.format)
  const since = tree.provenance.source.committedAt ?? tree.provenance.asOf
  const { config, print, readFiles } = options
  const completion = { previous, slots, namer, since }
  const completed = new Map(
    tree.clusters.map((cluster) => [cluster.id, completeCluster(cluster, completion)]),
  )
  await completeNamespaces(tree, completed, { ...completion, print, readFiles })
  const delivery = await completeDelivery(tree, completed, {
    ...completion,
    config,
    print,
    readFiles,
    report,
  })
  const written = new Map(
    tree.clusters.map((cluster): [string, WrittenRecord] => {
      const units = [...(completed.get(cluster.id)?.units ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
      const content = { units: Object.fromEntries(units), delivery: delivery.get(cluster.id) ?? {} }
      return [cluster.id, clusterRecord(cluster, content, { previous, namer })]
    }),
  )
  const addFile = (path: string, text: string): string => {
    const id = namer.blob(text)
    slots.files.set(path, { id, text })
    return id
  }
  const recordIds = [...written].map(([id, { text }]) => [id, addFile(clusterRecordPath(id), text)] as const)
  const build = buildRecord(tree.provenance, Object.fromEntries(recordIds))
  addFile(buildPath, formatRecord(build))
  for (const [path, text] of tree.files) addFile(path, text)
  const records = new Map([...written].map(([id, { record }]) => [id, record]))
  return { slots, completed, records, build }
}

interface WrittenRecord {
  readonly record: ClusterRecord
  readonly text: string
}

/**
 * A cluster whose record would differ in nothing but the digest of its plan keeps the old digest, so that a plan which
 * changes nothing makes no commit: the same units and files follow from both.
 */
function clusterRecord(
  { id, digest, target, hold }: TreeCluster,
  content: Pick<ClusterRecord, 'units' | 'delivery'>,
  { previous, namer }: { previous: PreviousTree; namer: ObjectNamer },
): WrittenRecord {
  const before = previous.clusters.get(id)?.digest ?? ''
  const old = { digest: before, target, ...content }
  const text = formatRecord(old)
  const isOld = hold !== undefined || namer.blob(text) === previous.build?.clusters[id]
  if (isOld) return { record: old, text }
  const record = { digest, target, ...content }
  return { record, text: formatRecord(record) }
}

function buildRecord(provenance: Provenance, clusters: Readonly<Record<string, string>>): BuildRecord {
  const { source, compiler, engine, asOf, digests, pins, sets } = provenance
  const { commit, committedAt, author, former } = source
  return {
    generator: 'fleetwright',
    format: layoutFormat,
    compiler,
    engine: { digest: engine.digest, helm: engine.helm, kustomize: engine.kustomize, go: engine.go },
    source: {
      ...(commit && { commit }),
      ...(committedAt && { committedAt }),
      ...(author && { author }),
      ...(former && { former }),
    },
    asOf,
    digests,
    pins: Object.fromEntries(pins),
    sets: Object.fromEntries(sets.map(({ id, members }) => [id, members])),
    clusters,
  }
}

interface Changed {
  readonly tree: Tree
  readonly build: BuildRecord
  readonly records: ReadonlyMap<string, ClusterRecord>
  readonly changes: SlotChanges
  readonly brake: Brake | undefined
}

function changedPlan(
  previous: PreviousTree,
  { tree, build, records, changes: slotChanges, brake }: Changed,
  { committer }: UpdateOptions,
): UpdatePlan {
  const changes = describeChanges(
    { records: previous.clusters, ids: previous.build?.clusters ?? {} },
    { records, ids: build.clusters },
  )
  const { source, asOf } = tree.provenance
  return {
    status: 'changed',
    changes,
    ...(brake && { brake }),
    clusters: records,
    update: {
      branch: previous.state.branch,
      ...(previous.state.commit !== undefined && { base: previous.state.commit }),
      message: formatCommitMessage(build, changes, brake ? [brake.digest] : []),
      author: source.author ?? committer,
      committer,
      date: source.committedAt ?? asOf,
      ...slotChanges,
    },
  }
}

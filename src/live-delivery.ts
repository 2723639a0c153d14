import { partFolder } from './branch/branch.ts'
import type { BranchView, ClusterRecord } from './branch/types.ts'
import type { FleetConfig } from './config/types.ts'
import type { Report } from './diagnostics/types.ts'
import { deliveryUnknown, readDeliverers, revisionUnknown } from './live/live.ts'
import type { LiveClusters } from './live/live-clusters-port.ts'
import type { RevisionIds } from './live/revision-ids-port.ts'
import type { Deliverer } from './live/types.ts'
import { deliverersOf } from './live-questions.ts'
import { deliveredNeeds, observe, parseFacts, type VisitRequest } from './observe/observe.ts'
import { managementId } from './observe/types.ts'

/** What Flux and Argo CD say of the clusters, sorted; reports clusters of which they say nothing. */
export async function readDelivery(
  ids: readonly string[],
  {
    config,
    visit,
    now,
  }: { readonly config: FleetConfig; readonly visit: VisitRequest; readonly now: string },
  readers: LiveClusters,
  report: Report,
): Promise<readonly Deliverer[]> {
  const needs = deliveredNeeds(config, ids)
  const sources = new Set(needs.map(({ cluster }) => cluster))
  const { files, clusters } = await observe(
    { ...visit, needs, previous: new Map(), now, only: sources },
    readers,
  )
  const facts = parseFacts(files, () => undefined)
  const read = clusters.filter(({ failure }) => !failure).map(({ id }) => id)
  const found = read.flatMap((id) => {
    const answers = id === managementId ? facts.management : facts.clusters.get(id)
    return readDeliverers(id, answers?.objects ?? [])
  })
  const speaking = new Set(found.map(({ cluster }) => cluster))
  const failures = new Map(clusters.flatMap(({ id, failure }) => (failure ? [[id, failure.message]] : [])))
  for (const id of ids.filter((one) => !speaking.has(one))) report(deliveryUnknown(id, whyOf(id)))
  return found.filter(({ cluster }) => ids.includes(cluster))

  function whyOf(id: string): string {
    const failed = failures.get(id) ?? failures.get(managementId)
    if (failed !== undefined) return failed
    if (!sources.has(id) && visit.management === undefined) return 'no management cluster is known'
    return 'no Kustomization or Application is for it'
  }
}

export interface DeliveredState {
  readonly view: BranchView
  readonly deliverers: readonly Deliverer[]
  readonly revisions: RevisionIds
}

/**
 * Which folders were applied as the branch has them now, `<cluster> <key>`: there, whatever differs was changed by somebody
 * else. Reports commits that are not at hand. Throws EnvironmentError.
 */
export async function appliedFolders(
  { view, deliverers, revisions }: DeliveredState,
  records: ReadonlyMap<string, ClusterRecord>,
  report: Report,
): Promise<ReadonlySet<string>> {
  const folders = [...records].flatMap(([cluster, record]) => foldersOf(cluster, record, deliverers))
  const byCommit = Map.groupBy(
    folders.flatMap((folder) => folder.commits.map((commit) => ({ ...folder, commit }))),
    ({ commit }) => commit,
  )
  const applied = new Set<string>()
  for (const [commit, list] of [...byCommit].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const paths = list.map(({ path }) => path)
    const isTip = commit === view.previous.state.commit
    const ids = isTip ? view.previous.state.folders : await revisions.idsAt(commit, paths)
    if (ids === undefined) {
      for (const cluster of new Set(list.map((one) => one.cluster))) report(revisionUnknown(cluster, commit))
      continue
    }
    for (const { cluster, key, path, tree } of list)
      if (ids.get(path) === tree) applied.add(folderKey(cluster, key))
  }
  return applied
}

export function folderKey(cluster: string, key: string): string {
  return `${cluster} ${key}`
}

interface DeliveredFolder {
  readonly cluster: string
  readonly key: string
  readonly path: string
  /** Git tree id on the branch now. */
  readonly tree: string
  /** Commits of which it was applied. */
  readonly commits: readonly string[]
}

function foldersOf(
  cluster: string,
  record: ClusterRecord,
  deliverers: readonly Deliverer[],
): readonly DeliveredFolder[] {
  const own = deliverers.filter((one) => one.cluster === cluster)
  return Object.entries(record.units).flatMap(([name, unit]) =>
    unit.parts.map((part) => {
      const path = partFolder(cluster, { name, local: unit.local }, part.name)
      const key = path.slice(path.lastIndexOf('/') + 1)
      const names = new Set(deliverersOf(record, key))
      const commits = own.filter(({ object }) => names.has(object)).flatMap((one) => one.commits)
      return { cluster, key, path, tree: part.tree, commits: [...new Set(commits)] }
    }),
  )
}

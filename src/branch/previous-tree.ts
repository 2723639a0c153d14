import type { Report } from '../diagnostics/types.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import { newerFormat, tampered, unreadableRecord } from './diagnostics.ts'
import { buildPath, clusterRecordPath, partFolder, unitIndexPath } from './paths.ts'
import { layoutFormat, tryParseBuildRecord, tryParseClusterRecord, tryReadFormat } from './records.ts'
import type { BranchState, BuildRecord, ClusterRecord, PreviousTree } from './types.ts'

/**
 * Reads what fleetwright recorded on a branch: one small file a cluster, no manifest. A unit whose folder or index is
 * not what was recorded does not count as rendered, so that it is rendered again.
 * Reports files that somebody else changed. Undefined, and reported, when the branch must not be written.
 */
export async function readPreviousTree(
  state: BranchState,
  readFiles: BranchWriter['readFiles'],
  report: Report,
): Promise<PreviousTree | undefined> {
  const none = { state, clusters: new Map(), untouched: new Map(), tampered: [] }
  if (!state.files.has(buildPath)) return none
  const buildText = (await readFiles(state, [buildPath])).get(buildPath)
  const format = tryReadFormat(buildText)
  if (format !== undefined && format > layoutFormat) {
    report(newerFormat(state.branch, format))
    return undefined
  }
  const build = tryParseBuildRecord(buildText)
  if (!build) {
    report(unreadableRecord(state.branch, buildPath))
    return undefined
  }
  const clusters = await readClusterRecords(state, build, { readFiles, report })
  if (!clusters) return undefined
  const changed = changedPaths(state, build, clusters)
  if (changed.size > 0) report(tampered(state.branch, [...changed].sort()))
  return {
    state,
    build,
    clusters,
    untouched: untouchedUnits(clusters, changed),
    tampered: [...changed].sort(),
  }
}

async function readClusterRecords(
  state: BranchState,
  build: BuildRecord,
  { readFiles, report }: { readFiles: BranchWriter['readFiles']; report: Report },
): Promise<Map<string, ClusterRecord> | undefined> {
  const ids = Object.keys(build.clusters).sort()
  const texts = await readFiles(state, ids.map(clusterRecordPath))
  const records = ids.map((id) => ({ id, record: tryParseClusterRecord(texts.get(clusterRecordPath(id))) }))
  const unreadable = records.filter(({ record }) => !record)
  for (const { id } of unreadable) report(unreadableRecord(state.branch, clusterRecordPath(id)))
  if (unreadable.length > 0) return undefined
  return new Map(records.flatMap(({ id, record }) => (record ? [[id, record]] : [])))
}

/** Recorded folders and files that are not what they were: another id, or gone. */
function changedPaths(
  state: BranchState,
  build: BuildRecord,
  clusters: ReadonlyMap<string, ClusterRecord>,
): ReadonlySet<string> {
  const changed = new Set<string>()
  const expectFile = (path: string, id: string): void => {
    if (state.files.get(path) !== id) changed.add(path)
  }
  for (const [cluster, record] of clusters) {
    expectFile(clusterRecordPath(cluster), build.clusters[cluster] ?? '')
    for (const [path, { blob }] of Object.entries(record.delivery)) expectFile(path, blob)
    for (const [name, unit] of Object.entries(record.units)) {
      expectFile(unitIndexPath(cluster, name), unit.index)
      for (const part of unit.parts) {
        const folder = partFolder(cluster, { name, local: unit.local }, part.name)
        if (state.folders.get(folder) !== part.tree) changed.add(folder)
      }
    }
  }
  return changed
}

function untouchedUnits(
  clusters: ReadonlyMap<string, ClusterRecord>,
  changed: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    [...clusters].map(([cluster, record]) => {
      // A record that was edited may claim inputs that it never had.
      const units = changed.has(clusterRecordPath(cluster)) ? [] : Object.entries(record.units)
      const untouched = units.filter(
        ([name, unit]) =>
          !changed.has(unitIndexPath(cluster, name)) &&
          unit.parts.every(
            (part) => !changed.has(partFolder(cluster, { name, local: unit.local }, part.name)),
          ),
      )
      return [cluster, new Set(untouched.map(([name]) => name))]
    }),
  )
}

import type { BuildRecord, ClusterChange, ClusterRecord, RecordedUnit } from './types.ts'

/** Records of a tree, and the ids of their files by cluster: equal ids are equal records. */
interface Recorded {
  readonly records: ReadonlyMap<string, ClusterRecord>
  readonly ids: Readonly<Record<string, string>>
}

/** What an update does to each cluster, sorted by cluster; clusters that stay the same are left out. */
export function describeChanges(before: Recorded, after: Recorded): ClusterChange[] {
  const ids = [...new Set([...before.records.keys(), ...after.records.keys()])].sort()
  return ids
    .filter((cluster) => before.ids[cluster] !== after.ids[cluster])
    .map((cluster) => {
      const [old, now] = [before.records.get(cluster), after.records.get(cluster)]
      const [oldUnits, newUnits] = [old?.units ?? {}, now?.units ?? {}]
      return {
        cluster,
        change: !old ? 'added' : now ? 'changed' : 'removed',
        added: Object.keys(newUnits).filter((name) => !oldUnits[name]),
        changed: Object.keys(newUnits).filter((name) => isChanged(oldUnits[name], newUnits[name])),
        removed: Object.keys(oldUnits).filter((name) => !newUnits[name]),
      }
    })
}

function isChanged(before: RecordedUnit | undefined, after: RecordedUnit | undefined): boolean {
  const folders = (unit: RecordedUnit): string => unit.parts.map(({ name, tree }) => `${name} ${tree}`).join()
  return before !== undefined && after !== undefined && folders(before) !== folders(after)
}

/** One line a cluster, and trailers that say what the commit was made from. */
export function formatCommitMessage(
  build: BuildRecord,
  changes: readonly ClusterChange[],
  approved: readonly string[],
): string {
  const { source, digests, engine, compiler } = build
  const trailers = [
    ...(source.commit === undefined ? [] : [`Source-Commit: ${source.commit}`]),
    `Facts-Digest: ${digests.facts}`,
    `Lock-Digest: ${digests.lock}`,
    `Engine: ${engine.digest}`,
    `Compiler: fleetwright ${compiler}`,
    ...approved.map((digest) => `Allow-Delete: ${digest}`),
  ]
  const lines = changes.map(describeCluster)
  return (
    [subject(build, changes), ...(lines.length > 0 ? [lines.join('\n')] : []), trailers.join('\n')].join(
      '\n\n',
    ) + '\n'
  )
}

function subject({ source }: BuildRecord, changes: readonly ClusterChange[]): string {
  const what = source.commit === undefined ? 'the work tree' : source.commit.slice(0, 12)
  const effect =
    changes.length === 0 ? 'facts only' : changes.length === 1 ? '1 cluster' : `${changes.length} clusters`
  return `Render ${what}: ${effect}`
}

function describeCluster({ cluster, change, added, changed, removed }: ClusterChange): string {
  if (change === 'removed') return `${cluster}: removed`
  const units = [
    ...added.map((name) => `+${name}`),
    ...changed.map((name) => `~${name}`),
    ...removed.map((name) => `-${name}`),
  ]
  if (units.length > 0) return `${cluster}: ${change === 'added' ? 'new ' : ''}${units.join(' ')}`
  return `${cluster}: ${change === 'added' ? 'new, without add-ons' : 'delivery or records'}`
}

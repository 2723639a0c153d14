import type { BuildRecord, ClusterChange, ClusterRecord } from './types.ts'

/** What an update does to each cluster, sorted by cluster; clusters that stay the same are left out. */
export function describeChanges(
  before: ReadonlyMap<string, ClusterRecord>,
  after: ReadonlyMap<string, ClusterRecord>,
): ClusterChange[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort()
  return ids.flatMap((cluster) => {
    const [old, now] = [before.get(cluster), after.get(cluster)]
    const change = !old ? 'added' : now ? 'changed' : 'removed'
    const names = { old: old?.units ?? {}, now: now?.units ?? {} }
    const added = Object.keys(names.now).filter((name) => !names.old[name])
    const removed = Object.keys(names.old).filter((name) => !names.now[name])
    const changed = Object.keys(names.now).filter((name) => {
      const [a, b] = [names.old[name], names.now[name]]
      return a && b && JSON.stringify(a.parts) !== JSON.stringify(b.parts)
    })
    const described = {
      cluster,
      change,
      added: added.sort(),
      changed: changed.sort(),
      removed: removed.sort(),
    } as const
    const isSame = change === 'changed' && added.length + changed.length + removed.length === 0
    // Records and delivery objects may change where no unit does.
    const isTouched = JSON.stringify(old) !== JSON.stringify(now)
    return isSame && !isTouched ? [] : [described]
  })
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
  return `${cluster}: ${change === 'added' ? 'new ' : ''}${units.length > 0 ? units.join(' ') : 'delivery or records'}`
}

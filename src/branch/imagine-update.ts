import type { BranchWriter } from './branch-writer-port.ts'
import { buildPath, partFolder } from './paths.ts'
import { tryParseBuildRecord } from './records.ts'
import { isOwnedFile } from './slot-changes.ts'
import type { BranchUpdate, BranchView, ClusterRecord, PreviousTree, UpdatePlan } from './types.ts'

/** A branch as it was read, to start from. */
export function viewBranch(previous: PreviousTree, readFiles: BranchWriter['readFiles']): BranchView {
  return { previous, readFiles: (paths) => readFiles(previous.state, paths) }
}

/** The branch as it would be after an update that nobody writes. Pure; costs what changed. */
export function imagineUpdate(view: BranchView, plan: UpdatePlan): BranchView {
  if (plan.status !== 'changed') return view
  const { update, clusters } = plan
  const isGone = goneFrom(update)
  return {
    previous: previousAfter(view.previous, { update, clusters, isGone }),
    async readFiles(paths) {
      const texts = new Map<string, string>()
      const below: string[] = []
      for (const path of paths) {
        const id = update.writes.get(path)
        const text = id === undefined ? undefined : update.texts.get(id)
        if (text !== undefined) texts.set(path, text)
        else if (!isGone(path)) below.push(path)
      }
      for (const [path, text] of below.length === 0 ? [] : await view.readFiles(below)) texts.set(path, text)
      return texts
    },
  }
}

/** Whether a path, or a folder that it lies in, is removed. */
function goneFrom({ removals }: BranchUpdate): (path: string) => boolean {
  const removed = new Set(removals)
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
      if (removed.has(path.slice(0, end))) return true
    return false
  }
}

interface After {
  readonly update: BranchUpdate
  readonly clusters: ReadonlyMap<string, ClusterRecord>
  readonly isGone: (path: string) => boolean
}

function previousAfter({ state }: PreviousTree, { update, clusters, isGone }: After): PreviousTree {
  const files = new Map([...state.files].filter(([path]) => !isGone(path)))
  for (const [path, id] of update.writes) if (isOwnedFile(path)) files.set(path, id)
  // Only folders of parts are ever looked up, and the records name their ids.
  const folders = new Map([...state.folders].filter(([path]) => !isGone(path)))
  for (const [cluster, { units }] of clusters)
    for (const [name, { local, parts }] of Object.entries(units))
      for (const part of parts) folders.set(partFolder(cluster, { name, local }, part.name), part.tree)
  const build = tryParseBuildRecord(update.texts.get(files.get(buildPath) ?? ''))
  return {
    state: { branch: state.branch, format: state.format, folders, files },
    ...(build && { build }),
    clusters,
    untouched: new Map([...clusters].map(([id, { units }]) => [id, new Set(Object.keys(units))])),
    tampered: [],
  }
}

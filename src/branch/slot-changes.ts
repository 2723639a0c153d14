import type { FleetConfig } from '../config/types.ts'
import { deliveredPath, isRecordedPath } from '../observe/observe.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import { deliveryRoots } from './delivery-object.ts'
import { buildPath, observedPath, partFolder } from './paths.ts'
import type { Slots } from './slots.ts'
import { tryParseBuildRecord } from './records.ts'
import type { BranchState, BranchUpdate, PreviousTree } from './types.ts'

export type SlotChanges = Pick<BranchUpdate, 'removals' | 'writes' | 'texts'>

/** What has to be removed and written so that the branch holds the slots, and whatever else people put there. */
export function compareSlots(previous: PreviousTree, slots: Slots): SlotChanges {
  const { state } = previous
  const removals = new Set(
    ownedPaths(previous).filter((path) => !slots.files.has(path) && !slots.folders.has(path)),
  )
  const writes = new Map<string, string>()
  const texts = new Map<string, string>()
  const write = (path: string, id: string, text: string): void => {
    writes.set(path, id)
    texts.set(id, text)
  }
  for (const [path, { id, text }] of slots.files) {
    if (text !== undefined && state.files.get(path) !== id) write(path, id, text)
  }
  for (const [path, { id, files }] of slots.folders) {
    if (!files || state.folders.get(path) === id) continue
    if (state.folders.has(path)) removals.add(path)
    for (const file of files) write(`${path}/${file.name}`, file.id, file.text)
  }
  return {
    removals: [...removals].sort(),
    writes: new Map([...writes].sort(([a], [b]) => (a < b ? -1 : 1))),
    texts,
  }
}

/**
 * Everything on the branch that is fleetwright's to remove: its own folder, delivery, and folders that it recorded. What
 * became of a delivery is nothing that a compile knows, and stays.
 */
export function ownedPaths({ state, clusters, build }: PreviousTree): string[] {
  if (!build && !isFactsOnly(state)) return []
  const files = [...state.files.keys()].filter((path) => isOwnedFile(path) && path !== deliveredPath)
  const folders = [...clusters].flatMap(([cluster, { units }]) =>
    Object.entries(units).flatMap(([name, { parts, local }]) =>
      parts.map((part) => partFolder(cluster, { name, local }, part.name)),
    ),
  )
  return [...files, ...folders.filter((folder) => state.folders.has(folder))]
}

export function isOwnedFile(path: string): boolean {
  return path.startsWith('.fleetwright/') || deliveryRoots.some((root) => path.startsWith(`${root}/`))
}

/** Whether a branch has nothing but what was observed: fleetwright made it before anything was compiled. */
export function isFactsOnly({ files, folders }: BranchState): boolean {
  const isOurs = (folder: string): boolean => folder === '' || `${folder}/`.startsWith('.fleetwright/')
  return files.size > 0 && [...files.keys()].every(isRecordedPath) && [...folders.keys()].every(isOurs)
}

interface Ages {
  readonly config: FleetConfig
  readonly readFiles: BranchWriter['readFiles']
}

/**
 * Whether a commit would say no more than that time went by (decision 2). Ages alone are committed once they moved by a
 * quarter of what makes facts too old, so that they stay true enough; which commit was compiled last is no reason.
 */
export async function isOnlyAge(
  { state }: PreviousTree,
  changes: SlotChanges,
  { config, readFiles }: Ages,
): Promise<boolean> {
  const touched = [...changes.writes.keys(), ...changes.removals]
  if (!touched.every((path) => path === buildPath || path === observedPath)) return false
  const before = await readFiles(state, [buildPath, observedPath])
  const textOf = (path: string): string | undefined => changes.texts.get(changes.writes.get(path) ?? '')
  const [build, newBuild] = [
    tryParseBuildRecord(before.get(buildPath)),
    tryParseBuildRecord(textOf(buildPath)),
  ]
  // Pins and set members steer the next compile.
  if (newBuild && steering(build) !== steering(newBuild)) return false
  const observed = textOf(observedPath)
  return observed === undefined
    ? !changes.removals.includes(observedPath)
    : !isNews(before.get(observedPath), observed, config.facts.maxAgeMs / 4)
}

function steering(build: { readonly pins: unknown; readonly sets: unknown } | undefined): string {
  return JSON.stringify([build?.pins, build?.sets])
}

interface Observed {
  readonly observedAt: string
}

/** Whether a cluster appeared, went, answered or stopped answering, or was seen much later than is recorded. */
function isNews(before: string | undefined, after: string, threshold: number): boolean {
  const [old, now] = [readObserved(before), readObserved(after)]
  if (!old || !now) return true
  const ids = new Set([...old.keys(), ...now.keys()])
  return [...ids].some((id) => {
    const [a, b] = [old.get(id), now.get(id)]
    if (!a || !b || withoutTime(a) !== withoutTime(b)) return true
    return Date.parse(b.observedAt) - Date.parse(a.observedAt) >= threshold
  })
}

function withoutTime(row: Observed): string {
  return JSON.stringify({ ...row, observedAt: '' })
}

function readObserved(text: string | undefined): Map<string, Observed> | undefined {
  try {
    return new Map(Object.entries(JSON.parse(text ?? '') as Record<string, Observed>))
  } catch {
    return undefined
  }
}

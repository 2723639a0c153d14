import type { FleetConfig } from '../config/types.ts'
import type { Diagnostic, Report } from '../diagnostics/types.ts'
import type { CompletedCluster } from './complete-cluster.ts'
import {
  adoptConflict,
  foreignBranch,
  hookLeftOut,
  secretNoLongerAllowed,
  tamperedWhileHeld,
} from './diagnostics.ts'
import { secretMatcher } from './lay-out.ts'
import { partFolder } from './paths.ts'
import { isFactsOnly, isOwnedFile } from './slot-changes.ts'
import type { Slots } from './slots.ts'
import type { PreviousTree, Tree } from './types.ts'

/** Whether the branch is somebody else's and must not be written. Reports why. */
export function isForeign(
  { state, build }: PreviousTree,
  slots: Slots,
  config: FleetConfig,
  report: Report,
): boolean {
  if (state.commit === undefined || build || isFactsOnly(state)) return false
  if (!config.rendered.adopt) {
    report(foreignBranch(state.branch))
    return true
  }
  const inTheWay = [
    ...[...state.files.keys()].filter(isOwnedFile),
    ...[...slots.folders.keys()].filter((folder) => state.folders.has(folder)),
  ]
  if (inTheWay.length > 0) report(adoptConflict(state.branch, inTheWay.sort()))
  return inTheWay.length > 0
}

/** Held units cannot be rendered again, so what somebody did to their files can only be told. */
export function checkKeptFiles(
  { state, tampered }: PreviousTree,
  completed: ReadonlyMap<string, CompletedCluster>,
  report: Report,
): void {
  if (tampered.length === 0) return
  for (const [cluster, { units, held }] of completed) {
    for (const [unit, { local, parts }] of units) {
      const folders = parts.map((part) => partFolder(cluster, { name: unit, local }, part.name))
      for (const folder of folders.filter((path) => held.has(unit) && tampered.includes(path))) {
        report(tamperedWhileHeld(state.branch, { cluster, unit }, folder))
      }
    }
  }
}

/**
 * Says what is to be said of units from their records, whether they were rendered in this run or not: hooks that are left
 * out, and Secrets that were let through when they were written and are no longer allowed.
 */
export function checkRecordedUnits(
  tree: Tree,
  completed: ReadonlyMap<string, CompletedCluster>,
  config: FleetConfig,
  report: Report,
): void {
  const isAllowed = secretMatcher(config)
  const hooks = new Map<string, Diagnostic>()
  for (const cluster of tree.clusters.filter(({ hold }) => hold === undefined)) {
    const units = completed.get(cluster.id)?.units
    for (const unit of cluster.units) {
      const record = units?.get(unit.name)
      if (!record || (unit.kind !== 'files' && unit.kind !== 'unchanged')) continue
      const refused = record.secrets.filter((secret) => !isAllowed(secret))
      if (refused.length > 0)
        report(secretNoLongerAllowed({ cluster: cluster.id, unit: unit.name }, unit.span, refused))
      // Clusters share units: once is enough.
      const key = JSON.stringify([unit.name, record.leftOut])
      if (record.leftOut.length > 0) hooks.set(key, hookLeftOut(unit.name, unit.span, record.leftOut))
    }
  }
  hooks.forEach((diagnostic) => report(diagnostic))
}

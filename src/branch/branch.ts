/** The stage's entry: manifests to a tree, a tree to an update of the rendered branch. */
export { bootstrapObjects } from './bootstrap-objects.ts'
export { knownUnits } from './known-units.ts'
export { layOut } from './lay-out.ts'
export { unitIndexPath } from './paths.ts'
export { planUpdate } from './plan-update.ts'
export { readPreviousTree } from './previous-tree.ts'
export { tryParseBuildRecord, tryParseUnitIndex } from './records.ts'
export { updateBranch, type UpdateOutcome } from './update-branch.ts'

/** The stage's entry: manifests to a tree, a tree to an update of the rendered branch. */
export { bootstrapObjects, type BootstrapInputs, type BootstrapStep } from './bootstrap-objects.ts'
export type { ObjectPrinter } from './complete-delivery.ts'
export { knownUnits } from './known-units.ts'
export { layOut, type LayOutInputs } from './lay-out.ts'
export { planUpdate, type UpdateOptions } from './plan-update.ts'
export { readPreviousTree } from './previous-tree.ts'
export { tryParseBuildRecord, tryParseUnitIndex } from './records.ts'
export { updateBranch, type UpdateOutcome, type UpdateTarget } from './update-branch.ts'

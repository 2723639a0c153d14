import { assert } from '../diagnostics/errors.ts'
import type { Work } from '../review/types.ts'
import type { AppPorts, DoWork, WorkRun } from './types.ts'
import { approveWork } from './work/approve-work.ts'
import { commandWork } from './work/command-work.ts'
import { compileWork } from './work/compile-work.ts'
import { fleetWork } from './work/fleet-work.ts'
import { forgetWork } from './work/forget-work.ts'
import { mergeGroupWork } from './work/merge-group-work.ts'
import { reconcileWork } from './work/reconcile-work.ts'
import { reviewWork } from './work/review-work.ts'

/** Who does which work. */
type Handlers = { readonly [Type in Work['type']]?: DoWork<Extract<Work, { type: Type }>> }

const handlers: Handlers = {
  review: reviewWork,
  compile: compileWork,
  'merge-group': mergeGroupWork,
  command: commandWork,
  approve: approveWork,
  fleet: fleetWork,
  reconcile: reconcileWork,
  forget: forgetWork,
}

/** Does a piece of work, whatever it is. */
export async function doWork(ports: AppPorts, work: Work, run: WorkRun): Promise<void> {
  const handler = handlers[work.type] as DoWork<Work> | undefined
  assert(handler, `nobody does work of type ${work.type}`)
  await handler(ports, work, run)
}

export { tellGivenUp } from './work/given-up.ts'

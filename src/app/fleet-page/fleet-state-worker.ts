/** A thread that works out one state and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert, InternalError } from '../../diagnostics/errors.ts'
import { outputs, toFleetState } from '../../report/report.ts'
import type { Printed, StateQuestion } from './work-out-state.ts'

const { place, config, clusters, conflicts, compiled } = workerData as StateQuestion
assert(parentPort, 'this is a thread')
parentPort.postMessage(
  toFleetState(place, {
    config,
    clusters: read('show clusters', clusters),
    conflicts: read('show conflicts', conflicts),
    compiled: read('compile', compiled),
  }),
)

function read<Name extends keyof typeof outputs>(command: Name, { stdout, exitCode }: Printed) {
  const printed = outputs[command].safeParse(tryParse(stdout))
  if (!printed.success) throw new InternalError(`${command} ended with ${exitCode} and prints no result`)
  return printed.data as NonNullable<ReturnType<(typeof outputs)[Name]['safeParse']>['data']>
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

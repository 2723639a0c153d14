import { Worker } from 'node:worker_threads'
import type { FleetOutputs, FleetState, toFleetState } from '../../report/report.ts'
import type { CliResult } from '../types.ts'

export type Printed = Pick<CliResult, 'stdout' | 'exitCode'>

/** What children printed of a fleet, as text. */
export interface StateQuestion {
  readonly place: Parameters<typeof toFleetState>[0]
  readonly config: FleetOutputs['config']
  readonly clusters: Printed
  readonly conflicts: Printed
  readonly compiled: Printed
}

export type WorkOutState = (question: StateQuestion, signal: AbortSignal) => Promise<FleetState>

/** Where a text is read that is far too long, a thread ends, and nothing else. */
const mostMebibytes = 1024

/**
 * Texts of children → the state of the fleet, in a thread of its own: those of 5,000 clusters with 20 add-ons take half a
 * second, in which no webhook would be answered. Throws InternalError where a child printed no result.
 */
export function createWorkOutState(script: string | URL): WorkOutState {
  return async (question, signal) => {
    signal.throwIfAborted()
    const worker = new Worker(script, {
      workerData: question,
      ...{ env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: mostMebibytes } },
    })
    const onAbort = (): void => void worker.terminate()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await new Promise<FleetState>((resolve, reject) => {
        worker.once('message', resolve).once('error', reject)
        worker.once('exit', () =>
          reject(new Error('the thread ended without a state', { cause: signal.reason })),
        )
      })
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}

import { Worker } from 'node:worker_threads'
import type { WorkerMessage, WorkerStart, WorkerTask } from './worker-messages.ts'

/** What became of tasks. After any but `answered` the thread has ended. */
export type ThreadAnswer =
  | Extract<WorkerMessage, { kind: 'answered' | 'died' }>
  | { readonly kind: 'late' }

/** One worker thread with one instance, which answers one list of tasks at a time. */
export interface Thread {
  run(tasks: readonly WorkerTask[], timeLimitMs: number): Promise<ThreadAnswer>
  /** Whether the thread keeps the process alive. */
  keepAlive(alive: boolean): void
  end(): Promise<void>
}

/**
 * Go's calls nest on the thread's own stack: the default of 4 MB ends at a third of the depth at which text/template itself
 * gives up.
 */
const STACK_MB = 32

export interface ThreadOptions extends WorkerStart {
  /** Still being compiled, the thread is there when it is done. */
  readonly module: Promise<WebAssembly.Module>
}

export function startThread(path: string | URL, options: ThreadOptions): Thread {
  const worker = startWorker(path, options)
  let settle: ((answer: ThreadAnswer) => void) | undefined
  let death: ThreadAnswer | undefined
  const settleWith = (answer: ThreadAnswer): void => {
    settle?.(answer)
    settle = undefined
  }
  const die = (reason: string, stderr = ''): void => {
    death ??= { kind: 'died', reason, stderr }
    settleWith(death)
  }
  const started = new Promise<void>((resolve) => {
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') resolve()
      else if (message.kind === 'died') die(message.reason, message.stderr)
      else settleWith(message)
    })
    worker.on('error', (error) => {
      die(String(error))
      resolve()
    })
    worker.on('exit', () => {
      die('the worker ended')
      resolve()
    })
  })

  return {
    async run(tasks, timeLimitMs) {
      await started
      if (death !== undefined) return death
      const answer = await new Promise<ThreadAnswer>((resolve) => {
        // The main thread may have been busy for as long as the limit: an answer that is there already comes first.
        const timer = setTimeout(() => setImmediate(() => settleWith({ kind: 'late' })), timeLimitMs)
        settle = (result) => {
          clearTimeout(timer)
          resolve(result)
        }
        worker.postMessage(
          tasks,
          tasks.flatMap(({ frames }) => frames.map(({ buffer }) => buffer)),
        )
      })
      if (answer.kind !== 'answered') await worker.terminate()
      return answer
    },
    keepAlive(alive) {
      if (alive) worker.ref()
      else worker.unref()
    },
    async end() {
      await worker.terminate()
    },
  }
}

function startWorker(path: string | URL, { module, softMemoryLimitBytes }: ThreadOptions): Worker {
  const start: WorkerStart = { softMemoryLimitBytes }
  const worker = new Worker(path, {
    workerData: start,
    env: {},
    execArgv: [],
    resourceLimits: { stackSizeMb: STACK_MB },
  })
  module.then(
    (compiled) => worker.postMessage(compiled),
    // Whoever compiles it says so, and ends the thread.
    () => undefined,
  )
  return worker
}

/** The thread around one instance. It knows frames, not what is in them. */
import { parentPort, workerData } from 'node:worker_threads'
import { createInstance } from './instance.ts'
import type { Instance } from './instance.ts'
import type { TaskAnswer, WorkerMessage, WorkerStart, WorkerTask } from './worker-messages.ts'

const port = parentPort
if (port === null) throw new Error('src/engine/worker.ts runs in a worker thread only')

const post = (message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer)
}

const { softMemoryLimitBytes } = workerData as WorkerStart
const module = await new Promise<WebAssembly.Module>((resolve) => port.once('message', resolve))
const instance = await createInstance({ module, softMemoryLimitBytes })

port.on('message', (tasks: readonly WorkerTask[]) => {
  try {
    const answers = tasks.map((task) => answer(instance, task))
    const buffers = answers.flatMap(({ responses }) => responses.map(({ buffer }) => buffer))
    post({ kind: 'answered', answers, memoryBytes: instance.memoryBytes() }, buffers)
  } catch (error) {
    post({ kind: 'died', reason: String(error), stderr: instance.takeStderr() })
  }
})

post({ kind: 'ready' })

function answer(engine: Instance, { frames, world }: WorkerTask): TaskAnswer {
  engine.takeStderr()
  const responses = frames.slice(0, -1).map((frame) => engine.call(frame))
  engine.takeDraws()
  // The stream starts with the job itself: what it draws must not depend on what had to be loaded before.
  engine.begin(world)
  for (const frame of frames.slice(-1)) responses.push(engine.call(frame))
  return { responses, draws: engine.takeDraws() }
}

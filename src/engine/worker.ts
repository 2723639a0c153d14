/** The thread around one instance. It knows frames, not what is in them. */
import { parentPort, workerData } from 'node:worker_threads'
import { createInstance } from './instance.ts'
import type { Instance } from './instance.ts'
import type { WorkerMessage, WorkerStart, WorkerTask } from './worker-messages.ts'

const port = parentPort
if (port === null) throw new Error('src/engine/worker.ts runs in a worker thread only')

const post = (message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer)
}

const instance = await createInstance(workerData as WorkerStart)

port.on('message', (task: WorkerTask) => {
  try {
    const { responses, draws } = answer(instance, task)
    const memoryBytes = instance.memoryBytes()
    post({ kind: 'answered', responses, draws, memoryBytes }, responses.map(({ buffer }) => buffer))
  } catch (error) {
    post({ kind: 'died', reason: String(error), stderr: instance.takeStderr() })
  }
})

post({ kind: 'ready' })

function answer(engine: Instance, { frames, world }: WorkerTask) {
  engine.takeStderr()
  const responses = frames.slice(0, -1).map((frame) => engine.call(frame))
  engine.takeDraws()
  // The stream starts with the job itself: what it draws must not depend on what had to be loaded before.
  engine.begin(world)
  for (const frame of frames.slice(-1)) responses.push(engine.call(frame))
  return { responses, draws: engine.takeDraws() }
}

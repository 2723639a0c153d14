import { rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { availableParallelism, homedir, tmpdir } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { exitCodes, type Io, type Output } from './io.ts'

/**
 * V8 compiles a function of the engine a second time, optimised, once it executed about so many bytes of it. Its own 13 million
 * are passed by functions that are hardly used again: a compile with little to render spends half a second on them,
 * and one with much takes no longer.
 */
setFlagsFromString('--wasm-tiering-budget=200000000')

function toOutput(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough (`| head`) is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.done.code : exitCodes.environment.code)
  })
  return {
    write: (text) => void stream.write(text),
    isTerminal: Boolean(stream.isTTY),
    columns: stream.columns || 100,
  }
}

const temporary = new Set<string>()
const stops = new Set<() => Promise<void>>()

/** The process, as commands see it; signals end it as they should from now on. */
export const processIo: Io = {
  stdout: toOutput(process.stdout),
  stderr: toOutput(process.stderr),
  env: process.env,
  // Asked when they are wanted: a process may be told later where it is.
  get cwd() {
    return process.cwd()
  },
  get homeFolder() {
    return findHomeFolder()
  },
  get temporaryFolder() {
    return tmpdir()
  },
  cores: availableParallelism(),
  startEngine: async (workers) => (await import('../engine/engine.ts')).createEngine({ workers }),
  now: () => new Date(),
  removeOnInterrupt(path) {
    temporary.add(path)
    return () => void temporary.delete(path)
  },
  stopOnInterrupt(stop) {
    stops.add(stop)
    return () => void stops.delete(stop)
  },
  wait: (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    }),
}

/** A user who is only a number, as in a container, may have none: there is nothing of his then, and no place to keep anything. */
function findHomeFolder(): string {
  try {
    return homedir()
  } catch {
    return '/nonexistent'
  }
}

/** Longest time that an interrupted run may take to end by itself. */
const graceMs = 5000

function exitInterrupted(): never {
  if (processIo.stderr.isTerminal) processIo.stderr.write('\r\u001b[2K')
  for (const path of temporary) rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  process.exit(exitCodes.interrupted.code)
}

// The branch moves in one step at the very end, so that there is nothing to undo but what is temporary; who watches ends
// what is under way. A second signal waits for nobody.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.once(signal, exitInterrupted)
    if (stops.size === 0) exitInterrupted()
    const all = Promise.allSettled([...stops].map((stop) => stop()))
    void Promise.race([all, setTimeout(graceMs)]).then(exitInterrupted)
  })
}

/** Whoever started this holds the other end of its input, which the system closes when it dies. */
export function stopWithInput(): void {
  process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM')).resume()
  // It may end by itself.
  if (process.stdin instanceof Socket) process.stdin.unref()
}

import { isDeepStrictEqual } from 'node:util'
import { endProgram, startProgram, type Program, type StartedProgram } from './run-bounded.ts'

/** What a program that waits is told: the rest of what it would have been started with. */
export interface StandbyTask {
  readonly args: readonly string[]
  /** Absolute. */
  readonly folder: string
  /** All of it: nothing of what it was started with is kept. */
  readonly env: Readonly<Record<string, string>>
}

/** Keeps one process that has started and waits for its only task, so that whoever wants it need not wait for its start. */
export interface Standby {
  /** One of exactly this program, told what to do; undefined where none waits. */
  take(program: Program, task: StandbyTask): StartedProgram | undefined
  /** Starts one of this program, unless one waits; one of another program is ended. */
  prepare(program: Program): void
  readonly close: () => void
}

export function createStandby(): Standby {
  let waiting: { readonly program: Program; readonly started: StartedProgram } | undefined
  let isClosed = false
  const drop = (): void => {
    if (waiting) endProgram(waiting.started)
    waiting = undefined
  }
  return {
    take(program, task) {
      if (waiting === undefined || !isDeepStrictEqual(waiting.program, program)) return undefined
      const { started } = waiting
      waiting = undefined
      started.child.stdin.write(`${JSON.stringify(task)}\n`)
      return started
    },
    prepare(program) {
      if (isClosed || (waiting && isDeepStrictEqual(waiting.program, program))) return
      drop()
      const started = startProgram(program)
      if (started.child.pid === undefined) return
      waiting = { program, started }
      // One that cannot wait is nobody's loss: the next is started when it is wanted.
      started.child.once('exit', () => {
        if (waiting?.started === started) waiting = undefined
      })
    },
    close() {
      isClosed = true
      drop()
    },
  }
}

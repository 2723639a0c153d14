import { InternalError } from '../diagnostics/errors.ts'
import { createWasi, refuseOthers } from './wasi.ts'
import type { World } from './wasi.ts'

/** One running engine: its own memory, charts and trees. */
export interface Instance {
  /** Answers a frame. Throws when the instance died of it: it is of no use afterwards. */
  call(frame: Uint8Array): Uint8Array<ArrayBuffer>
  /** What randomness and the clock answer from now on; the random stream starts anew. */
  begin(world: World): void
  /** What was drawn on since the last call of this function. */
  takeDraws(): Draws
  memoryBytes(): number
  takeStderr(): string
}

export interface Draws {
  readonly random: number
  readonly clock: number
}

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly _initialize: () => void
  readonly alloc: (size: number) => number
  readonly free: (pointer: number) => void
  readonly call: (pointer: number) => bigint
  readonly gcCycles: () => number
}

export interface InstanceOptions {
  readonly module: WebAssembly.Module
  readonly softMemoryLimitBytes: number
}

export async function createInstance({ module, softMemoryLimitBytes }: InstanceOptions): Promise<Instance> {
  // The memory is the instance's own export, and the imports are wanted before it exists.
  const started: { exports?: Exports } = {}
  const memory = (): WebAssembly.Memory => {
    if (started.exports === undefined) throw new InternalError('the engine called out before it was started')
    return started.exports.memory
  }
  const wasi = createWasi({ memory, softMemoryLimitBytes })
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: refuseOthers(module, wasi.imports),
  })
  const engine = instance.exports as unknown as Exports
  started.exports = engine
  engine._initialize()

  const draws = (): Draws => ({
    random: wasi.randomCalls(),
    // Each garbage collection reads the wall clock once.
    clock: wasi.clockReadings() - engine.gcCycles(),
  })
  let taken = draws()
  return {
    call(frame) {
      const pointer = engine.alloc(frame.length) >>> 0
      new Uint8Array(engine.memory.buffer, pointer, frame.length).set(frame)
      const answer = BigInt.asUintN(64, engine.call(pointer))
      const address = Number(answer >> 32n)
      const length = Number(answer & 0xffff_ffffn)
      const response = new Uint8Array(engine.memory.buffer, address, length).slice()
      engine.free(address)
      return response
    },
    begin: wasi.begin,
    takeDraws() {
      const now = draws()
      const since = { random: now.random - taken.random, clock: now.clock - taken.clock }
      taken = now
      return since
    },
    memoryBytes: () => engine.memory.buffer.byteLength,
    takeStderr: wasi.takeStderr,
  }
}

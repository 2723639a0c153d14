import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'

/** Of WASI's errno: what is asked for does not exist here. */
const ERRNO_BADF = 8
const ERRNO_NOSYS = 52

const CLOCK_REALTIME = 0

/** Why an instance dies comes first; the stacks of all goroutines that follow are noise. */
const STDERR_LIMIT = 4096

/** Answers randomness when the host gave no seed: the same in every run, and counted, so that no result rests on it. */
const FIXED_SEED = Buffer.from('fleetwright: no seed')

/** The instance ended itself. */
export class InstanceExit extends Error {
  override readonly name = 'InstanceExit'
}

/** The whole world of an instance: no files, no network, no process; randomness and the clock are the host's and counted. */
export interface Wasi {
  readonly imports: WebAssembly.ModuleImports
  /** Calls for randomness since the start. */
  readonly randomCalls: () => number
  /** Readings of the wall clock since the start, those of Go's garbage collector included. */
  readonly clockReadings: () => number
  /** Starts the random stream of this seed from its beginning and sets the clock. */
  readonly begin: (world: World) => void
  /** What the instance wrote to its standard error since the last call. */
  readonly takeStderr: () => string
}

/** What randomness and the clock answer during one job. */
export interface World {
  readonly seed?: Uint8Array | undefined
  readonly clockMs: number
}

export interface WasiOptions {
  readonly memory: () => WebAssembly.Memory
  /** Soft bound of Go's heap; near it the collector works harder before the hard bound ends the instance. */
  readonly softMemoryLimitBytes: number
}

/** Go's runtime wants these ten functions of WASI; other imports are answered with "not supported". */
export function createWasi(options: WasiOptions): Wasi {
  const memory: MemoryView = {
    view: () => new DataView(options.memory().buffer),
    bytes: (pointer, length) => new Uint8Array(options.memory().buffer, pointer, length),
  }
  let random = createRandomStream(FIXED_SEED)
  let randomCalls = 0
  const clocks = createClocks(memory)
  const stderr = createStderr(memory)
  const texts = createTextLists(memory, {
    // klog reads os.Args[0] when it is initialised and panics without one.
    args: ['engine'],
    environ: [
      // On WebAssembly a code address is index << 16, from 256 MiB up. reflect keeps such addresses in pointer words, and
      // once the heap has grown past them the collector's check takes them for bad pointers and throws: a false alarm.
      // A collector beside the program waits for a preemption that never comes here, since there is one thread and no
      // monitor: one cycle let the heap grow from 46 to 455 MB, where stopping the world keeps it below 200.
      'GODEBUG=invalidptr=0,gcstoptheworld=1',
      `GOMEMLIMIT=${options.softMemoryLimitBytes}`,
    ],
  })
  return {
    imports: {
      ...texts,
      ...clocks.imports,
      ...stderr.imports,
      random_get(pointer: number, length: number) {
        randomCalls++
        random(memory.bytes(pointer, length))
        return 0
      },
      proc_exit(code: number): number {
        throw new InstanceExit(`the engine exited with code ${code}`)
      },
      sched_yield: () => 0,
      // The first file descriptor that Go asks for as an opened folder: there is none.
      fd_prestat_get: () => ERRNO_BADF,
    },
    randomCalls: () => randomCalls,
    clockReadings: clocks.readings,
    begin: ({ seed, clockMs }) => {
      random = createRandomStream(seed ?? FIXED_SEED)
      clocks.set(clockMs)
    },
    takeStderr: stderr.take,
  }
}

/** The instance's memory, looked at anew each time: it moves when it grows. */
interface MemoryView {
  readonly view: () => DataView
  readonly bytes: (pointer: number, length: number) => Uint8Array
}

function createClocks({ view }: MemoryView) {
  let readings = 0
  let clockNs = 0n
  // The monotonic clock stands still but for sleeps, so that no result can depend on how long anything took. Go's scheduler
  // and collector work with it as they would on a machine that is infinitely fast.
  let monotonicNs = 1n
  const imports: WebAssembly.ModuleImports = {
    clock_time_get(clock: number, _precision: bigint, pointer: number) {
      if (clock === CLOCK_REALTIME) readings++
      view().setBigUint64(pointer, clock === CLOCK_REALTIME ? clockNs : monotonicNs, true)
      return 0
    },
    poll_oneoff(subscriptions: number, events: number, count: number, happened: number) {
      // Only clocks are waited for: the wait is over at once, and the monotonic clock has moved by it.
      for (let index = 0; index < count; index++) {
        const subscription = subscriptions + index * 48
        monotonicNs += view().getBigUint64(subscription + 24, true)
        view().setBigUint64(events + index * 32, view().getBigUint64(subscription, true), true)
        view().setUint32(events + index * 32 + 8, 0, true)
      }
      view().setUint32(happened, count, true)
      return 0
    },
  }
  return {
    imports,
    readings: () => readings,
    set: (clockMs: number) => {
      clockNs = BigInt(Math.trunc(clockMs)) * 1_000_000n
    },
  }
}

function createStderr({ view, bytes }: MemoryView) {
  let text = ''
  const imports: WebAssembly.ModuleImports = {
    fd_write(_descriptor: number, vectors: number, count: number, written: number) {
      let total = 0
      for (let index = 0; index < count; index++) {
        const pointer = view().getUint32(vectors + index * 8, true)
        const length = view().getUint32(vectors + index * 8 + 4, true)
        if (text.length < STDERR_LIMIT) text += Buffer.from(bytes(pointer, length)).toString()
        total += length
      }
      view().setUint32(written, total, true)
      return 0
    },
  }
  return {
    imports,
    take: () => {
      const taken = text
      text = ''
      return taken
    },
  }
}

/** Imports that a module names beyond those of `createWasi`: files and the like, which do not exist here. */
export function refuseOthers(module: WebAssembly.Module, imports: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
  const others = WebAssembly.Module.imports(module).filter(({ name }) => !(name in imports))
  return { ...imports, ...Object.fromEntries(others.map(({ name }) => [name, () => ERRNO_NOSYS])) }
}

/** HMAC-SHA256(seed, counter), block after block. */
function createRandomStream(seed: Uint8Array): (target: Uint8Array) => void {
  let counter = 0n
  let block = new Uint8Array()
  return (target) => {
    for (let offset = 0; offset < target.length; ) {
      if (block.length === 0) {
        const input = Buffer.alloc(8)
        input.writeBigUInt64BE(counter++)
        block = new Uint8Array(createHmac('sha256', seed).update(input).digest())
      }
      const part = block.subarray(0, target.length - offset)
      target.set(part, offset)
      offset += part.length
      block = block.subarray(part.length)
    }
  }
}

/** Arguments and environment: each list as pointers into one buffer of texts that end with NUL. */
function createTextLists(
  { view, bytes }: MemoryView,
  { args, environ }: { readonly args: readonly string[]; readonly environ: readonly string[] },
): WebAssembly.ModuleImports {
  const sizes = (list: readonly string[]) => (count: number, size: number) => {
    view().setUint32(count, list.length, true)
    view().setUint32(size, Buffer.byteLength(list.map((text) => `${text}\0`).join('')), true)
    return 0
  }
  const get = (list: readonly string[]) => (pointers: number, buffer: number) => {
    list.forEach((text, index) => {
      const encoded = Buffer.from(`${text}\0`)
      view().setUint32(pointers + index * 4, buffer, true)
      bytes(buffer, encoded.length).set(encoded)
      buffer += encoded.length
    })
    return 0
  }
  return {
    args_sizes_get: sizes(args),
    args_get: get(args),
    environ_sizes_get: sizes(environ),
    environ_get: get(environ),
  }
}

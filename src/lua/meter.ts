import type { LuaState } from 'fengari/src/lobject.js'
import type { LuaBudget, LuaImpurity } from './types.ts'

/** Thrown through the virtual machine. A script can't keep it: `pcall` and coroutines throw it again. */
export class LimitExceeded extends Error {}

/** Longest text: one concatenation joins at most 250 of them, and is made before it can be counted. */
export const longestTextBytes = 4 * 1024 * 1024

/** Counts what one evaluation uses, and ends it. */
export class Meter {
  readonly #budget: LuaBudget
  readonly #startedMs: number
  #instructions = 0
  #memoryBytes = 0
  #exceeded: string | undefined
  #crash: { readonly error: unknown } | undefined
  #random: number
  #drawn = 0
  #clockReads = 0

  constructor(budget: LuaBudget) {
    this.#budget = budget
    this.#startedMs = budget.elapsedMs()
    this.#random = budget.seed >>> 0
  }

  /** Why the evaluation had to end. */
  get exceeded(): string | undefined {
    return this.#exceeded
  }

  get impurity(): LuaImpurity | undefined {
    if (this.#drawn === 0 && this.#clockReads === 0) return undefined
    return { random: this.#drawn, clock: this.#clockReads }
  }

  /** Instructions of the machine, or as many units of work in a library function. */
  step(count: number): void {
    this.#instructions += count
    if (this.#instructions > this.#budget.instructions) {
      this.#end(`more than ${this.#budget.instructions} instructions`)
    }
    if (this.#budget.elapsedMs() - this.#startedMs > this.#budget.wallMs) {
      this.#end(`more than ${this.#budget.wallMs} ms`)
    }
  }

  allocate(bytes: number): void {
    this.#memoryBytes += bytes
    if (this.#memoryBytes > this.#budget.memoryBytes) {
      this.#end(`more than ${this.#budget.memoryBytes} bytes of strings and tables`)
    }
  }

  text(bytes: number): void {
    if (bytes > longestTextBytes) this.#end(`a string of more than ${longestTextBytes} bytes`)
    this.allocate(bytes + 64)
  }

  /** Notes an exception of JavaScript, which fengari would make an error that scripts can catch. */
  noteCrash(error: unknown): void {
    if (error instanceof LimitExceeded) return
    if (error instanceof RangeError) this.#exceeded = 'the script nests too deeply'
    else this.#crash = { error }
  }

  /** Throws again what a script caught. */
  check(): void {
    if (this.#crash !== undefined) throw this.#crash.error
    if (this.#exceeded !== undefined) throw new LimitExceeded(this.#exceeded)
  }

  /** Uniform in [0, 1): mulberry32, enough for scripts that shuffle, and the same on every machine. */
  random(): number {
    this.#drawn += 1
    this.#random = (this.#random + 0x6d2b79f5) >>> 0
    let mixed = this.#random
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  reseed(seed: number): void {
    this.#random = seed >>> 0
  }

  clockMs(): number {
    this.#clockReads += 1
    return this.#budget.clockMs
  }

  #end(what: string): never {
    this.#exceeded = `the script used ${what}`
    throw new LimitExceeded(this.#exceeded)
  }
}

const key = Symbol('meter')
interface Metered {
  [key]?: Meter
}

/** All coroutines of a state share its global part, and so its meter. */
export function attachMeter(L: LuaState, meter: Meter): void {
  ;(L.l_G as Metered)[key] = meter
}

/** Absent while a state is being made. */
export function meterOf(L: LuaState | null): Meter | undefined {
  return (L?.l_G as Metered | undefined)?.[key]
}

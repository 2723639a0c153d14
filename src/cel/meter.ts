import { isCelList, isCelMap } from '@bufbuild/cel'

/** Thrown through the evaluator, which makes an error value of it; what counts is that the meter remembers. */
class StepsExceeded extends Error {}

/** Counts the work of one evaluation: equal rules and objects take equal steps on every machine. */
export class Meter {
  private readonly limit: number
  private left: number

  constructor(limit: number) {
    this.limit = limit
    this.left = limit
  }

  reset(): void {
    this.left = this.limit
  }

  get isExceeded(): boolean {
    return this.left < 0
  }

  charge(steps: number): void {
    this.left -= steps
    if (this.left < 0) throw new StepsExceeded(`more than ${this.limit} steps`)
  }

  /** What a function pays for looking at a value: text by length, lists and maps by what they hold at the top. */
  chargeSize(value: unknown): void {
    if (typeof value === 'string') this.charge(value.length >> 3)
    else if (value instanceof Uint8Array) this.charge(value.byteLength >> 3)
    else if (isCelList(value) || isCelMap(value)) this.charge(value.size)
  }

  /** One value that a function was given. */
  chargeCall(value: unknown): void {
    this.charge(1)
    this.chargeSize(value)
  }

  /** What comparing a value costs: all that it holds. */
  chargeDepth(value: unknown): void {
    this.charge(1)
    this.chargeSize(value)
    if (isCelList(value)) for (const item of value) this.chargeDepth(item)
    else if (isCelMap(value)) for (const item of value.values()) this.chargeDepth(item)
  }

  /** A regular expression walks its text once with all of its states; repetitions multiply those. */
  chargeMatch(text: string, pattern: string): void {
    let states = pattern.length + 1
    for (const [, count = '1'] of pattern.matchAll(/\{(\d{1,4})/g)) states *= Math.max(Number(count), 1)
    this.charge(Math.ceil(((text.length + 1) * Math.min(states, Number.MAX_SAFE_INTEGER)) / 8))
  }
}

interface ParsedVersion {
  readonly numbers: readonly number[]
  /** `rc.1`: comes before the version itself. */
  readonly prerelease: readonly (string | number)[]
  /** `alpine`: only versions of one flavour can be compared. */
  readonly flavour: string
}

const form = /^v?(?<numbers>\d+(?:\.\d+)*)(?:-(?<rest>[0-9A-Za-z.-]+))?(?:\+.*)?$/
const stage = /^(?:alpha|beta|rc|pre|preview|dev|snapshot|m)(?=$|[.\d-])/i
/** Such a number is a date or a build. */
const largest = 10_000

/**
 * Whether the second of two versions or tags is older: by numbers, then by stage. False where they cannot be compared: other
 * flavours, dates, digests of commits, `1.27` beside `1.27.3`.
 * @example isOlder('v1.2.3', 'v1.2.2') // true
 */
export function isOlder(before: string, after: string): boolean {
  const [old, now] = [parse(before), parse(after)]
  if (!old || !now || old.flavour !== now.flavour) return false
  const shared = Math.min(old.numbers.length, now.numbers.length)
  for (let index = 0; index < shared; index += 1) {
    const order = (now.numbers[index] ?? 0) - (old.numbers[index] ?? 0)
    if (order !== 0) return order < 0
  }
  if (old.numbers.length !== now.numbers.length) return false
  return comparePrereleases(old.prerelease, now.prerelease) > 0
}

function parse(text: string): ParsedVersion | undefined {
  const { numbers = '', rest = '' } = form.exec(text)?.groups ?? {}
  if (numbers === '') return undefined
  const parts = numbers.split('.').map(Number)
  if (parts.some((part) => part >= largest) && !isDate(numbers)) return undefined
  const isStage = stage.test(rest)
  return {
    numbers: parts,
    prerelease: isStage ? rest.split(/[.-]|(?<=[a-z])(?=\d)/i).map(asNumber) : [],
    // A date is compared with dates alone.
    flavour: isStage ? '' : `${isDate(numbers) ? 'date ' : ''}${rest}`,
  }
}

function isDate(numbers: string): boolean {
  return /^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(numbers)
}

function asNumber(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part.toLowerCase()
}

/** As semver orders them; none comes last. */
function comparePrereleases(a: ParsedVersion['prerelease'], b: ParsedVersion['prerelease']): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length)
  for (const [index, left] of a.entries()) {
    const right = b[index]
    if (right === undefined) return 1
    if (left === right) continue
    if (typeof left === typeof right) return left > right ? 1 : -1
    return typeof left === 'number' ? -1 : 1
  }
  return Math.sign(a.length - b.length)
}

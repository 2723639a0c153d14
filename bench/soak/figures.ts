import type { LoggedRequest } from '../../test/github/github-double.ts'
import type { SoakedRepository } from './happenings.ts'
import type { Miss } from './judge.ts'
import type { MemorySample } from './processes.ts'

/** What memory may grow by between the second quarter of a process's life and the last. */
const mostGrowth = 1.2
/** A shorter life tells nothing: V8 collects rarely at first. */
const leastSamples = 60

/** Of the process that lived longest: whether it took more and more. */
export function describeMemory(samples: readonly MemorySample[]): {
  readonly figures: Readonly<Record<string, string>>
  readonly misses: readonly Miss[]
} {
  const byProcess = Map.groupBy(samples, ({ pid }) => pid)
  const longest = [...byProcess.values()].toSorted((one, other) => other.length - one.length)[0] ?? []
  const quarter = Math.floor(longest.length / 4)
  const second = meanOf(longest.slice(quarter, 2 * quarter))
  const last = meanOf(longest.slice(-quarter))
  const isFlat = last <= second * mostGrowth || longest.length < leastSamples
  const what = `memory grew from ${inMegabytes(second)} to ${inMegabytes(last)}`
  return {
    figures: {
      'seconds of the longest life': String(longest.length),
      'mean of its second quarter': inMegabytes(second),
      'mean of its last quarter': inMegabytes(last),
      'most of any process': inMegabytes(Math.max(0, ...samples.map(({ bytes }) => bytes))),
    },
    misses: isFlat ? [] : [{ repository: '', what }],
  }
}

/** What GitHub limits: it allows 80 requests a minute and 500 an hour that make content, of an installation. */
export function describeWrites(
  requests: readonly LoggedRequest[],
  repositories: readonly SoakedRepository[],
): Readonly<Record<string, number>> {
  const owners = new Set(repositories.map(({ state }) => state.owner))
  const made = requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/repos/'))
  const perMinute = [...owners].map((owner) =>
    mostInAMinute(made.filter(({ path }) => path.startsWith(`/repos/${owner}/`)).map(({ atMs }) => atMs)),
  )
  const isAbout = (pattern: RegExp) => made.filter(({ path }) => pattern.test(path)).length
  return {
    'requests in all': requests.length,
    'requests that changed nothing (304)': requests.filter(({ status }) => status === 304).length,
    'requests that failed': requests.filter(({ status }) => status === 0 || status >= 400).length,
    'writes of checks': isAbout(/\/check-runs/),
    'writes of comments': isAbout(/\/comments/),
    'most writes of an installation in a minute': Math.max(0, ...perMinute),
  }
}

function mostInAMinute(times: readonly number[]): number {
  let first = 0
  let most = 0
  for (const [index, at] of times.entries()) {
    while ((times[first] ?? at) < at - 60_000) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}

function meanOf(samples: readonly MemorySample[]): number {
  return samples.reduce((sum, { bytes }) => sum + bytes, 0) / Math.max(1, samples.length)
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}

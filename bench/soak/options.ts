import { parseArgs } from 'node:util'
import { parseDuration } from '../../src/config/config.ts'

/** What a soak does. Equal seeds send the same to the same repositories in the same order. */
export interface SoakOptions {
  readonly repositories: number
  readonly events: number
  readonly minutes: number
  readonly seed: number
  /** How often a process of the app is killed during the first half; 0 for never. */
  readonly killEveryMs: number
  /** Share of GitHub's answers that go wrong. */
  readonly faults: number
  readonly isRedis: boolean
  readonly replicas: number
  /** Of the command line that is served. */
  readonly cli: string
  readonly json: string
}

export const soakUsage = `node bench/soak/main.ts [--repositories 50] [--events 500] [--minutes 4] [--seed 1] [--kill-every 15s]
  [--faults 0.1] [--redis | --sqlite] [--replicas 1] [--source] [--json soak-result.json]
`

const source = new URL('../../src/cli/main.ts', import.meta.url).pathname
const built = new URL('../../dist/cli/main.js', import.meta.url).pathname

export function readSoakOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repositories: { type: 'string', default: '50' },
      events: { type: 'string', default: '500' },
      minutes: { type: 'string', default: '4' },
      seed: { type: 'string', default: '1' },
      'kill-every': { type: 'string', default: '15s' },
      faults: { type: 'string', default: '0.1' },
      redis: { type: 'boolean', default: false },
      sqlite: { type: 'boolean', default: false },
      replicas: { type: 'string', default: '1' },
      source: { type: 'boolean', default: false },
      json: { type: 'string', default: 'soak-result.json' },
    },
  })
  const number = (name: 'repositories' | 'events' | 'minutes' | 'seed' | 'faults' | 'replicas'): number => {
    const value = Number(values[name])
    if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} must be a number\n${soakUsage}`)
    return value
  }
  const replicas = number('replicas')
  if (values.redis && values.sqlite) throw new Error('--redis and --sqlite exclude each other')
  if (replicas > 1 && !values.redis) throw new Error('--replicas needs --redis')
  return {
    ...{ repositories: number('repositories'), events: number('events'), minutes: number('minutes') },
    ...{ seed: number('seed'), faults: number('faults'), replicas, isRedis: values.redis },
    killEveryMs: values['kill-every'] === '0' ? 0 : (parseDuration(values['kill-every']) ?? 15_000),
    cli: values.source ? source : built,
    json: values.json,
  }
}

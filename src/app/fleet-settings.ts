import type { RepositoryId } from '../review/types.ts'
import { parseDuration } from '../config/config.ts'
import { parseBytes, parseFleetFile, type ReadFleet, type WrittenFleet } from './fleet-file.ts'
import type { FleetSetting, FleetSettings } from './types.ts'

/** What reading settings needs of the machine. */
export interface Machine {
  /** Text of a file; throws where it cannot be read. */
  readonly readFile: (path: string) => string
  /** Makes a path absolute: relative ones start where the app was started. */
  readonly absolute: (path: string) => string
  readonly cores: number
}

type Environment = Readonly<Record<string, string | undefined>>

const defaultTimeLimitMs = 600_000
const defaultMemoryLimitBytes = 2 ** 31

/** Shortest FLEETWRIGHT_KEY that the command line takes. */
const shortestKey = 16

const nothing: FleetSetting = {
  env: {},
  timeLimitMs: defaultTimeLimitMs,
  memoryLimitBytes: defaultMemoryLimitBytes,
}

/** No file: repositories have the limits and nothing else. */
export const noFleets: FleetSettings = { of: () => nothing, watched: [] }

export interface FleetsRead {
  readonly fleets: FleetSettings
  readonly faults: readonly string[]
  /** Keys and credentials, which never reach a log. */
  readonly secrets: readonly string[]
}

/** The operator's file with everything that it names. */
export function readFleetSettings(file: string, env: Environment, machine: Machine): FleetsRead {
  const content = tryRead(machine, file)
  if (content === undefined) return { fleets: noFleets, faults: [`${file} cannot be read`], secrets: [] }
  const { fleets, faults } = parseFleetFile(content, file)
  const completed = fleets.map((fleet) => complete(fleet, env, machine))
  const byName = new Map(completed.map((one) => [one.repository.toLowerCase(), one]))
  const settingOf = (name: string, installation: number): FleetSetting | undefined => {
    const found = byName.get(name.toLowerCase())
    const isMeant = found?.installation === undefined || found.installation === installation
    return isMeant ? found?.setting : nothing
  }
  return {
    fleets: {
      of: ({ owner, name, installation }: RepositoryId) =>
        settingOf(`${owner}/${name}`, installation) ?? settingOf(`${owner}/*`, installation) ?? nothing,
      watched: completed.flatMap(({ repository, setting }) => {
        const [owner = '', name = ''] = repository.split('/')
        return setting.clusters === undefined || name === '*' ? [] : [{ owner, name }]
      }),
    },
    faults: [...faults, ...completed.flatMap((one) => one.faults)],
    secrets: completed.flatMap(({ secrets }) => secrets),
  }
}

interface Completed {
  readonly repository: string
  readonly installation: number | undefined
  readonly setting: FleetSetting
  readonly faults: readonly string[]
  readonly secrets: readonly string[]
}

function complete({ written, at }: ReadFleet, env: Environment, machine: Machine): Completed {
  const faults: string[] = []
  const read = (field: 'keyFile' | 'credentialsFile'): string | undefined => {
    const path = written[field]
    if (path === undefined) return undefined
    const content = tryRead(machine, path)
    if (content === undefined) faults.push(`${at(field)}: ${path} cannot be read`)
    return content?.trim()
  }
  const key = read('keyFile')
  if (key !== undefined && key.length < shortestKey)
    faults.push(`${at('keyFile')}: the key must have ${shortestKey} characters or more`)
  const credentials = read('credentialsFile')
  const passwords = credentials === undefined ? [] : credentialValues(credentials)
  if (passwords === undefined)
    faults.push(`${at('credentialsFile')}: it must hold a JSON object of credentials by host`)
  const { clusters } = written
  if (clusters !== undefined && written.repository.endsWith('/*'))
    faults.push(`${at('clusters')}: clusters are watched for one repository, not for all of an owner`)
  if (clusters !== undefined && (clusters.kubeconfig === undefined) === (clusters.inCluster !== true))
    faults.push(`${at('clusters')}: give either \`kubeconfig\` or \`inCluster: true\``)
  return {
    ...{ repository: written.repository, installation: written.installation },
    setting: {
      env: {
        ...(key !== undefined && { FLEETWRIGHT_KEY: key }),
        ...(credentials !== undefined && { FLEETWRIGHT_CREDENTIALS: credentials }),
      },
      ...(written.privateHosts && { privateHosts: written.privateHosts }),
      ...(clusters !== undefined && { clusters: toObserving(clusters, env, machine) }),
      timeLimitMs: parseDuration(written.timeLimit ?? '') ?? defaultTimeLimitMs,
      memoryLimitBytes: parseBytes(written.memoryLimit ?? '') ?? defaultMemoryLimitBytes,
    },
    faults,
    secrets: [...(key === undefined ? [] : [key]), ...(passwords ?? [])],
  }
}

/** What client libraries look for in a Pod, without which a ServiceAccount is not found. */
const podVariables = ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT']

function toObserving(
  written: NonNullable<WrittenFleet['clusters']>,
  env: Environment,
  machine: Machine,
): NonNullable<FleetSetting['clusters']> {
  const { kubeconfig, inCluster, context, allowExec, debounce, poll, env: names = [] } = written
  const passed = [...(inCluster === true ? podVariables : []), ...names].flatMap((name) => {
    const value = env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    env: Object.fromEntries(passed),
    args: [
      ...(kubeconfig === undefined ? [] : ['--kubeconfig', machine.absolute(kubeconfig)]),
      ...(context === undefined ? [] : ['--context', context]),
      ...(allowExec === true ? ['--allow-exec'] : []),
      ...(debounce === undefined ? [] : ['--debounce', debounce]),
      ...(poll === undefined ? [] : ['--poll', poll]),
    ],
  }
}

/** Every text in the credentials but names of hosts and users; undefined for what is no object by host. */
function credentialValues(json: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return Object.values(value).flatMap((one: unknown) =>
      typeof one === 'object' && one !== null
        ? Object.entries(one).flatMap(([field, text]: [string, unknown]) =>
            typeof text === 'string' && field !== 'username' ? [text] : [],
          )
        : [],
    )
  } catch {
    return undefined
  }
}

function tryRead(machine: Machine, path: string): string | undefined {
  try {
    return machine.readFile(machine.absolute(path))
  } catch {
    return undefined
  }
}

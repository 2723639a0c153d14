import { EnvironmentError } from '../../diagnostics/errors.ts'
import type { Access } from '../../sources/source-remote-port.ts'
import { parseDockerConfig, type DockerCredentials } from './docker-config.ts'
import { parseNetrc } from './netrc.ts'

/** What the machine or the user's environment grants, each entry to exactly one host. */
export interface AmbientCredentials {
  /** User and password or token for a host, with its port where that is not the scheme's own. */
  forHost(host: string): Promise<Access | undefined>
  /** For a registry also what `docker login` and `helm registry login` wrote. */
  forRegistry(host: string, repository: string): Promise<DockerCredentials | undefined>
}

export interface AmbientOptions {
  /** FLEETWRIGHT_CREDENTIALS, NETRC, DOCKER_CONFIG, HELM_REGISTRY_CONFIG. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Holds `.netrc` and `.docker/config.json`; absent: neither is looked for. */
  readonly homeFolder?: string | undefined
  /** Undefined when there is no such file. */
  readonly readText: (path: string) => Promise<string | undefined>
}

/** `{ "charts.example.com": { "username": "…", "password": "…" }, "registry.example.com:5000": { "token": "…" } }` */
const variable = 'FLEETWRIGHT_CREDENTIALS'

export function createAmbientCredentials(options: AmbientOptions): AmbientCredentials {
  let read: ReturnType<typeof readAll> | undefined
  const all = (): ReturnType<typeof readAll> => (read ??= readAll(options))
  return {
    async forHost(host) {
      const { written, netrc } = await all()
      return written.get(host) ?? netrc.get(host) ?? netrc.get(host.replace(/:\d+$/, ''))
    },
    async forRegistry(host, repository) {
      const { written, netrc, docker } = await all()
      const own = written.get(host)
      if (own !== undefined) return { access: own }
      for (const config of docker) {
        const found = config.find(host, repository)
        if (found !== undefined) return found
      }
      const access = netrc.get(host) ?? netrc.get(host.replace(/:\d+$/, ''))
      return access === undefined ? undefined : { access }
    },
  }
}

async function readAll({ environment, homeFolder, readText }: AmbientOptions) {
  const inHome = (path: string): string[] => (homeFolder === undefined ? [] : [`${homeFolder}/${path}`])
  const given = (name: string, suffix = ''): string[] => {
    const value = environment[name]
    return value === undefined || value === '' ? [] : [`${value}${suffix}`]
  }
  const dockerPaths = [
    ...given('HELM_REGISTRY_CONFIG'),
    ...(environment['DOCKER_CONFIG'] === undefined
      ? inHome('.docker/config.json')
      : given('DOCKER_CONFIG', '/config.json')),
    ...inHome('.config/helm/registry/config.json'),
  ]
  const [netrcPath] = [...given('NETRC'), ...inHome('.netrc')]
  const netrcText = netrcPath === undefined ? undefined : await readText(netrcPath)
  const dockerTexts = await Promise.all(
    dockerPaths.map(async (path) => [path, await readText(path)] as const),
  )
  return {
    written: parseVariable(environment[variable]),
    netrc: parseNetrc(netrcText ?? ''),
    docker: dockerTexts.flatMap(([path, text]) =>
      text === undefined ? [] : [parseDockerConfig(text, path)],
    ),
  }
}

function parseVariable(text: string | undefined): Map<string, Access> {
  if (text === undefined || text.trim() === '') return new Map()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own words would quote the secret.
    value = undefined
  }
  const isEntry = (entry: unknown): entry is Record<string, string> =>
    typeof entry === 'object' &&
    entry !== null &&
    Object.values(entry).every((each) => typeof each === 'string')
  if (typeof value !== 'object' || value === null || !Object.values(value).every(isEntry)) {
    throw new EnvironmentError({
      adapter: 'charts',
      operation: `read ${variable}`,
      message: `${variable} is no JSON of hosts with their credentials`,
      retryable: false,
      hint: `write {"host": {"username": "…", "password": "…"}} or {"host": {"token": "…"}}`,
    })
  }
  return new Map(
    Object.entries(value as Record<string, Record<string, string>>).map(
      ([host, { username, password, token }]) => [
        host.toLowerCase(),
        {
          ...(username === undefined ? {} : { username }),
          ...(password === undefined ? {} : { password }),
          ...(token === undefined ? {} : { token }),
        },
      ],
    ),
  )
}

import { didYouMean } from '../diagnostics/suggestion-list.ts'
import { parseDuration } from '../config/config.ts'
import { parseBytes } from './fleet-file.ts'
import { noFleets, readFleetSettings, type Machine } from './fleet-settings.ts'
import { parsePrivateKey } from './private-key.ts'
import { settingRows, settingTable, type SettingName } from './settings-table.ts'
import type { FleetSettings } from './types.ts'

/** What the operator says, complete. */
export interface Settings {
  readonly appId: number
  /** PKCS#8 PEM. */
  readonly privateKey: string
  readonly webhookSecret: string
  readonly host: string
  readonly port: number
  readonly metricsPort: number
  readonly workers: number
  /** A process waits for the next compile. */
  readonly hasStandby: boolean
  /** Absolute. */
  readonly dataFolder: string
  readonly repositoriesLimitBytes: number
  readonly redisUrl?: string
  readonly fleets: FleetSettings
  readonly shutdownGraceMs: number
  readonly logLevel: LogLevel
  /** Without a slash at its end. */
  readonly apiUrl: string
  /** Absent: there is no fleet page. */
  readonly login?: LoginSettings
  readonly traceEndpoint?: string
  /** Everything that never may reach a log. */
  readonly secrets: readonly string[]
}

export interface LoginSettings {
  /** Where browsers reach the app: an origin, without a slash at its end. */
  readonly publicUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** 32 characters or more. */
  readonly sessionSecret: string
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export type SettingsRead =
  | { readonly settings: Settings }
  /** All that is missing or wrong, each beginning with the name of its variable. */
  | { readonly faults: readonly string[] }

type Environment = Readonly<Record<string, string | undefined>>

/** Longest grace: what orchestrators wait before they kill is rarely longer. */
const mostGraceMs = 600_000
const mostWorkers = 64

/** Secrets that tutorials and tools have as their default. */
const knownSecrets = ['development', 'secret', 'changeme', 'password']

/** The environment → settings, or all of its faults at once. An empty variable counts as absent. Effects: reads named files. */
export function readSettings(env: Environment, machine: Machine): SettingsRead {
  const faults: string[] = []
  const reader = createReader(env, faults)
  const { required, optional, whole } = reader
  const fleetFile = optional('FLEETWRIGHT_FLEETS')
  const fleets =
    fleetFile === undefined
      ? { fleets: noFleets, faults: [], secrets: [] }
      : readFleetSettings(fleetFile, env, machine)
  const redisUrl = readUrl(reader, 'REDIS_URL', ['redis:', 'rediss:'])
  const traceEndpoint = readUrl(reader, 'OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:'])
  const login = readLogin(reader)
  const settings: Settings = {
    appId: whole('APP_ID', { least: 1, most: Number.MAX_SAFE_INTEGER }) ?? 0,
    privateKey: readPrivateKey(reader, machine),
    webhookSecret: readWebhookSecret(reader),
    host: required('HOST'),
    port: whole('PORT', { least: 0, most: 65_535 }) ?? 0,
    metricsPort: whole('METRICS_PORT', { least: 0, most: 65_535 }) ?? 0,
    workers: whole('WORKERS', { least: 1, most: mostWorkers }) ?? Math.min(machine.cores, mostWorkers),
    hasStandby: whole('STANDBY', { least: 0, most: 1 }) === 1,
    dataFolder: machine.absolute(required('FLEETWRIGHT_DATA')),
    repositoriesLimitBytes: readLimit(reader),
    ...(redisUrl !== undefined && { redisUrl }),
    fleets: fleets.fleets,
    shutdownGraceMs: readGrace(reader),
    logLevel: readLogLevel(reader),
    apiUrl: (readUrl(reader, 'GITHUB_API_URL', ['https:', 'http:']) ?? '').replace(/\/+$/, ''),
    ...(login !== undefined && { login }),
    ...(traceEndpoint !== undefined && { traceEndpoint }),
    secrets: [...secretValues(env), ...fleets.secrets],
  }
  faults.push(...fleets.faults.map((fault) => `FLEETWRIGHT_FLEETS: ${fault}`))
  return faults.length > 0 ? { faults } : { settings }
}

interface Reader {
  /** Its value or default; a fault where there is neither. */
  readonly required: (name: SettingName) => string
  readonly optional: (name: SettingName) => string | undefined
  /** Undefined where it is absent without being required, and where it is faulty. */
  readonly whole: (
    name: SettingName,
    bounds: { readonly least: number; readonly most: number },
  ) => number | undefined
  readonly fault: (name: SettingName, what: string) => void
}

function createReader(env: Environment, faults: string[]): Reader {
  const rows = new Map(settingRows())
  const optional = (name: SettingName): string | undefined => {
    const value = env[name]?.trim()
    return value === undefined || value === '' ? rows.get(name)?.default : value
  }
  const fault = (name: SettingName, what: string): void => void faults.push(`${name} ${what}`)
  const required = (name: SettingName): string => {
    const value = optional(name)
    if (value === undefined) fault(name, `is missing: ${settingTable[name].help}`)
    return value ?? ''
  }
  return {
    ...{ optional, required, fault },
    whole(name, { least, most }) {
      const value = rows.get(name)?.isRequired === true ? required(name) : optional(name)
      if (value === undefined || value === '') return undefined
      const number = /^\d{1,16}$/.test(value) ? Number(value) : undefined
      if (number !== undefined && number >= least && number <= most) return number
      const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
      fault(name, `must be a whole number ${bounds}, not \`${value}\``)
      return undefined
    },
  }
}

function readPrivateKey({ optional, required, fault }: Reader, machine: Machine): string {
  const path = optional('PRIVATE_KEY_PATH')
  if (path === undefined) {
    const written = required('PRIVATE_KEY')
    const parsed = written === '' ? { pem: '' } : parsePrivateKey(written)
    if ('pem' in parsed) return parsed.pem
    fault('PRIVATE_KEY', parsed.fault)
    return ''
  }
  if (optional('PRIVATE_KEY') !== undefined) {
    fault('PRIVATE_KEY_PATH', 'is set and PRIVATE_KEY too; keep one of them')
    return ''
  }
  const written = tryRead(path, machine)
  if (written === undefined) {
    fault('PRIVATE_KEY_PATH', `names a file that cannot be read: ${path}`)
    return ''
  }
  const parsed = parsePrivateKey(written)
  if ('pem' in parsed) return parsed.pem
  fault('PRIVATE_KEY_PATH', `names a file whose content ${parsed.fault}`)
  return ''
}

function readWebhookSecret({ required, fault }: Reader): string {
  const secret = required('WEBHOOK_SECRET')
  if (knownSecrets.includes(secret.toLowerCase()))
    fault('WEBHOOK_SECRET', 'is a word that everybody knows; `openssl rand -hex 32` makes a secret')
  else if (secret !== '' && secret.length < 16)
    fault('WEBHOOK_SECRET', 'has fewer than 16 characters; `openssl rand -hex 32` makes a secret')
  return secret
}

function readGrace({ required, fault }: Reader): number {
  const written = required('SHUTDOWN_GRACE')
  const milliseconds = parseDuration(written)
  if (milliseconds === undefined || milliseconds > mostGraceMs)
    fault('SHUTDOWN_GRACE', `must be a duration of at most 10m, such as \`15s\`, not \`${written}\``)
  return milliseconds ?? 0
}

function readLimit({ required, fault }: Reader): number {
  const written = required('REPOSITORIES_LIMIT')
  const bytes = parseBytes(written)
  if (bytes === undefined)
    fault('REPOSITORIES_LIMIT', `must be a size such as \`512Mi\` or \`10Gi\`, not \`${written}\``)
  return bytes ?? 0
}

function readLogLevel({ required, fault }: Reader): LogLevel {
  const written = required('LOG_LEVEL').toLowerCase()
  const level = logLevels.find((one) => one === written)
  if (level === undefined)
    fault(
      'LOG_LEVEL',
      `cannot be \`${written}\`; ${didYouMean(written, logLevels) ?? `it is one of ${logLevels.join(', ')}`}`,
    )
  return level ?? 'info'
}

/** Of a value that may hold a password only its form is told. */
function readUrl(
  { optional, fault }: Reader,
  name: SettingName,
  protocols: readonly string[],
): string | undefined {
  const written = optional(name)
  if (written === undefined) return undefined
  if (URL.canParse(written) && protocols.includes(new URL(written).protocol)) return written
  fault(name, `must be a URL with ${protocols.map((protocol) => `\`${protocol}//\``).join(' or ')}`)
  return undefined
}

function readLogin(reader: Reader): LoginSettings | undefined {
  const { optional, fault } = reader
  const names = ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET', 'SESSION_SECRET'] as const
  const [clientId, clientSecret, sessionSecret] = names.map((name) => optional(name))
  const publicUrl = readOrigin(reader, 'PUBLIC_URL')
  if (clientId === undefined && clientSecret === undefined && sessionSecret === undefined) return undefined
  for (const name of names) {
    if (optional(name) === undefined)
      fault(
        name,
        `is missing, and ${names.filter((one) => optional(one) !== undefined).join(' and ')} set: the fleet page needs all three`,
      )
  }
  if (optional('PUBLIC_URL') === undefined) fault('PUBLIC_URL', `is missing: ${settingTable.PUBLIC_URL.help}`)
  if (sessionSecret !== undefined && sessionSecret.length < 32)
    fault('SESSION_SECRET', 'has fewer than 32 characters; `openssl rand -hex 32` makes a secret')
  return {
    publicUrl: publicUrl ?? '',
    ...{ clientId: clientId ?? '', clientSecret: clientSecret ?? '', sessionSecret: sessionSecret ?? '' },
  }
}

/** Every path of the app begins at the root, so that is all there may be. */
function readOrigin(reader: Reader, name: SettingName): string | undefined {
  const written = readUrl(reader, name, ['https:', 'http:'])
  if (written === undefined) return undefined
  const { origin, href } = new URL(written)
  if (href === `${origin}/`) return origin
  reader.fault(name, 'must be a scheme and a host, such as `https://fleet.example.com`, and nothing behind')
  return undefined
}

/** As they are written, and the password of a URL by itself. */
function secretValues(env: Environment): readonly string[] {
  return settingRows().flatMap(([name, { isSecret }]) => {
    const value = isSecret === true ? env[name]?.trim() : undefined
    if (value === undefined || value === '') return []
    const password = URL.canParse(value) ? decodeURIComponent(new URL(value).password) : ''
    return password === '' ? [value] : [value, password]
  })
}

function tryRead(path: string, machine: Machine): string | undefined {
  try {
    return machine.readFile(machine.absolute(path))
  } catch {
    return undefined
  }
}

/** One variable of the app's environment. Messages at the start and docs/reference/app.md are made from these rows. */
export interface SettingRow {
  /** What it is, as the end of a sentence: `APP_ID is missing: number of the GitHub App …`. */
  readonly help: string
  readonly default?: string
  /** What holds without it, where that is no fixed value. */
  readonly defaultNote?: string
  readonly isRequired?: true
  /** Its value never reaches a log. */
  readonly isSecret?: true
}

/** In the order of the documentation. */
export const settingTable = {
  APP_ID: {
    help: 'number of the GitHub App, at the top of its settings page',
    isRequired: true,
  },
  PRIVATE_KEY: {
    help: 'private key of the GitHub App, made on its settings page: PEM, PEM with `\\n` instead of line ends, or either in base64',
    isRequired: true,
    isSecret: true,
  },
  PRIVATE_KEY_PATH: {
    help: 'file with the private key, instead of PRIVATE_KEY',
  },
  WEBHOOK_SECRET: {
    help: 'secret that the GitHub App signs its deliveries with, 16 characters or more; `openssl rand -hex 32` makes one',
    isRequired: true,
    isSecret: true,
  },
  HOST: { help: 'address to listen on', default: '0.0.0.0' },
  PORT: { help: 'port to listen on; 0 takes a free one', default: '3000' },
  METRICS_PORT: {
    help: 'port for `/metrics`, which names clusters and is served nowhere else; 0 takes a free one',
    default: '9090',
  },
  WORKERS: {
    help: 'pieces of work that are done at a time, 1 to 64; each runs a compile in a process of its own',
    defaultNote: 'the number of cores',
  },
  STANDBY: {
    help: 'processes that wait for the next compile with a started engine, 0 or 1: with one, reports come about a second sooner, and 300 MB more are taken',
    default: '1',
  },
  FLEETWRIGHT_DATA: {
    help: 'folder that keeps the queue (without REDIS_URL), repositories and downloads',
    default: './data',
  },
  REPOSITORIES_LIMIT: {
    help: 'how much the repositories that are kept may take on disk; the least recently used go first',
    default: '10Gi',
  },
  REDIS_URL: {
    help: 'Redis or Valkey that keeps the queue, so that several replicas share it: `redis://host:6379`, `rediss://` with TLS',
    defaultNote: 'a file in FLEETWRIGHT_DATA, for one replica',
    isSecret: true,
  },
  FLEETWRIGHT_FLEETS: {
    help: 'file of the operator with keys, credentials, limits and clusters of each repository',
    defaultNote: 'repositories have none of them, and no clusters are watched',
  },
  SHUTDOWN_GRACE: {
    help: 'how long work that runs may go on when the app is stopped, before it is handed back: `20s`; up to ten seconds come on top',
    default: '15s',
  },
  LOG_LEVEL: { help: 'least level that is logged: debug, info, warn or error', default: 'info' },
  GITHUB_API_URL: {
    help: 'API of GitHub; `https://HOST/api/v3` for an Enterprise server',
    default: 'https://api.github.com',
  },
  PUBLIC_URL: {
    help: 'where people reach the app: `https://fleet.example.com`; needed for the login of the fleet page',
  },
  GITHUB_CLIENT_ID: {
    help: 'client id of the GitHub App, for the login of the fleet page',
    defaultNote: 'there is no fleet page',
  },
  GITHUB_CLIENT_SECRET: {
    help: 'client secret of the GitHub App, for the login of the fleet page',
    defaultNote: 'there is no fleet page',
    isSecret: true,
  },
  SESSION_SECRET: {
    help: 'secret that sessions of the fleet page are sealed with, 32 characters or more; `openssl rand -hex 32` makes one',
    defaultNote: 'there is no fleet page',
    isSecret: true,
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    help: 'OpenTelemetry collector that traces are sent to, by OTLP over HTTP; OTEL_EXPORTER_OTLP_HEADERS and the other variables of the exporter hold too',
    defaultNote: 'nothing is traced',
  },
} as const satisfies Record<string, SettingRow>

export type SettingName = keyof typeof settingTable

/** Rows with everything that a row may have. */
export function settingRows(): readonly (readonly [SettingName, SettingRow])[] {
  return Object.entries(settingTable) as [SettingName, SettingRow][]
}

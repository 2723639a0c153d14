import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { readSettings, type Settings } from '../../src/app/settings.ts'
import { privateKey } from './running-app.ts'

const secret = 'of this test, and of nothing else'

const needed = { APP_ID: '7', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: secret }

const files: Readonly<Record<string, string>> = {
  '/app/key.pem': privateKey,
  '/app/broken.pem': '-----BEGIN RSA PRIVATE KEY-----\nbm90IGEga2V5\n-----END RSA PRIVATE KEY-----\n',
  '/app/fleet-key': 'a key that is long enough\n',
  '/app/short-key': 'short\n',
  '/app/credentials.json': '{ "charts.example.com": { "username": "ada", "password": "hunter2" } }',
  '/app/list.json': '[]',
}

function read(env: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  return readSettings(env, {
    absolute: (path) => (path.startsWith('/') ? path : `/app/${path.replace(/^\.\//, '')}`),
    cores: 4,
    readFile(path) {
      const content = { ...files, ...more }[path]
      if (content === undefined) throw new Error('ENOENT')
      return content
    },
  })
}

function settingsOf(
  env: Readonly<Record<string, string>>,
  more?: Readonly<Record<string, string>>,
): Settings {
  const result = read(env, more)
  if ('faults' in result) throw new Error(result.faults.join('\n'))
  return result.settings
}

function faultsOf(
  env: Readonly<Record<string, string>>,
  more?: Readonly<Record<string, string>>,
): readonly string[] {
  const result = read(env, more)
  return 'faults' in result ? result.faults : []
}

test('what must be there is enough; the rest has defaults', () => {
  const { fleets, secrets, privateKey: key, ...rest } = settingsOf(needed)
  expect(rest).toEqual({
    appId: 7,
    webhookSecret: secret,
    host: '0.0.0.0',
    port: 3000,
    metricsPort: 9090,
    workers: 4,
    hasStandby: true,
    dataFolder: '/app/data',
    repositoriesLimitBytes: 10_737_418_240,
    shutdownGraceMs: 15_000,
    logLevel: 'info',
    apiUrl: 'https://api.github.com',
  })
  expect(key).toBe(privateKey)
  expect(secrets).toEqual([privateKey.trim(), secret])
  expect(fleets.of({ installation: 1, owner: 'acme', name: 'fleet' })).toEqual({
    env: {},
    timeLimitMs: 600_000,
    memoryLimitBytes: 2_147_483_648,
  })
})

test('everything that is missing is told at once, each by the name of its variable', () => {
  expect(faultsOf({ WEBHOOK_SECRET: '', SESSION_SECRET: 'x'.repeat(32) })).toEqual([
    'GITHUB_CLIENT_ID is missing, and SESSION_SECRET set: the fleet page needs all three',
    'GITHUB_CLIENT_SECRET is missing, and SESSION_SECRET set: the fleet page needs all three',
    'PUBLIC_URL is missing: where people reach the app: `https://fleet.example.com`; needed for the login of the fleet page',
    'APP_ID is missing: number of the GitHub App, at the top of its settings page',
    'PRIVATE_KEY is missing: private key of the GitHub App, made on its settings page: PEM, PEM with `\\n` instead of line ends, or either in base64',
    'WEBHOOK_SECRET is missing: secret that the GitHub App signs its deliveries with, 16 characters or more; `openssl rand -hex 32` makes one',
  ])
})

test.each([
  [{ APP_ID: 'fleetwright' }, 'APP_ID must be a whole number from 1, not `fleetwright`'],
  [{ APP_ID: '0' }, 'APP_ID must be a whole number from 1, not `0`'],
  [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535, not `65536`'],
  [{ METRICS_PORT: '-1' }, 'METRICS_PORT must be a whole number from 0 to 65535, not `-1`'],
  [{ WORKERS: '0' }, 'WORKERS must be a whole number from 1 to 64, not `0`'],
  [
    { WEBHOOK_SECRET: 'development' },
    'WEBHOOK_SECRET is a word that everybody knows; `openssl rand -hex 32` makes a secret',
  ],
  [
    { WEBHOOK_SECRET: 'fifteen letters' },
    'WEBHOOK_SECRET has fewer than 16 characters; `openssl rand -hex 32` makes a secret',
  ],
  [{ LOG_LEVEL: 'wran' }, 'LOG_LEVEL cannot be `wran`; did you mean `warn`?'],
  [{ SHUTDOWN_GRACE: '1h' }, 'SHUTDOWN_GRACE must be a duration of at most 10m, such as `15s`, not `1h`'],
  [{ REPOSITORIES_LIMIT: '10GB' }, 'REPOSITORIES_LIMIT must be a size such as `512Mi` or `10Gi`, not `10GB`'],
  [{ REDIS_URL: 'hunter2' }, 'REDIS_URL must be a URL with `redis://` or `rediss://`'],
  [{ GITHUB_API_URL: 'github.com' }, 'GITHUB_API_URL must be a URL with `https://` or `http://`'],
  [
    {
      PUBLIC_URL: 'https://x.example',
      GITHUB_CLIENT_ID: 'i',
      GITHUB_CLIENT_SECRET: 's',
      SESSION_SECRET: 'short',
    },
    'SESSION_SECRET has fewer than 32 characters; `openssl rand -hex 32` makes a secret',
  ],
  [{ PUBLIC_URL: 'ftp://x.example' }, 'PUBLIC_URL must be a URL with `https://` or `http://`'],
  [
    { PUBLIC_URL: 'https://x.example/app' },
    'PUBLIC_URL must be a scheme and a host, such as `https://fleet.example.com`, and nothing behind',
  ],
  [
    { PRIVATE_KEY: 'hunter2' },
    'PRIVATE_KEY is no PEM text, nor that in base64: it begins with `-----BEGIN RSA PRIVATE KEY-----`',
  ],
  [
    { PRIVATE_KEY: files['/app/broken.pem'] ?? '' },
    'PRIVATE_KEY holds no private key that can be read; was it cut off?',
  ],
  [{ PRIVATE_KEY_PATH: 'key.pem' }, 'PRIVATE_KEY_PATH is set and PRIVATE_KEY too; keep one of them'],
  [{ FLEETWRIGHT_FLEETS: 'none.yaml' }, 'FLEETWRIGHT_FLEETS: none.yaml cannot be read'],
])('%j is refused: %s', (env, fault) => {
  expect(faultsOf({ ...needed, ...env })).toEqual([fault])
})

test('a key may be PEM, PEM with written line ends, either in base64, or in a file', () => {
  const inBase64 = (text: string): string => Buffer.from(text).toString('base64')
  const written = privateKey.replaceAll('\n', '\\n')
  for (const key of [privateKey, written, inBase64(privateKey), inBase64(written)])
    expect(settingsOf({ ...needed, PRIVATE_KEY: key }).privateKey).toBe(privateKey)
  const { PRIVATE_KEY: _, ...others } = needed
  expect(settingsOf({ ...others, PRIVATE_KEY_PATH: 'key.pem' }).privateKey).toBe(privateKey)
  expect(faultsOf({ ...others, PRIVATE_KEY_PATH: 'broken.pem' })).toEqual([
    'PRIVATE_KEY_PATH names a file whose content holds no private key that can be read; was it cut off?',
  ])
  expect(faultsOf({ ...others, PRIVATE_KEY_PATH: 'none.pem' })).toEqual([
    'PRIVATE_KEY_PATH names a file that cannot be read: none.pem',
  ])
})

test('a key of GitHub, in PKCS#1, is taken; keys of other kinds are told apart, and never printed', () => {
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  expect(
    settingsOf({ ...needed, PRIVATE_KEY: rsa.export({ type: 'pkcs1', format: 'pem' }).toString() }).appId,
  ).toBe(7)
  const { privateKey: elliptic } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { privateKey: short } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
  const locked = rsa.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'x' }).toString()
  expect(
    [elliptic.export(pkcs8).toString(), short.export(pkcs8).toString(), locked].flatMap((key) =>
      faultsOf({ ...needed, PRIVATE_KEY: key }),
    ),
  ).toEqual([
    'PRIVATE_KEY is a key of type ec; keys of GitHub Apps are RSA',
    'PRIVATE_KEY has 1024 bits; keys of GitHub Apps have 2048',
    'PRIVATE_KEY is locked with a passphrase; give it without one',
  ])
})

const fleetFile = `fleets:
  - repository: acme/fleet
    keyFile: fleet-key
    credentialsFile: credentials.json
    timeLimit: 5m
    memoryLimit: 512Mi
    privateHosts: [charts.internal]
    clusters:
      kubeconfig: hub.yaml
      context: hub
      allowExec: true
      env: [AWS_ROLE_ARN, NOT_SET]
  - repository: acme/*
    timeLimit: 1m
  - repository: Other/Fleet
    clusters:
      inCluster: true
`

test('what is meant for one installation is not given to another that took its name', () => {
  const file = 'fleets:\n  - repository: acme/fleet\n    installation: 12\n    keyFile: fleet-key\n'
  const { fleets } = settingsOf(
    { ...needed, FLEETWRIGHT_FLEETS: 'fleets.yaml' },
    { '/app/fleets.yaml': `${file}  - repository: acme/*\n    timeLimit: 1m\n` },
  )
  const of = (installation: number) => fleets.of({ installation, owner: 'acme', name: 'fleet' })
  expect(of(12).env).toEqual({ FLEETWRIGHT_KEY: 'a key that is long enough' })
  expect(of(13)).toMatchObject({ env: {}, timeLimitMs: 600_000 })
})

test('the operator says per repository what its compiles and its observing get', () => {
  const { fleets, secrets } = settingsOf(
    {
      ...needed,
      FLEETWRIGHT_FLEETS: 'fleets.yaml',
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/fleet',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      SESSION_TOKEN: 'not named',
    },
    { '/app/fleets.yaml': fleetFile },
  )
  const of = (owner: string, name: string) => fleets.of({ installation: 1, owner, name })
  expect(of('ACME', 'Fleet')).toEqual({
    env: {
      FLEETWRIGHT_KEY: 'a key that is long enough',
      FLEETWRIGHT_CREDENTIALS: '{ "charts.example.com": { "username": "ada", "password": "hunter2" } }',
    },
    clusters: {
      env: { AWS_ROLE_ARN: 'arn:aws:iam::1:role/fleet' },
      args: ['--kubeconfig', '/app/hub.yaml', '--context', 'hub', '--allow-exec'],
    },
    privateHosts: ['charts.internal'],
    timeLimitMs: 300_000,
    memoryLimitBytes: 536_870_912,
  })
  expect(of('acme', 'another')).toMatchObject({ env: {}, timeLimitMs: 60_000 })
  expect(of('other', 'fleet').clusters).toEqual({ env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, args: [] })
  expect(of('nobody', 'knows').timeLimitMs).toBe(600_000)
  expect(fleets.watched).toEqual([
    { owner: 'acme', name: 'fleet' },
    { owner: 'Other', name: 'Fleet' },
  ])
  expect(secrets).toEqual([privateKey.trim(), secret, 'a key that is long enough', 'hunter2'])
})

test('what is wrong with the file of the operator is told with its place', () => {
  const faults = (content: string): readonly string[] =>
    faultsOf({ ...needed, FLEETWRIGHT_FLEETS: 'fleets.yaml' }, { '/app/fleets.yaml': content })
  expect(
    faults(`fleets:
  - repository: fleet
  - repository: acme/fleet
    keyfile: fleet-key
    timeLimit: 0s
    memoryLimit: 2GB
    clusters:
      env: ["A B"]
`),
  ).toEqual([
    'FLEETWRIGHT_FLEETS: fleets.yaml:2:5: `fleets[0].repository` must be `owner/name`, or `owner/*` for those of the owner that have no entry of their own, not `fleet`',
    'FLEETWRIGHT_FLEETS: fleets.yaml:5:5: `fleets[1].timeLimit` must be a duration such as `10m`, not `0s`',
    'FLEETWRIGHT_FLEETS: fleets.yaml:6:5: `fleets[1].memoryLimit` must be a size such as `512Mi` or `2Gi`, not `2GB`',
    'FLEETWRIGHT_FLEETS: fleets.yaml:8:13: `fleets[1].clusters.env[0]` must be the name of a variable, not `A B`',
    'FLEETWRIGHT_FLEETS: fleets.yaml:4:5: there is no field `keyfile`; did you mean `keyFile`?',
  ])
  expect(
    faults(`fleets:
  - repository: acme/*
    keyFile: short-key
    credentialsFile: list.json
    clusters:
      inCluster: true
      kubeconfig: hub.yaml
  - repository: acme/one
    keyFile: none
`),
  ).toEqual([
    'FLEETWRIGHT_FLEETS: fleets.yaml:3:5: the key must have 16 characters or more',
    'FLEETWRIGHT_FLEETS: fleets.yaml:4:5: it must hold a JSON object of credentials by host',
    'FLEETWRIGHT_FLEETS: fleets.yaml:5:5: clusters are watched for one repository, not for all of an owner',
    'FLEETWRIGHT_FLEETS: fleets.yaml:5:5: give either `kubeconfig` or `inCluster: true`',
    'FLEETWRIGHT_FLEETS: fleets.yaml:9:5: none cannot be read',
  ])
  expect(faults('fleets:\n  - repository: a/b\n  - repository: A/B\n')).toEqual([
    'FLEETWRIGHT_FLEETS: fleets.yaml:3:5: A/B has an entry already',
  ])
  expect(faults('fleets: [')[0]).toMatch(/^FLEETWRIGHT_FLEETS: fleets\.yaml:1:\d+: /)
  expect(faults('')).toEqual(['FLEETWRIGHT_FLEETS: fleets.yaml:1:1: `fleets` is missing'])
})

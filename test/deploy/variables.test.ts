import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logLevels, readSettings } from '../../src/app/settings.ts'
import { healthRoute, readyRoute } from '../../src/app/operation-routes.ts'
import { settingRows } from '../../src/app/settings-table.ts'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { appChartFolder, appChartObjects, appFleetsFile, appPod, appVariables } from './app-chart.ts'

/* What the chart tells the app is what the app understands. */

const least = { app: { id: '1234', existingSecret: 'app' } }
const everything = {
  app: {
    ...{ id: 1234, existingSecret: 'app', clientId: 'Iv1.abc', logLevel: 'debug' },
    ...{ publicUrl: 'https://fleet.example.com', apiUrl: 'https://github.example.com/api/v3' },
  },
  ...{ replicas: 2, workers: 3, redis: { existingSecret: 'redis' }, fleetsSecret: 'files' },
  fleets: [{ repository: 'acme/fleet', keyFile: '/etc/fleetwright/secrets/key', memoryLimit: '1Gi' }],
}

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

/** What the Secrets hold whose names the values give. */
const secrets = {
  app: {
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: 'a secret that nobody knows',
    GITHUB_CLIENT_SECRET: 'another secret',
    SESSION_SECRET: 'a secret of no fewer than 32 characters',
  },
  redis: { REDIS_URL: 'rediss://:word@redis:6379' },
}

/** Longest that may come on top of SHUTDOWN_GRACE, with room to spare. */
const onTopSeconds = 30

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

async function read(values: object) {
  const objects = await appChartObjects(engine, values)
  const pod = appPod(objects)
  const [container] = pod.containers
  const files = new Map([
    ['/etc/fleetwright/fleets.yaml', appFleetsFile(objects)],
    ['/etc/fleetwright/secrets/key', 'a key of more than 16 characters'],
  ])
  const env = appVariables(container, secrets)
  const settings = readSettings(env, {
    readFile: (path) => files.get(path) ?? expect.fail(`nothing is mounted at ${path}`),
    absolute: (path) => path,
    cores: 8,
  })
  return { pod, container, env, read: settings }
}

test.each([
  ['the least', least],
  ['everything', everything],
])('with %s, every variable is one of the app, and the app starts with them', async (_name, values) => {
  const { container, env, read: settings } = await read(values)
  const known: readonly string[] = settingRows().map(([name]) => name)
  expect(Object.keys(env).filter((name) => !known.includes(name))).toEqual([])
  expect(container.env).toHaveLength(Object.keys(env).length)
  expect(container.args).toEqual(['serve'])
  for (const [name, { isRequired }] of settingRows())
    if (isRequired) expect(env[name], name).not.toBe(undefined)
  expect(settings).toHaveProperty('settings')
})

test('secrets come from Secrets alone', async () => {
  const { container } = await read(everything)
  const secret = new Set<string>(settingRows().flatMap(([name, { isSecret }]) => (isSecret ? [name] : [])))
  for (const { name, valueFrom } of container.env)
    expect(valueFrom !== undefined, name).toBe(secret.has(name))
})

test.each([
  ['the least', least],
  ['everything', everything],
])('with %s, ports, folders, probes and the time to end are those of the app', async (_name, values) => {
  const { pod, container, read: result } = await read(values)
  if (!('settings' in result)) expect.fail(result.faults.join('\n'))
  const { settings } = result
  expect(container.ports).toEqual([
    { name: 'http', containerPort: settings.port },
    { name: 'metrics', containerPort: settings.metricsPort },
  ])
  const mounts = container.volumeMounts.map(({ mountPath }) => mountPath)
  expect(mounts).toEqual(expect.arrayContaining([settings.dataFolder, '/tmp']))
  const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe]
  const paths = { alive: healthRoute.path, ready: readyRoute(expect.anything() as never).path }
  expect(probes.map(({ httpGet }) => httpGet)).toEqual([
    { path: paths.alive, port: 'http' },
    { path: paths.alive, port: 'http' },
    { path: paths.ready, port: 'http' },
  ])
  expect(settings.shutdownGraceMs / 1000 + onTopSeconds).toBeLessThan(pod.terminationGracePeriodSeconds)
})

test('the login and the operator’s file come through', async () => {
  const { read: result } = await read(everything)
  if (!('settings' in result)) expect.fail(result.faults.join('\n'))
  expect(result.settings).toMatchObject({
    ...{ appId: 1234, workers: 3, logLevel: 'debug', redisUrl: 'rediss://:word@redis:6379' },
    apiUrl: 'https://github.example.com/api/v3',
    login: { publicUrl: 'https://fleet.example.com', clientId: 'Iv1.abc' },
  })
  const setting = result.settings.fleets.of({ installation: 1, owner: 'acme', name: 'fleet' })
  expect(setting).toMatchObject({
    env: { FLEETWRIGHT_KEY: 'a key of more than 16 characters' },
    memoryLimitBytes: 2 ** 30,
  })
})

test('values may say the levels of the log that there are', () => {
  const schema = JSON.parse(readFileSync(join(appChartFolder, 'values.schema.json'), 'utf8')) as {
    readonly properties: {
      readonly app: { readonly properties: { readonly logLevel: { readonly enum: readonly string[] } } }
    }
  }
  expect(schema.properties.app.properties.logLevel.enum).toEqual([...logLevels])
})

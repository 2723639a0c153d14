import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createAmbientCredentials } from '../../../src/adapters/charts/ambient-credentials.ts'
import { parseDockerConfig } from '../../../src/adapters/charts/docker-config.ts'
import { parseNetrc } from '../../../src/adapters/charts/netrc.ts'
import type { SourceReference } from '../../../src/resolve/types.ts'
import { toAccess } from '../../../src/sources/access.ts'
import { chartArchive } from '../../sources/archives.ts'
import { createJourney } from '../../sources/journey.ts'
import { basic, createTestRemote, serve, serveFiles } from './loopback.ts'

const archive = await chartArchive('app', '1.0.0')
const indexWith = (url: string): string => `entries:\n  app:\n  - version: 1.0.0\n    urls: ["${url}"]\n`
const chartAt = (url: string, more: object = {}): SourceReference => ({
  key: 'the chart',
  type: 'helm-http',
  url,
  chart: 'app',
  version: '1.0.0',
  ...more,
})

describe('credentials of a chart repository', () => {
  const files = { '/charts/index.yaml': indexWith('app-1.0.0.tgz'), '/charts/app-1.0.0.tgz': archive }

  test.each<
    [string, (host: string) => { environment?: Record<string, string>; home?: Record<string, string> }]
  >([
    [
      'FLEETWRIGHT_CREDENTIALS',
      (host) => ({
        environment: {
          FLEETWRIGHT_CREDENTIALS: JSON.stringify({ [host]: { username: 'bob', password: 'p:w' } }),
        },
      }),
    ],
    [
      '~/.netrc',
      (host) => ({
        home: {
          '.netrc': `machine other login x password y\nmachine ${host.split(':')[0] ?? ''}\n  login bob\n  password p:w\n`,
        },
      }),
    ],
  ])('come from %s', async (_, make) => {
    const server = await serveFiles(files, basic('bob', 'p:w'))
    const { environment = {}, home = {} } = make(server.host)
    const homeFolder = mkdtempSync(join(tmpdir(), 'fleetwright-home-'))
    for (const [name, text] of Object.entries(home)) writeFileSync(join(homeFolder, name), text)
    const { remote } = createTestRemote({ environment, homeFolder })
    const { sources, faults } = await createJourney({ remote }).fetch([chartAt(`${server.url}/charts`)])
    expect([faults(), sources.size]).toEqual([[], 1])
  })

  test.each([
    ['user and password', { username: 'bob', password: 'pw' }, basic('bob', 'pw')],
    ['a token', { token: 'tok' }, 'Bearer tok'],
  ])('come from the referenced Secret: %s', async (_, entries, authorization) => {
    const server = await serveFiles(files, authorization)
    const { remote } = createTestRemote()
    const journey = createJourney({ remote, secrets: { 'ns/creds': entries } })
    const reference = chartAt(`${server.url}/charts`, { credentials: { namespace: 'ns', name: 'creds' } })
    expect((await journey.fetch([reference])).faults()).toEqual([])
  })

  test('stand in the URL, and nowhere else afterwards', async () => {
    const server = await serveFiles(files, basic('bob', 'p w'))
    const { remote } = createTestRemote()
    const url = `http://bob:p%20w@${server.host}/charts`
    const { faults, pins } = await createJourney({ remote }).fetch([chartAt(url)])
    expect(faults()).toEqual([])
    expect(pins.get('the chart')?.url).toBe(`${server.url}/charts/app-1.0.0.tgz`)
  })

  test('are not taken from a Secret that is named for its certificate authority', async () => {
    const server = await serveFiles(files)
    const entries = { 'ca.crt': 'PEM', username: 'bob', password: 'pw' }
    const journey = createJourney({ remote: createTestRemote().remote, secrets: { 'ns/ca': entries } })
    const reference = chartAt(`${server.url}/charts`, { ca: { namespace: 'ns', name: 'ca' } })
    expect((await journey.fetch([reference])).faults()).toEqual([])
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
  })

  test('are not sent to another host that the index or a redirect names', async () => {
    const elsewhere = await serveFiles({ '/app.tgz': archive })
    const redirecting = await serve((request, response) => {
      if (request.url === '/index.yaml') response.end(indexWith('/here.tgz'))
      else response.writeHead(302, { location: `${elsewhere.url}/app.tgz` }).end()
    })
    const naming = await serveFiles({ '/index.yaml': indexWith(`${elsewhere.url}/app.tgz`) })
    for (const server of [redirecting, naming]) {
      const { remote } = createTestRemote()
      const journey = createJourney({ remote, secrets: { 'ns/creds': { username: 'bob', password: 'pw' } } })
      const { faults } = await journey.fetch([
        chartAt(server.url, { credentials: { namespace: 'ns', name: 'creds' } }),
      ])
      expect(faults()).toEqual([])
      expect(server.requests.every(({ headers }) => headers.authorization === basic('bob', 'pw'))).toBe(true)
    }
    expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
  })

  test('of the environment are not sent to a host that only looks alike', async () => {
    const server = await serveFiles(files, basic('bob', 'pw'))
    const environment = {
      FLEETWRIGHT_CREDENTIALS: JSON.stringify({
        '127-0-0-1': { username: 'bob', password: 'pw' },
        '127.0.0.1:1': { username: 'bob', password: 'pw' },
      }),
    }
    const { remote } = createTestRemote({ environment })
    expect((await createJourney({ remote }).fetch([chartAt(`${server.url}/charts`)])).faults()[0]).toContain(
      'sources/access-denied',
    )
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  test('that cannot be read are an error that does not show them', async () => {
    const ambient = createAmbientCredentials({
      environment: { FLEETWRIGHT_CREDENTIALS: '{"host": hunter2}' },
      readText: () => Promise.resolve(undefined),
    })
    await expect(ambient.forHost('host')).rejects.toMatchObject({
      message: 'FLEETWRIGHT_CREDENTIALS is no JSON of hosts with their credentials',
    })
  })
})

test('netrc is read as curl reads it', () => {
  const text = `# machine commented login a password b
machine a.example.com login u1 password "p \\"1"
machine b.example.com
	password p2 login u2
macdef init
machine evil login x password y

default login anonymous password any
machine c.example.com login u3`
  expect(Object.fromEntries(parseNetrc(text))).toEqual({
    'a.example.com': { username: 'u1', password: 'p "1' },
    'b.example.com': { username: 'u2', password: 'p2' },
    'c.example.com': { username: 'u3' },
  })
})

describe('a docker configuration', () => {
  const auth = (text: string): { auth: string } => ({ auth: Buffer.from(text).toString('base64') })
  const config = parseDockerConfig(
    JSON.stringify({
      auths: {
        'https://index.docker.io/v1/': auth('hub:pw'),
        'r.example.com': auth('all:pw:with:colons'),
        'r.example.com/team': auth('team:pw'),
        'id.example.com': { identitytoken: 'refresh' },
        'token.example.com': { registrytoken: 'bearer' },
        'desktop.example.com': {},
      },
      credHelpers: { 'gcr.io': 'gcloud' },
      credsStore: 'desktop',
    }),
    'config.json',
  )

  test.each([
    ['docker.io', 'library/nginx', { access: { username: 'hub', password: 'pw' } }],
    ['r.example.com', 'other/app', { access: { username: 'all', password: 'pw:with:colons' } }],
    ['r.example.com', 'team/app', { access: { username: 'team', password: 'pw' } }],
    ['r.example.com', 'teams/app', { access: { username: 'all', password: 'pw:with:colons' } }],
    ['id.example.com', 'x', { identityToken: 'refresh' }],
    ['token.example.com', 'x', { access: { token: 'bearer' } }],
    ['gcr.io', 'x', { helper: 'gcloud' }],
    ['desktop.example.com', 'x', { helper: 'desktop' }],
  ])('%s/%s', (host, repository, expected) => {
    expect(config.find(host, repository)).toEqual(expected)
  })

  test('that is none is an error that does not show it', () => {
    expect(() => parseDockerConfig('{"auths": "hunter2"', 'config.json')).toThrow(
      'config.json is no docker configuration',
    )
  })

  test('is found where docker and helm write it', async () => {
    const homeFolder = mkdtempSync(join(tmpdir(), 'fleetwright-home-'))
    mkdirSync(join(homeFolder, '.docker'))
    const asked: string[] = []
    const ambient = createAmbientCredentials({
      environment: { HELM_REGISTRY_CONFIG: '/helm.json' },
      homeFolder,
      readText: (path) => {
        asked.push(path)
        return Promise.resolve(
          path.endsWith('.docker/config.json') ? JSON.stringify({ auths: { r: auth('u:p') } }) : undefined,
        )
      },
    })
    expect(await ambient.forRegistry('r', 'x')).toEqual({ access: { username: 'u', password: 'p' } })
    expect(asked).toEqual([
      `${homeFolder}/.netrc`,
      '/helm.json',
      `${homeFolder}/.docker/config.json`,
      `${homeFolder}/.config/helm/registry/config.json`,
    ])
  })
})

test.each<[string, Record<string, string>, object | undefined]>([
  ['of a chart repository', { username: 'u\n', password: 'p\n' }, { username: 'u', password: 'p' }],
  ['of Sveltos', { token: 't', caFile: 'PEM\n' }, { token: 't', ca: 'PEM\n' }],
  [
    'of Flux',
    { bearerToken: 't', 'tls.crt': 'C', 'tls.key': 'K' },
    { token: 't', clientCertificate: 'C', clientKey: 'K' },
  ],
  ['of a bucket', { accesskey: 'a', secretkey: 's' }, { username: 'a', password: 's' }],
  ['of Git over ssh', { identity: 'I', known_hosts: 'H' }, { sshIdentity: 'I', sshKnownHosts: 'H' }],
  ['of a registry', { '.dockerconfigjson': '{}' }, { dockerConfig: '{}' }],
  ['of a registry, under a key of its own', { anything: '{"auths": {}}' }, { dockerConfig: '{"auths": {}}' }],
  ['of nothing', { hello: 'x' }, undefined],
])('a Secret %s grants what it says', (_, entries, expected) => {
  expect(toAccess(entries)).toEqual(expected)
})

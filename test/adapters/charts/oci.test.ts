import { describe, expect, test } from 'vitest'
import { parseOciReference } from '../../../src/adapters/charts/oci-reference.ts'
import { parseChallenge } from '../../../src/adapters/charts/oci-token.ts'
import type { SourceReference } from '../../../src/resolve/types.ts'
import { chartArchive, sha256Of, tarGzOf, textsOf } from '../../sources/archives.ts'
import { createJourney } from '../../sources/journey.ts'
import { basic, createTestRemote, serve, type LoopbackServer } from './loopback.ts'
import { helmLayer, serveRegistry, serveTokens } from './registry-double.ts'

const chart = await chartArchive('app', '1.2.3')
const layers = [
  { mediaType: 'application/vnd.cncf.helm.chart.provenance.v1.prov', bytes: Buffer.from('prov') },
  { mediaType: helmLayer, bytes: chart },
]
const repositories = {
  'team/app': { '1.2.3': layers, '1.3.0_build.1': layers, '2.0.0-rc.1': layers, latest: layers },
}
const credentials = { namespace: 'ns', name: 'creds' }

function chartIn({ host }: LoopbackServer, version = '1.2.3', more: object = {}): SourceReference {
  return {
    key: 'the chart',
    type: 'helm-oci',
    url: `oci://${host}/team/app`,
    version,
    plainHTTP: true,
    ...more,
  }
}

describe('a chart in a registry', () => {
  test('is taken by its tag, without asking which tags there are; the pin names manifest and archive', async () => {
    const server = await serveRegistry({ repositories })
    const { remote } = createTestRemote()
    const { sources, pins, faults } = await createJourney({ remote }).fetch([chartIn(server)])
    expect(faults()).toEqual([])
    expect(sources.get('the chart')?.tree.files.has('Chart.yaml')).toBe(true)
    expect(pins.get('the chart')).toEqual({
      version: '1.2.3',
      revision: expect.stringMatching(/^sha256:/) as string,
      digest: sha256Of(chart),
      url: `oci://${server.host}/team/app`,
    })
    expect(server.requests.map(({ path }) => path)).toEqual([
      `/v2/team/app/manifests/1.2.3`,
      `/v2/team/app/blobs/${sha256Of(chart)}`,
    ])
  })

  test('is chosen from all pages of tags by a range; `_` of a tag is `+` of a version', async () => {
    const server = await serveRegistry({ repositories, pageSize: 1 })
    const { lock, faults } = await createJourney({ remote: createTestRemote().remote }).update([
      chartIn(server, '^1.2'),
    ])
    expect(faults()).toEqual([])
    expect(lock.get('the chart')?.version).toBe('1.3.0+build.1')
    const { faults: later } = await createJourney({ remote: createTestRemote().remote }).fetch(
      [chartIn(server, '^1.2')],
      { lock: { entries: lock } },
    )
    expect(later()).toEqual([])
  })

  test('whose tag was moved and whose manifest is gone is not what was pinned', async () => {
    const tags: Record<string, typeof layers> = { '1.2.3': layers }
    const server = await serveRegistry({ repositories: { 'team/app': tags } })
    const { pins } = await createJourney({ remote: createTestRemote().remote }).fetch([chartIn(server)])
    tags['1.2.3'] = [{ mediaType: helmLayer, bytes: await chartArchive('app', '6.6.6') }]
    const { faults } = await createJourney({ remote: createTestRemote().remote }).fetch([chartIn(server)], {
      pins,
    })
    expect(faults()).toEqual([
      expect.stringMatching(
        /^sources\/digest-changed the chart: 1\.2\.3 was pinned as .* is not there any more$/,
      ),
    ])
  })

  test('whose bytes are not those of the manifest is refused', async () => {
    const server = await serveRegistry({ repositories, tampered: Buffer.alloc(chart.length) })
    const { faults } = await createJourney({ remote: createTestRemote().remote }).fetch([chartIn(server)])
    expect(faults()).toEqual([
      expect.stringMatching(/^sources\/wrong-digest the chart: .* sends other bytes than its manifest says/),
    ])
  })

  test('that is no chart says what it is', async () => {
    const server = await serveRegistry({
      repositories: { 'team/app': { '1.2.3': [{ mediaType: 'application/x', bytes: chart }] } },
    })
    const { faults } = await createJourney({ remote: createTestRemote().remote }).fetch([chartIn(server)])
    expect(faults()).toEqual([
      expect.stringMatching(/the artifact is no Helm chart: its layers are application\/x$/),
    ])
  })

  test('that does not exist is not found', async () => {
    const server = await serveRegistry({ repositories })
    const { faults } = await createJourney({ remote: createTestRemote().remote }).fetch([
      chartIn(server, '9.9.9'),
    ])
    expect(faults()).toEqual([
      expect.stringMatching(
        /^sources\/not-found the chart: .* has nothing at \/v2\/team\/app\/manifests\/9\.9\.9 \(404\)$/,
      ),
    ])
  })

  test('comes by HTTPS unless plain HTTP is asked for', async () => {
    const server = await serveRegistry({ repositories })
    const { faults } = await createJourney({ remote: createTestRemote().remote }).fetch([
      chartIn(server, '1.2.3', { plainHTTP: false }),
    ])
    expect(faults()).toEqual([expect.stringContaining('sources/unavailable')])
    expect(server.requests).toEqual([])
  })

  test('may be named by the index of a classic repository', async () => {
    const server = await serveRegistry({ repositories })
    const index = await serve((_, response) =>
      response.end(
        `entries:\n  app:\n  - version: 1.2.3\n    urls: ["oci://${server.host}/team/app:1.2.3"]\n`,
      ),
    )
    const reference: SourceReference = {
      key: 'k',
      type: 'helm-http',
      url: index.url,
      chart: 'app',
      version: '1.2.3',
    }
    // Registries are asked by HTTPS, which this one does not speak: that it was asked at all is what counts here.
    expect(
      (await createJourney({ remote: createTestRemote().remote }).fetch([reference])).faults()[0],
    ).toContain(`sources/unavailable k: ${server.host} does not speak TLS`)
  })
})

describe('a registry with a token server', () => {
  const tokenCases: [string, Parameters<typeof serveTokens>, object, object][] = [
    ['nobody in particular', [], {}, {}],
    [
      'the Secret of the reference',
      [basic('bob', 'pw')],
      { 'ns/creds': { username: 'bob', password: 'pw' } },
      { credentials },
    ],
    [
      'a docker configuration in the Secret',
      [undefined, 'refresh-me'],
      { 'ns/creds': { '.dockerconfigjson': '' } },
      { credentials },
    ],
  ]
  test.each(tokenCases)('gives a token to %s', async (_, tokens, secrets, more) => {
    const tokenServer = await serveTokens(...tokens)
    const server = await serveRegistry({ repositories, tokenServer: tokenServer.url })
    const filled = Object.fromEntries(
      Object.entries(secrets as Record<string, Record<string, string>>).map(([name, entries]) => [
        name,
        '.dockerconfigjson' in entries
          ? {
              '.dockerconfigjson': JSON.stringify({
                auths: { [server.host]: { identitytoken: 'refresh-me' } },
              }),
            }
          : entries,
      ]),
    )
    const journey = createJourney({ remote: createTestRemote().remote, secrets: filled })
    expect((await journey.fetch([chartIn(server, '1.2.3', more)])).faults()).toEqual([])
    // One token for all that is asked of one repository.
    expect(tokenServer.requests).toHaveLength(1)
    expect(tokenServer.requests[0]?.path).toMatch(
      tokens[1] === undefined ? /service=registry%2Cone&scope=repository%3Ateam%2Fapp%3Apull$/ : /\/token$/,
    )
  })

  test('that refuses a password is named, and its own words are not repeated', async () => {
    const tokenServer = await serveTokens(basic('bob', 'right'))
    const server = await serveRegistry({ repositories, tokenServer: tokenServer.url })
    const journey = createJourney({
      remote: createTestRemote().remote,
      secrets: { 'ns/creds': { username: 'bob', password: 'hunter2' } },
    })
    const { faults, hints } = await journey.fetch([chartIn(server, '1.2.3', { credentials })])
    expect(faults()).toEqual([expect.stringMatching(/^sources\/access-denied the chart: .* \(401\)$/)])
    expect([...faults(), ...hints()].join()).not.toContain('hunter2')
  })

  test('credentials of the registry go to its token server and not to where blobs lie', async () => {
    const blobs = await serve((_, response) => response.end(chart))
    const tokenServer = await serveTokens(basic('bob', 'pw'))
    const server = await serveRegistry({ repositories, tokenServer: tokenServer.url, blobHost: blobs.url })
    const environment = {
      FLEETWRIGHT_CREDENTIALS: JSON.stringify({ [server.host]: { username: 'bob', password: 'pw' } }),
    }
    const { remote } = createTestRemote({ environment })
    expect((await createJourney({ remote }).fetch([chartIn(server)])).faults()).toEqual([])
    expect(blobs.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })
})

test('a credential helper is named and not run', async () => {
  const server = await serve((_, response) =>
    response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end(),
  )
  const secrets = {
    'ns/creds': { '.dockerconfigjson': JSON.stringify({ credHelpers: { [server.host]: 'gcloud' } }) },
  }
  const { faults, hints } = await createJourney({ remote: createTestRemote().remote, secrets }).fetch([
    chartIn(server, '1.2.3', { credentials }),
  ])
  expect(faults()).toEqual([
    expect.stringMatching(
      /^sources\/access-denied the chart: .* wants credentials, and there are none for it \(401\)$/,
    ),
  ])
  expect(hints()[0]).toContain('the credential helper `gcloud`, a program that fleetwright does not run')
})

describe('an artifact of Flux', () => {
  const flux = 'application/vnd.cncf.flux.content.v1.tar+gzip'
  test('is its first layer, or the one of the media type that is asked for', async () => {
    const [a, b] = [
      await tarGzOf([
        { name: 'a.yaml', content: 'a' },
        { name: 'logo.png', content: 'x' },
      ]),
      await tarGzOf([{ name: 'b.yaml', content: 'b' }]),
    ]
    const server = await serveRegistry({
      repositories: {
        'team/app': {
          latest: [
            { mediaType: flux, bytes: a },
            { mediaType: 'application/b', bytes: b },
          ],
        },
      },
    })
    const reference = (key: string, layer?: object): SourceReference => ({
      key,
      type: 'oci',
      url: `oci://${server.host}/team/app`,
      ref: { tag: 'latest' },
      plainHTTP: true,
      ...(layer === undefined ? {} : { layer }),
    })
    const { sources, faults } = await createJourney({ remote: createTestRemote().remote }).fetch([
      reference('first'),
      reference('copied', { mediaType: flux, operation: 'copy' }),
      reference('second', { mediaType: 'application/b' }),
      reference('none', { mediaType: 'application/c' }),
    ])
    expect(textsOf(sources.get('first')?.tree.files)).toEqual({ 'a.yaml': 'a' })
    expect(textsOf(sources.get('copied')?.tree.files)).toEqual({ 'a.yaml': 'a', 'logo.png': 'x' })
    expect(textsOf(sources.get('second')?.tree.files)).toEqual({ 'b.yaml': 'b' })
    expect(faults()).toEqual([expect.stringContaining('the artifact has no layer application/c')])
    expect(sources.get('first')?.revision).toMatch(/^sha256:/)
  })

  test('joins all layers as a remoteURL of Sveltos', async () => {
    const server = await serveRegistry({
      repositories: {
        x: {
          v1: [
            { mediaType: 'text/yaml', bytes: Buffer.from('kind: A') },
            { mediaType: 'text/yaml', bytes: Buffer.from('kind: B') },
          ],
        },
      },
    })
    const reference: SourceReference = {
      key: 'k',
      type: 'remote',
      url: `oci://${server.host}/x:v1`,
      plainHTTP: true,
    }
    const journey = createJourney({ remote: createTestRemote().remote })
    const { lock } = await journey.update([reference])
    const { sources } = await journey.fetch([reference], { lock: { entries: lock } })
    expect(textsOf(sources.get('k')?.tree.files)).toEqual({
      'layer-000.yaml': 'kind: A',
      'layer-001.yaml': 'kind: B',
    })
  })
})

test.each([
  ['oci://docker.io/nginx', { host: 'docker.io', repository: 'library/nginx' }],
  ['oci://registry-1.docker.io/org/app', { host: 'docker.io', repository: 'org/app' }],
  ['oci://R.example.com:5000/a/b:v1.2', { host: 'r.example.com:5000', repository: 'a/b', tag: 'v1.2' }],
  [
    `oci://r.example.com/a@sha256:${'a'.repeat(64)}`,
    { host: 'r.example.com', repository: 'a', digest: `sha256:${'a'.repeat(64)}` },
  ],
])('%s is taken apart', (url, expected) => {
  expect(parseOciReference(url)).toEqual(expected)
})

test.each([
  [
    'Bearer realm="https://t/token",service="a, b",scope="x"',
    { scheme: 'bearer', realm: 'https://t/token', service: 'a, b', scope: 'x' },
  ],
  ['bearer realm=https://t', { scheme: 'bearer', realm: 'https://t' }],
  ['Basic realm="r"', { scheme: 'basic', realm: 'r' }],
  ['Negotiate, Basic realm="r"', { scheme: 'basic', realm: 'r' }],
  ['Negotiate', undefined],
  [undefined, undefined],
])('the challenge %s is read', (header, expected) => {
  expect(parseChallenge(header)).toEqual(expected)
})

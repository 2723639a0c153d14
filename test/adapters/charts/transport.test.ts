import { createServer } from 'node:https'
import { request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SourceReference } from '../../../src/resolve/types.ts'
import { chartArchive } from '../../sources/archives.ts'
import { createJourney } from '../../sources/journey.ts'
import { createTestRemote, serve, serveFiles } from './loopback.ts'

const archive = await chartArchive('app', '1.0.0')
const index = 'entries:\n  app:\n  - version: 1.0.0\n    urls: [app.tgz]\n'

/** Self-signed for 127.0.0.1, from 2020 to 2120; it guards nothing. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBezCCASCgAwIBAgIUdtss8np4RADkj2hSEW0CVFlZ3EgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAx
MDAwMDAwWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR8ZjiAeCcEmJByijvYRsdpR/8HQKmd37f9epX4g8EOrns3Xv+ED8rO
S4va3NwLFuGx6b1ijrrCMxc9+3in0m+Po04wTDAPBgNVHRMBAf8EBTADAQH/MBoG
A1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAdBgNVHQ4EFgQUGML1HzjifkReOKC9
cJArOKiLn+AwCgYIKoZIzj0EAwIDSQAwRgIhAMebrQ2JqxYRP5y+XKRQ4a/nSWZe
0z8t8731Nv3eFf0iAiEAuS67PEYcM0D+Qsgd95bCrzegcL3MhPya7VEXLsSqNL0=
-----END CERTIFICATE-----
`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9BpQS8CL1LIWOl3C
2yrYrFl827C3gkCRjbXGHJIITFyhRANCAAR8ZjiAeCcEmJByijvYRsdpR/8HQKmd
37f9epX4g8EOrns3Xv+ED8rOS4va3NwLFuGx6b1ijrrCMxc9+3in0m+P
-----END PRIVATE KEY-----
`

async function serveTls(): Promise<string> {
  const server = createServer({ cert: certificate, key }, (message, response) => {
    response.end(message.url === '/index.yaml' ? index : archive)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function chartAt(url: string, more: object = {}): SourceReference {
  return {
    key: 'the chart',
    type: 'helm-http',
    url,
    chart: 'app',
    version: '1.0.0',
    ...more,
  }
}

async function faultsOf(reference: SourceReference, secrets = {}): Promise<string[]> {
  return (await createJourney({ remote: createTestRemote().remote, secrets }).fetch([reference])).faults()
}

describe('a certificate that nobody signed', () => {
  test('is refused, with what to do', async () => {
    expect(await faultsOf(chartAt(await serveTls()))).toEqual([
      expect.stringMatching(
        /^sources\/unavailable the chart: the certificate of .* is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/,
      ),
    ])
  })

  test('is trusted when the Secret holds its authority', async () => {
    const ca = { namespace: 'ns', name: 'ca' }
    expect(await faultsOf(chartAt(await serveTls(), { ca }), { 'ns/ca': { 'ca.crt': certificate } })).toEqual(
      [],
    )
  })

  test('is let through only when that is asked for', async () => {
    expect(await faultsOf(chartAt(await serveTls(), { insecureSkipTLSVerify: true }))).toEqual([])
  })
})

test('a certificate of the client is shown to the host that it is for, and not where that redirects to', async () => {
  const shown: boolean[] = []
  const listen = async (answer: (path: string, response: ServerResponse) => void): Promise<string> => {
    const options = { cert: certificate, key, requestCert: true, rejectUnauthorized: false }
    const server = createServer(options, (message, response) => {
      shown.push(Object.keys((message.socket as TLSSocket).getPeerCertificate()).length > 0)
      answer(message.url ?? '', response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const elsewhere = await listen((_, response) => response.end(archive))
  const own = await listen((path, response) => {
    if (path === '/index.yaml') response.end(index)
    else response.writeHead(302, { location: elsewhere }).end()
  })
  const credentials = { namespace: 'ns', name: 'mtls' }
  const secrets = { 'ns/mtls': { 'ca.crt': certificate, 'tls.crt': certificate, 'tls.key': key } }
  expect(await faultsOf(chartAt(own, { credentials }), secrets)).toEqual([])
  expect(shown).toEqual([true, true, false])
})

describe('a proxy', () => {
  test('is used when the environment names one, and left out for NO_PROXY', async () => {
    const target = await serveFiles({ '/index.yaml': index, '/app.tgz': archive })
    const proxy = await serve((message, response) => {
      request(message.url ?? '', { headers: message.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500)
        answer.pipe(response)
      }).end()
    })
    const run = async (environment: Record<string, string>) => {
      const { remote } = createTestRemote({ environment })
      return (await createJourney({ remote }).fetch([chartAt(target.url)])).faults()
    }
    expect(await run({ http_proxy: proxy.url })).toEqual([])
    expect(proxy.requests.map(({ path }) => path)).toEqual([
      `${target.url}/index.yaml`,
      `${target.url}/app.tgz`,
    ])
    expect(await run({ HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' })).toEqual([])
    expect(proxy.requests).toHaveLength(2)
  })
})

test('an index is asked for once, however many of its charts are wanted, and may come compressed', async () => {
  const both = `${index}  other:\n  - version: 2.0.0\n    urls: [other.tgz]\n`
  const server = await serve((message, response) => {
    if (message.url !== '/index.yaml') response.end(archive)
    else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(both))
  })
  const { sources, faults } = await createJourney({ remote: createTestRemote().remote }).fetch([
    chartAt(server.url),
    { key: 'other', type: 'helm-http', url: server.url, chart: 'other', version: '2.0.0' },
  ])
  expect([faults(), sources.size]).toEqual([[], 2])
  expect(server.requests.filter(({ path }) => path === '/index.yaml')).toHaveLength(1)
})

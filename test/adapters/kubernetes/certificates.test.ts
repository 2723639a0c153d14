import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { networkFailure } from '../../../src/adapters/kubernetes/network-failure.ts'
import { createAuthority, type Authority } from '../../kubernetes-server/certificates.ts'
import { failureOf, open, serve } from './reading.ts'

let authority: Authority
let other: Authority

beforeAll(async () => {
  authority = await createAuthority()
  other = await createAuthority('other')
})

describe('the certificate of a server', () => {
  test('that its authority signed for it is good', async () => {
    const server = await serve({ certificate: await authority.issue({ addresses: ['127.0.0.1'] }) })
    const { reader } = await open(server.kubeconfig())
    expect(await reader.version()).toBe('v1.34.2')
  })

  test.each([
    [
      'is for another host',
      () => authority.issue({ hosts: ['other.example.com'] }),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'has expired',
      () => authority.issue({ addresses: ['127.0.0.1'], notAfter: new Date(Date.UTC(2020, 0, 1)) }),
      'CERT_HAS_EXPIRED',
    ],
    [
      'is signed by another authority',
      async () => ({
        ...(await other.issue({ addresses: ['127.0.0.1'] })),
        authority: authority.certificate,
      }),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
  ])('that %s → certificate, and nothing is sent', async (_what, issue, code) => {
    const server = await serve({ certificate: await issue() })
    const { reader, sleeps } = await open(server.kubeconfig({ token: 'hunter2' }))
    const failure = await failureOf(reader.version())
    expect(failure).toMatchObject({
      reason: 'certificate',
      retryable: false,
      message: `context server (${server.host}) is not the server that it should be: its certificate is not trusted (${code})`,
    })
    expect(failure.cause).toBeUndefined()
    expect([server.requests, sleeps]).toEqual([[], []])
  })

  test('may be for the name that the kubeconfig gives', async () => {
    const server = await serve({ certificate: await authority.issue({ hosts: ['prod.example.com'] }) })
    const text = JSON.parse(server.kubeconfig()) as { clusters: { cluster: object }[] }
    Object.assign(text.clusters[0]?.cluster ?? {}, { 'tls-server-name': 'prod.example.com' })
    const { reader } = await open(JSON.stringify(text))
    expect(await reader.version()).toBe('v1.34.2')
  })

  test('is not looked at where the kubeconfig says so', async () => {
    const server = await serve({ certificate: await authority.issue({ hosts: ['other.example.com'] }) })
    const text = JSON.parse(server.kubeconfig()) as { clusters: { cluster: object }[] }
    Object.assign(text.clusters[0]?.cluster ?? {}, { 'insecure-skip-tls-verify': true })
    const { reader } = await open(JSON.stringify(text))
    expect(await reader.version()).toBe('v1.34.2')
  })

  test('is none where plain HTTP answers', async () => {
    const server = await serve()
    const { reader } = await open(server.kubeconfig().replace('http://', 'https://'))
    const failure = await failureOf(reader.version())
    expect(failure.reason).toBe('certificate')
    expect(failure.message).toContain('does not speak TLS as it should (')
  })
})

describe('the certificate of a client', () => {
  /** A server that lets nobody in but who shows a certificate of the authority. */
  async function serveKnown(): Promise<string> {
    const own = await authority.issue({ addresses: ['127.0.0.1'] })
    const server = createServer(
      {
        cert: own.certificate,
        key: own.key,
        ca: authority.certificate,
        requestCert: true,
        rejectUnauthorized: true,
      },
      (_request, response) => response.end('{"gitVersion":"v1.34.2"}'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const kubeconfig = (server: string, user: object): string =>
    JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [
        { name: 'c', cluster: { server, 'certificate-authority-data': base64(authority.certificate) } },
      ],
      users: [{ name: 'u', user }],
    })
  const userOf = ({ certificate, key }: { certificate: string; key: string }) => ({
    'client-certificate-data': base64(certificate),
    'client-key-data': base64(key),
  })

  test('says who asks', async () => {
    const url = await serveKnown()
    const { reader } = await open(kubeconfig(url, userOf(await authority.issue({}))))
    expect(await reader.version()).toBe('v1.34.2')
  })

  // What TLS 1.2 servers answer; under 1.3 they end the connection after it stood, which is no different from a broken one.
  test.each(['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED'])(
    'that a server refuses by its alert (%s) → unauthorized',
    (code) => {
      const question = { name: 'context c', host: '10.0.0.1:6443', path: '/version' }
      const { failure, againAfterMs } = networkFailure(Object.assign(new Error(), { code }), question, false)
      expect([failure.reason, failure.message, againAfterMs]).toEqual([
        'unauthorized',
        `context c (10.0.0.1:6443) does not take the certificate of the client (${code})`,
        undefined,
      ])
    },
  )

  test('without its key is an address that cannot be used', async () => {
    const { 'client-certificate-data': certificate } = userOf(await authority.issue({}))
    const { 'client-key-data': key } = userOf(await other.issue({}))
    const { reader } = await open(
      kubeconfig('https://127.0.0.1:1', { 'client-certificate-data': certificate, 'client-key-data': key }),
    )
    expect(await failureOf(reader.version())).toMatchObject({ reason: 'address' })
  })
})

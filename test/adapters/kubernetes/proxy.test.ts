import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { proxyOf } from '../../../src/adapters/kubernetes/proxy.ts'
import { createAuthority } from '../../kubernetes-server/certificates.ts'
import { failureOf, open, serve } from './reading.ts'

const prod = { name: 'context prod', proxyUrl: undefined }

function proxied(server: string, environment: Readonly<Record<string, string>>): string | undefined {
  return proxyOf(new URL(server), prod, environment)?.href
}

describe('the way to a server', () => {
  const HTTPS_PROXY = 'http://proxy:3128'

  test('leads through the proxy of the environment', () => {
    expect(proxied('https://prod.example.com', { HTTPS_PROXY })).toBe('http://proxy:3128/')
    expect(proxied('https://prod.example.com', { https_proxy: 'proxy:3128' })).toBe('http://proxy:3128/')
    expect(proxied('http://prod.example.com', { HTTPS_PROXY })).toBeUndefined()
    expect(proxied('http://prod.example.com', { HTTP_PROXY: HTTPS_PROXY })).toBe('http://proxy:3128/')
  })

  test.each([
    ['https://127.0.0.1:6443', ''],
    ['https://localhost:6443', ''],
    ['https://[::1]:6443', ''],
    ['https://10.1.2.3:6443', '10.0.0.0/8'],
    ['https://[fd00::1]:6443', 'fd00::/8'],
    ['https://10.1.2.3:6443', '10.1.2.3'],
    ['https://[fd00::1]:6443', 'fd00::1'],
    ['https://prod.example.com', 'example.com'],
    ['https://prod.example.com', '.example.com'],
    ['https://prod.example.com', 'a, *.example.com'],
    ['https://prod.example.com', 'prod.example.com:443'],
    ['https://prod.example.com:6443', 'prod.example.com:6443'],
    ['https://prod.example.com', '*'],
  ])('leads straight to %s where NO_PROXY is `%s`', (server, NO_PROXY) => {
    expect(proxied(server, { HTTPS_PROXY, NO_PROXY })).toBeUndefined()
  })

  test.each([
    ['https://11.1.2.3:6443', '10.0.0.0/8'],
    ['https://prod.example.com', '10.0.0.0/8'],
    ['https://prod.example.com', 'ample.com'],
    ['https://example.com', '.example.com'],
    ['https://prod.example.com', 'prod.example.com:6443'],
    ['https://10.1.2.3:6443', '10.0.0.0/99'],
  ])('leads through the proxy to %s where NO_PROXY is `%s`', (server, NO_PROXY) => {
    expect(proxied(server, { HTTPS_PROXY, NO_PROXY })).toBe('http://proxy:3128/')
  })

  test('leads through the proxy of the kubeconfig whatever the environment says', () => {
    const address = { name: 'context prod', proxyUrl: 'socks5://127.0.0.1:1080' }
    expect(proxyOf(new URL('https://127.0.0.1'), address, { NO_PROXY: '*' })?.href).toBe(
      'socks5://127.0.0.1:1080',
    )
  })

  test('cannot lead through what is no proxy', async () => {
    const environment = { HTTPS_PROXY: 'ftp://proxy' }
    const kubeconfig = JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://prod.example.com' } }],
    })
    expect(await failureOf(open(kubeconfig, { environment }))).toMatchObject({ reason: 'address' })
  })
})

test('a proxy sees where the way leads, and not what is said', async () => {
  const asked: string[] = []
  const proxy = createServer()
  proxy.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push(`${request.url ?? ''} ${request.headers.authorization ?? 'nobody'}`)
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const server = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      server.pipe(client)
      client.pipe(server)
    })
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const)
      socket.on('error', () => other.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const authority = await createAuthority()
  const certificate = await authority.issue({ addresses: ['127.0.0.1'] })
  const server = await serve({ certificate, tokens: ['t'] })
  const text = JSON.parse(server.kubeconfig({ token: 't' })) as { clusters: { cluster: object }[] }
  const { port } = proxy.address() as AddressInfo
  Object.assign(text.clusters[0]?.cluster ?? {}, { 'proxy-url': `http://127.0.0.1:${port}` })
  const { reader } = await open(JSON.stringify(text))
  expect(await reader.version()).toBe('v1.34.2')
  expect(asked).toEqual([`${server.host} nobody`])
})

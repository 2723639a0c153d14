import { describe, expect, test } from 'vitest'
import { createEgressGuard, type EgressPolicy } from '../../../src/adapters/charts/egress-guard.ts'
import type { SourceReference } from '../../../src/resolve/types.ts'
import { chartArchive } from '../../sources/archives.ts'
import { createJourney } from '../../sources/journey.ts'
import { createTestRemote, serve, serveFiles } from './loopback.ts'

const pageAt = (url: string): SourceReference => ({
  key: 'the page',
  type: 'helm-http',
  url,
  chart: 'app',
  version: '1.0.0',
})

async function faultsOf(egress: EgressPolicy, reference: SourceReference): Promise<string[]> {
  const { remote } = createTestRemote({ egress })
  return (await createJourney({ remote }).fetch([reference])).faults()
}

describe('addresses inside the network are refused', () => {
  test.each([
    'http://127.0.0.1:1',
    'http://localhost:1',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1',
    'http://172.16.0.1',
    'http://192.168.1.1',
    'http://100.64.0.1',
    'http://0.0.0.0',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]:1',
    'http://[fd00::1]',
    'http://[fe80::1]',
    'http://[::ffff:127.0.0.1]',
    'http://[64:ff9b::7f00:1]',
    'http://[2002:7f00:1::]',
  ])('%s', async (url) => {
    expect(await faultsOf({ allowPrivate: false }, pageAt(url))).toEqual([
      expect.stringMatching(/^sources\/refused-host the page: .* may not be asked: .*(?:private|loopback)/),
    ])
  })

  test('also when a public host redirects there, and when Git is asked', async () => {
    const inside = await serve((_, response) => response.end('secret'))
    const outside = await serve((_, response) => {
      response.writeHead(302, { location: inside.url.replace('127.0.0.1', 'localhost') }).end()
    })
    const egress = { allowPrivate: ['127.0.0.1'] }
    expect(await faultsOf(egress, pageAt(outside.url))).toEqual([
      expect.stringContaining('sources/refused-host'),
    ])
    const git: SourceReference = { key: 'git', type: 'git', url: outside.url, ref: { tag: 'v1' } }
    expect(await faultsOf(egress, git)).toEqual([expect.stringContaining('sources/refused-host')])
    expect(await faultsOf({ allowPrivate: false }, { ...git, url: 'ssh://git@127.0.0.1/x' })).toEqual([
      expect.stringContaining('sources/refused-host'),
    ])
    expect(inside.requests).toEqual([])
  })

  test('but for hosts that the configuration names', async () => {
    const archive = await chartArchive('app', '1.0.0')
    const server = await serveFiles({
      '/index.yaml': 'entries:\n  app:\n  - version: 1.0.0\n    urls: [a.tgz]\n',
      '/a.tgz': archive,
    })
    expect(await faultsOf({ allowPrivate: [server.host] }, pageAt(server.url))).toEqual([])
    expect(await faultsOf({ allowPrivate: ['127.0.0.1:1'] }, pageAt(server.url))).toEqual([
      expect.stringContaining('sources/refused-host'),
    ])
  })
})

describe('a head that is not trusted', () => {
  const guard = createEgressGuard({
    allowedHosts: ['charts.example.com', '*.trusted.example', 'r.example.com:5000'],
    allowPrivate: false,
  })
  const isAllowed = (url: string, vouched = false): boolean => {
    try {
      guard.check(new URL(url), vouched)
      return true
    } catch {
      return false
    }
  }

  test.each([
    ['https://charts.example.com/x', true],
    ['https://CHARTS.example.com./x', true],
    ['https://a.trusted.example', true],
    ['https://r.example.com:5000', true],
    ['https://r.example.com:5001', false],
    ['https://trusted.example', false],
    ['https://evil-trusted.example', false],
    ['https://charts.example.com.evil.example', false],
    ['https://evil.example', false],
  ])('reaches %s: %s', (url, expected) => {
    expect(isAllowed(url)).toBe(expected)
  })

  test('reaches where an allowed host points to, but nothing private', () => {
    expect(isAllowed('https://cdn.example.net', true)).toBe(true)
    expect(isAllowed('https://10.0.0.1', true)).toBe(false)
  })

  test('does not reach a host that only its own lock file names', async () => {
    const [known, own] = [
      await serveFiles({}),
      await serveFiles({ '/a.tgz': await chartArchive('app', '1.0.0') }),
    ]
    const { remote } = createTestRemote({ egress: { allowedHosts: [known.host], allowPrivate: true } })
    const pin = { version: '1.0.0', digest: `sha256:${'0'.repeat(64)}`, url: `${own.url}/a.tgz` }
    const { faults } = await createJourney({ remote }).fetch([pageAt(known.url)], {
      lock: { entries: new Map([['the page', pin]]) },
    })
    expect(faults()).toEqual([expect.stringContaining('sources/refused-host')])
    expect(own.requests).toEqual([])
  })
})

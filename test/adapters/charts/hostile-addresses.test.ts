import { describe, expect, test } from 'vitest'
import { SourceFailure, type RemoteReference } from '../../../src/sources/source-remote-port.ts'
import { hostOfReference } from '../../../src/sources/sources.ts'
import { createTestRemote, serve } from './loopback.ts'

type Make = (host: string) => RemoteReference

const kinds: Readonly<Record<string, Make>> = {
  'a chart repository': (host) => ({
    ...{ key: 'k', type: 'helm-http', url: `https://${host}/x` },
    ...{ chart: 'a', version: '1.0.0' },
  }),
  'a chart in a registry': (host) => ({
    key: 'k',
    type: 'helm-oci',
    url: `oci://${host}/x`,
    version: '1.0.0',
  }),
  'an artifact': (host) => ({ key: 'k', type: 'oci', url: `oci://${host}/x`, ref: { tag: 'a' } }),
  'Git by https': (host) => ({ key: 'k', type: 'git', url: `https://${host}/x`, ref: { tag: 'a' } }),
  'Git by ssh': (host) => ({ key: 'k', type: 'git', url: `ssh://git@${host}/x`, ref: { tag: 'a' } }),
  'Git by ssh, without a user': (host) => ({
    key: 'k',
    type: 'git',
    url: `ssh://${host}/x`,
    ref: { tag: 'a' },
  }),
  'Git by ssh, short': (host) => ({ key: 'k', type: 'git', url: `git@${host}:x/y`, ref: { tag: 'a' } }),
  'a bucket': (host) => ({ key: 'k', type: 'bucket', endpoint: host, bucket: 'b' }),
  'a page': (host) => ({ key: 'k', type: 'remote', url: `https://${host}/x` }),
  'a page in a registry': (host) => ({ key: 'k', type: 'remote', url: `oci://${host}/x` }),
}

/** Each means 127.0.0.1 or another address inside, to somebody. */
const inside = [
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127%2E0%2E0%2E1',
  '①②⑦.0.0.1',
  '127。0。0。1',
  'localhost',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '169.254.169.254',
  '10.0.0.1',
]

/** No address at all. */
const unreadable = [
  'a b',
  'a%2Fb',
  '%',
  '%zz',
  '127.0.0.1%00',
  '[::1',
  '127.0.0.1:99999',
  '@',
  ':',
  '<x>',
  '*.0.0.1',
]

/** What a remote says of an address that it must not ask: a reason, never another kind of error. */
async function reasonOf(reference: RemoteReference): Promise<string> {
  const { remote } = createTestRemote({
    egress: { allowPrivate: false },
    retries: { attempts: 1, firstDelayMs: 0, maxDelayMs: 0, maxRetryAfterMs: 0 },
  })
  const url = 'url' in reference ? reference.url : reference.endpoint
  try {
    if (reference.type !== 'remote') await remote.list(reference, {})
    await remote.download(reference, { name: '1.0.0', urls: [url] }, { access: {} })
    return 'it was asked'
  } catch (error) {
    return error instanceof SourceFailure ? error.reason : String(error)
  }
}

describe.each(Object.entries(kinds))('%s', (_kind, make) => {
  test.each(inside)('on %s is refused before anything is sent', async (host) => {
    expect(await reasonOf(make(host))).toMatch(/^(?:refused-host|unsupported)$/)
  })

  test.each(unreadable)('on `%s` is a fault of that source alone', async (host) => {
    const reference = make(host)
    expect(await reasonOf(reference)).toMatch(/^(?:refused-host|unsupported|malformed|unreachable)$/)
    expect(() => hostOfReference(reference)).not.toThrow()
  })
})

test.each([
  'ssh://-oProxyCommand=id/x',
  'ssh://-oProxyCommand=id@127.0.0.1/x',
  'ssh://%2DoProxyCommand=id@127.0.0.1/x',
  'ssh://charts.example.com\\@127.0.0.1/x',
  '-oProxyCommand=id@127.0.0.1:x',
  'ext::sh -c id',
  'fd::17',
  'file:///etc',
  '/etc',
  '../../etc',
  'git://127.0.0.1/x',
  '--upload-pack=id',
  'http+unix://socket/x',
])('Git is not given %s', async (url) => {
  expect(await reasonOf({ key: 'k', type: 'git', url, ref: { tag: 'v1' } })).toBe('unsupported')
})

test('a host that is private at one port is not asked at another, by its name neither', async () => {
  const open = await serve((_, response) => response.end('entries: {}\n'))
  const closed = await serve((_, response) => response.end('entries: {}\n'))
  const port = open.host.split(':')[1] ?? ''
  const other = closed.host.split(':')[1] ?? ''
  const { remote } = createTestRemote({ egress: { allowPrivate: [`localhost:${port}`] } })
  const ask = async (at: string): Promise<string> => {
    const url = `http://localhost:${at}`
    try {
      await remote.list({ key: 'k', type: 'helm-http', url, chart: 'a', version: '1' }, {})
      return 'listed'
    } catch (error) {
      return error instanceof SourceFailure ? error.reason : String(error)
    }
  }
  expect(await ask(port)).toBe('not-found')
  expect(await ask(other)).toBe('refused-host')
  expect([open.requests.length, closed.requests.length]).toEqual([1, 0])
})

test('a proxy is not asked for what lies inside either', async () => {
  const proxy = await serve((_, response) => response.end('entries: {}\n'))
  const { remote } = createTestRemote({
    egress: { allowPrivate: false },
    environment: { PATH: process.env['PATH'], http_proxy: proxy.url, https_proxy: proxy.url },
  })
  for (const url of ['http://localhost:1', 'http://127.0.0.1:1', 'http://2130706433:1']) {
    const asked = remote.list({ key: 'k', type: 'helm-http', url, chart: 'a', version: '1' }, {})
    await expect(asked).rejects.toMatchObject({ reason: 'refused-host' })
  }
  expect(proxy.requests).toEqual([])
})

test('a name that cannot be resolved is a fault of that source, over ssh too', async () => {
  const url = 'ssh://git@no-such-host.invalid/x'
  expect(await reasonOf({ key: 'k', type: 'git', url, ref: { tag: 'v1' } })).toBe('unreachable')
})

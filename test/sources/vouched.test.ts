import { describe, expect, it, test } from 'vitest'
import { defaultConfig } from '../../src/config/config.ts'
import type { SourceReference } from '../../src/resolve/types.ts'
import { createJourney } from './journey.ts'
import { chartReference, publishedCharts } from './published.ts'
import { foreignUses, hostOfReference, vouchedBy } from '../../src/sources/sources.ts'

const credentials = { namespace: 'platform', name: 'registry' }

function helm(url: string, more: Partial<SourceReference> = {}): SourceReference {
  return {
    key: `helm:${url}`,
    type: 'helm-http',
    url,
    chart: 'app',
    version: '1.0.0',
    ...more,
  } as SourceReference
}

function git(url: string): SourceReference {
  return { key: `git:${url}`, type: 'git', url, ref: { tag: 'v1' } }
}

function vouched(references: readonly SourceReference[], secrets: readonly string[] = []) {
  return vouchedBy({ config: defaultConfig, references, lock: undefined, pins: new Map(), secrets }, false)
}

describe('the host of a reference', () => {
  it.each([
    ['https://charts.example.com/stable', 'charts.example.com'],
    ['https://charts.example.com:8443/stable', 'charts.example.com:8443'],
    ['https://user:secret@Charts.Example.com/stable', 'charts.example.com'],
    ['oci://registry.example.com/charts', 'registry.example.com'],
    ['registry.example.com/charts', 'registry.example.com'],
    ['ssh://git@git.example.com:2222/fleet.git', 'git.example.com:2222'],
    ['docker.io/library/app', 'registry-1.docker.io'],
    ['https://good.example.com/@evil', 'good.example.com'],
    ['https://2130706433/x', '127.0.0.1'],
    ['https://[::1]:8080/x', '[::1]:8080'],
  ])('%s is %s', (url, host) => {
    expect(hostOfReference(helm(url))).toBe(host)
  })

  it('is that of the short form of Git', () => {
    expect(hostOfReference(git('git@git.example.com:team/fleet.git'))).toBe('git.example.com')
  })

  it.each(['ssh://a%20b/x', 'oci://%zz/x', 'https://[::1/x', 'https://a.example.com\\@b.example.com/x'])(
    'is none where it cannot be read: %s',
    (url) => {
      expect(hostOfReference(git(url))).toBeUndefined()
    },
  )

  it('is none for a folder of the repository', () => {
    expect(hostOfReference({ key: 'x', type: 'repository', path: 'charts/app' })).toBeUndefined()
  })
})

describe('credentials of a base', () => {
  const privateAt = (url: string) => ({ ...helm(url), credentials })
  const secrets = { 'platform/registry': { username: 'u', password: 'p' } }

  test('are not sent to another host by a change', async () => {
    const journey = createJourney({ secrets })
    const base = vouched([privateAt('https://a.example.com/x')])
    const fetched = await journey.fetch([privateAt('https://evil.example.com/x')], { vouched: base })
    expect(fetched.faults()).toEqual([
      'sources/credentials-elsewhere helm:https://evil.example.com/x: the credentials of the Secret platform/registry are not sent to evil.example.com, for which the base of this change does not use them',
    ])
    expect(journey.calls).toEqual([])
  })

  test('are sent where the base sends them', async () => {
    const reference = { ...chartReference('1.2.3'), credentials } as SourceReference
    const journey = createJourney({ secrets, published: await publishedCharts('1.2.3') })
    const fetched = await journey.fetch([reference], { vouched: vouched([reference]) })
    expect(fetched.faults()).toEqual([])
  })
})

describe('a base stands for', () => {
  it('hosts that it names, fetches from, has locked and has pinned', () => {
    const pin = { version: '1', digest: 'sha256:1' }
    const base = vouchedBy(
      {
        config: { ...defaultConfig, sources: { allowedHosts: ['charts.internal'] } },
        references: [helm('https://a.example.com/x')],
        lock: { entries: new Map([['k', { ...pin, url: 'https://b.example.com/app-1.tgz' }]]) },
        pins: new Map([['p', { ...pin, url: 'https://c.example.com/app-1.tgz' }]]),
        secrets: [],
      },
      true,
    )
    expect(base.hosts).toEqual(['a.example.com', 'b.example.com', 'c.example.com', 'charts.internal'])
  })

  it('its Secrets at the hosts for which it uses them, and nowhere else', () => {
    const base = vouched([helm('https://a.example.com/x', { credentials })])
    expect(foreignUses(helm('https://a.example.com/y', { credentials }), base)).toEqual([])
    expect(foreignUses(helm('https://evil.example.com/x', { credentials }), base)).toEqual([
      { secret: 'platform/registry', to: 'evil.example.com' },
    ])
  })

  it('a port of a host and not its other ports', () => {
    const base = vouched([helm('https://a.example.com/x', { credentials })])
    expect(foreignUses(helm('https://a.example.com:8443/x', { credentials }), base)).toHaveLength(1)
  })

  it.each([
    ['by plain HTTP', helm('http://a.example.com/x', { credentials })],
    ['by plain HTTP, as registries say it', helm('oci://a.example.com/x', { credentials, plainHTTP: true })],
    [
      'without a look at its certificate',
      helm('https://a.example.com/x', { credentials, insecureSkipTLSVerify: true }),
    ],
    ['as the Secret of a certificate authority', helm('https://evil.example.com/x', { ca: credentials })],
    ['at an address with spaces before it', helm(' https://evil.example.com/x', { credentials })],
    ['at an address that cannot be read', helm('https://a b/x', { credentials })],
    [
      'at an address that two readers read in two ways',
      { ...git('ssh://a.example.com\\@evil.example.com/x'), credentials },
    ],
    ['at another user and host', helm('https://a.example.com@evil.example.com/x', { credentials })],
  ])('no Secret that is sent otherwise: %s', (_, reference) => {
    const base = vouched([
      helm('https://a.example.com/x', { credentials }),
      helm('https://x y/', { credentials }),
    ])
    expect(foreignUses(reference, base)).toHaveLength(1)
  })

  it('a Secret that it has and does not use anywhere', () => {
    const base = vouched([], ['platform/registry'])
    expect(foreignUses(helm('https://a.example.com/x', { credentials }), base)).toHaveLength(1)
  })

  it('no Secret that the change brings along: it may send it where it likes', () => {
    expect(foreignUses(helm('https://a.example.com/x', { credentials }), vouched([]))).toEqual([])
  })
})

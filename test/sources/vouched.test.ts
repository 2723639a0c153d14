import { describe, expect, it } from 'vitest'
import { defaultConfig } from '../../src/config/config.ts'
import type { SourceReference } from '../../src/resolve/types.ts'
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
    ['git@git.example.com:team/fleet.git', 'git.example.com'],
    ['https://[::1]:8080/x', '[::1]:8080'],
  ])('%s is %s', (url, host) => {
    expect(hostOfReference(helm(url))).toBe(host)
  })

  it('is none for a folder of the repository', () => {
    expect(hostOfReference({ key: 'x', type: 'repository', path: 'charts/app' })).toBeUndefined()
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
      'platform/registry evil.example.com',
    ])
  })

  it('a port of a host and not its other ports', () => {
    const base = vouched([helm('https://a.example.com/x', { credentials })])
    expect(foreignUses(helm('https://a.example.com:8443/x', { credentials }), base)).toHaveLength(1)
  })

  it('a Secret that it has and does not use anywhere', () => {
    const base = vouched([], ['platform/registry'])
    expect(foreignUses(helm('https://a.example.com/x', { credentials }), base)).toHaveLength(1)
  })

  it('no Secret that the change brings along: it may send it where it likes', () => {
    expect(foreignUses(helm('https://a.example.com/x', { credentials }), vouched([]))).toEqual([])
  })
})

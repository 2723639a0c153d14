import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { SourceReference } from '../../src/resolve/types.ts'
import type { SourceDocument } from '../../src/source/types.ts'
import { fetchSources, formatLock, parseLock } from '../../src/sources/sources.ts'
import type { Pin } from '../../src/sources/types.ts'
import { chartArchive, sha256Of, tarGzOf, textsOf } from './archives.ts'
import { createJourney, lockOf } from './journey.ts'
import { chartReference, commit, gitReference, gitUrl, publishedCharts, publishedGit } from './published.ts'

describe('other sources', () => {
  test('an archive of a ConfigMap is unpacked', async () => {
    const base64 = (await tarGzOf([{ name: './kustomization.yaml', content: 'resources: []' }])).toString(
      'base64',
    )
    const { sources } = await createJourney({}).fetch([{ key: 'k', type: 'archive', base64 }])
    expect(textsOf(sources.get('k')?.tree.files)).toEqual({ 'kustomization.yaml': 'resources: []' })
  })

  test('an archive of a ConfigMap that leads out is refused', async () => {
    const base64 = (await tarGzOf([{ name: '../x', content: '' }])).toString('base64')
    expect((await createJourney({}).fetch([{ key: 'k', type: 'archive', base64 }])).faults()).toEqual([
      'sources/unsafe-archive k: the archive is refused: `../x` leads out of the archive',
    ])
  })

  test("Flux' rules hold for a Git repository, and its links are left out; the pin does not depend on them", async () => {
    const content = publishedGit({ 'a.yaml': 'a', 'b.md': 'b', '.github/x.yaml': 'c' }, { link: 'a.yaml' })
    const published = { [gitUrl]: [{ offer: { name: 'refs/tags/v1', revision: commit, urls: [] }, content }] }
    const plain = await createJourney({ published }).fetch([gitReference({ tag: 'v1' })])
    const ignoring = await createJourney({ published }).fetch([gitReference({ tag: 'v1' }, '*.md')])
    const filesOf = ({ sources }: typeof plain) =>
      [...sources.values()].flatMap(({ tree }) => [...tree.files.keys()])
    expect([filesOf(plain), filesOf(ignoring)]).toEqual([
      ['a.yaml', 'b.md'],
      ['.github/x.yaml', 'a.yaml'],
    ])
    expect([...plain.pins.values()]).toEqual([...ignoring.pins.values()])
  })

  test('layers of a remote artifact are joined', async () => {
    const url = 'oci://r.example.com/x:1'
    const layers = [await tarGzOf([{ name: 'a.yaml', content: 'a' }]), Buffer.from('kind: B')]
    const published = {
      [url]: [
        { offer: { name: '', revision: 'sha256:m', urls: [] }, content: { type: 'layers' as const, layers } },
      ],
    }
    const journey = createJourney({ published })
    const reference: SourceReference = { key: 'k', type: 'remote', url }
    const { lock } = await journey.update([reference])
    const { sources } = await journey.fetch([reference], { lock: { entries: lock } })
    expect(textsOf(sources.get('k')?.tree.files)).toEqual({ 'a.yaml': 'a', 'layer-001.yaml': 'kind: B' })
    expect(sources.get('k')?.revision).toBe('sha256:m')
  })

  test('a pinned revision that is gone is an error', async () => {
    const published = {
      [gitUrl]: [
        { offer: { name: 'refs/heads/main', revision: commit, urls: [] }, content: publishedGit({}) },
      ],
    }
    const reference = gitReference({ branch: 'main' })
    const pin: Pin = {
      version: 'refs/heads/main',
      revision: 'd'.repeat(40),
      digest: sha256Of(Buffer.from('x')),
    }
    expect(
      (await createJourney({ published }).fetch([reference], lockOf({ [reference.key]: pin }))).faults()[0],
    ).toMatch(/^sources\/digest-changed .* is not there any more$/)
  })

  test('equal keys are one fetch and one report; the others go on', async () => {
    const journey = createJourney({ published: await publishedCharts('1.2.3') })
    const missing: SourceReference = {
      key: 'm',
      type: 'helm-http',
      url: 'https://nowhere.example.com',
      chart: 'x',
      version: '1.0.0',
    }
    const { sources, faults } = await journey.fetch([missing, chartReference('1.2.3'), missing])
    expect([sources.size, faults().length]).toEqual([1, 1])
  })

  test('progress is told by key', async () => {
    const seen: string[] = []
    const reference = chartReference('1.2.3')
    const size = (await chartArchive('app', '1.2.3')).length
    await createJourney({ published: await publishedCharts('1.2.3') }).fetch([reference], {
      onProgress: ({ key, receivedBytes, totalBytes }) => seen.push(`${key} ${receivedBytes}/${totalBytes}`),
    })
    expect(seen).toEqual([`${reference.key} ${size}/${size}`])
  })
})

describe('credentials', () => {
  const reference = {
    ...chartReference('1.2.3'),
    credentials: { namespace: 'ns', name: 'creds' },
  } as SourceReference

  test('a missing Secret is an error, not an anonymous request', async () => {
    const journey = createJourney({ published: await publishedCharts('1.2.3') })
    expect((await journey.fetch([reference])).faults()).toEqual([
      `sources/missing-credentials ${reference.key}: the Secret ns/creds with its credentials does not exist`,
    ])
    expect(journey.calls).toEqual([])
  })

  test('a Secret without anything of use is an error that names the keys', async () => {
    const journey = createJourney({ secrets: { 'ns/creds': { hello: 'world-secret' } } })
    const { faults, hints } = await journey.fetch([reference])
    expect(faults()[0]).toContain('holds no credentials that a source could use')
    expect(hints()[0]).toContain('`username` and `password`')
    expect([...faults(), ...hints()].join()).not.toContain('world-secret')
  })

  test('no message shows user, password or query of a URL', async () => {
    const url = 'https://user:hunter2@charts.example.com'
    const journey = createJourney({})
    const { faults, hints } = await journey.fetch([
      { key: `helm:${url}#app@1.0.0`, type: 'helm-http', url, chart: 'app', version: '1.0.0' },
      {
        key: 'remote:https://example.com/x.yaml?token=hunter2&ref=v1',
        type: 'remote',
        url: 'https://example.com/x.yaml?token=hunter2',
      },
    ])
    expect(faults()).toHaveLength(2)
    expect([...faults(), ...hints()].join('\n')).not.toMatch(/hunter2/)
  })
})

test('a fault stands at the place of the reference, and at that of its pin', async () => {
  const text = 'kind: ClusterProfile\nspec:\n  helmCharts:\n  - chartName: app\n'
  const file = { path: 'profile.yaml', text }
  const document: SourceDocument = { file, start: 0, end: text.length, value: {}, json: '{}' }
  const reference: SourceReference = {
    ...chartReference('1.2.3'),
    origin: { document, path: ['spec', 'helmCharts', 0, 'chartName'] },
  }
  const lockText = formatLock(
    new Map([[reference.key, { version: '1.2.3', digest: `sha256:${'0'.repeat(64)}` }]]),
  )
  const lock = parseLock({ path: 'fleetwright.lock', text: lockText }, () => undefined)
  const { ports } = createJourney({ published: await publishedCharts('1.2.3') })
  const diagnostics: Diagnostic[] = []
  const wanted = { references: [reference], kustomizations: [] }
  await fetchSources(wanted, ports, lock === undefined ? {} : { lock }, (each) => diagnostics.push(each))
  const places = diagnostics.flatMap(({ span, related }) => [span, ...related.map((each) => each.span)])
  expect(places.map((span) => span?.file.text.slice(span.start, span.end))).toEqual([
    'app',
    JSON.stringify(reference.key),
  ])
})

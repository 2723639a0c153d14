import { describe, expect, test } from 'vitest'
import type { PublishedSource } from '../../src/adapters/memory/memory-sources.ts'
import { createMemoryCache } from '../../src/adapters/memory/memory-sources.ts'
import type { SourceReference } from '../../src/resolve/types.ts'
import type { Pin } from '../../src/sources/types.ts'
import { chartArchive, sha256Of, tarGzOf, textsOf } from './archives.ts'
import { createJourney, lockOf } from './journey.ts'

const repository = 'https://charts.example.com'

function chartReference(version: string): SourceReference {
  return {
    key: `helm:${repository}#app@${version}`,
    type: 'helm-http',
    url: repository,
    chart: 'app',
    version,
  }
}

async function publishedCharts(...versions: string[]): Promise<Record<string, PublishedSource[]>> {
  const published = await Promise.all(
    versions.map(async (version): Promise<PublishedSource> => {
      const bytes = await chartArchive('app', version)
      return {
        offer: { name: version, digest: sha256Of(bytes), urls: [`${repository}/app-${version}.tgz`] },
        content: { type: 'bytes', bytes },
      }
    }),
  )
  return { [`${repository} app`]: published }
}

const commit = 'a'.repeat(40)
const gitUrl = 'https://git.example.com/team/base.git'
const gitReference = (ref: Record<string, string>, ignore?: string): SourceReference => ({
  key: `git:${gitUrl}@${JSON.stringify(ref)}`,
  type: 'git',
  url: gitUrl,
  ref,
  ...(ignore === undefined ? {} : { ignore }),
})
function publishedGit(
  files: Record<string, string>,
  links: Record<string, string> = {},
): PublishedSource['content'] {
  return {
    type: 'entries',
    leftOut: [],
    entries: [
      ...Object.entries(files).map(([path, text]) => ({
        path,
        type: 'file' as const,
        bytes: Buffer.from(text),
      })),
      ...Object.entries(links).map(([path, text]) => ({
        path,
        type: 'symlink' as const,
        bytes: Buffer.from(text),
      })),
    ],
  }
}

describe('an exact version', () => {
  test('is resolved on first use, and its digest is given to be recorded', async () => {
    const journey = createJourney({ published: await publishedCharts('1.2.3', '1.3.0') })
    const reference = chartReference('1.2.3')
    const { sources, pins, faults } = await journey.fetch([reference])
    expect(faults()).toEqual([])
    expect(sources.get(reference.key)?.revision).toBe('1.2.3')
    expect(textsOf(sources.get(reference.key)?.tree.files)['values.yaml']).toBe('replicas: 1 # 1.2.3\n')
    expect(pins.get(reference.key)).toEqual({
      version: '1.2.3',
      digest: sha256Of(await chartArchive('app', '1.2.3')),
      url: `${repository}/app-1.2.3.tgz`,
    })
  })

  test('is taken from the cache once a build has pinned it, without asking anybody', async () => {
    const journey = createJourney({ published: await publishedCharts('1.2.3') })
    const { pins } = await journey.fetch([chartReference('1.2.3')])
    journey.calls.length = 0
    const again = await journey.fetch([chartReference('1.2.3')], { pins })
    expect(again.sources.size).toBe(1)
    expect(journey.calls).toEqual([])
  })

  test('that was published anew with other content is an error, whether lock or build pinned it', async () => {
    const pin: Pin = {
      version: '1.2.3',
      digest: `sha256:${'0'.repeat(64)}`,
      url: `${repository}/app-1.2.3.tgz`,
    }
    const reference = chartReference('1.2.3')
    for (const options of [lockOf({ [reference.key]: pin }), { pins: new Map([[reference.key, pin]]) }]) {
      const journey = createJourney({ published: await publishedCharts('1.2.3') })
      const { sources, faults, hints } = await journey.fetch([reference], options)
      expect(sources.size).toBe(0)
      expect(faults()).toEqual([
        `sources/digest-changed ${reference.key}: 1.2.3 was pinned as sha256:${'0'.repeat(64)} and is now ${sha256Of(await chartArchive('app', '1.2.3'))}`,
      ])
      expect(hints()[0]).toContain(`fleetwright update '${reference.key}'`)
    }
  })

  test('whose bytes break the promise of the index is an error', async () => {
    const published = await publishedCharts('1.2.3')
    const [entry] = published[`${repository} app`] ?? []
    if (entry === undefined) throw new Error('no entry')
    const lying = { ...entry, offer: { ...entry.offer, digest: `sha256:${'f'.repeat(64)}` } }
    const journey = createJourney({ published: { [`${repository} app`]: [lying] } })
    expect((await journey.fetch([chartReference('1.2.3')])).faults()[0]).toMatch(
      /^sources\/wrong-digest .* the publisher promises sha256:f{64}, but the bytes are sha256:/,
    )
  })

  test('that nobody published names what there is', async () => {
    const journey = createJourney({ published: await publishedCharts('1.2.3', '2.0.0-rc.1') })
    const { faults, hints } = await journey.fetch([chartReference('1.2.4')])
    expect(faults()).toEqual([
      `sources/no-such-version helm:${repository}#app@1.2.4: no published version is or admits \`1.2.4\``,
    ])
    expect(hints()[0]).toContain('published are 2.0.0-rc.1, 1.2.3')
  })
})

describe('a name that moves', () => {
  test.each<[string, SourceReference, string]>([
    ['a range', chartReference('^1'), '`^1` is a range'],
    ['no version', chartReference(''), 'no version is given'],
    ['a branch', gitReference({ branch: 'main' }), 'the branch `main` moves'],
    ['a range of tags', gitReference({ semver: '>=1' }), '`>=1` is a range'],
    [
      'a range of an artifact',
      { key: 'oci', type: 'oci', url: 'oci://r.example.com/x', ref: { semver: '1.x' } },
      '`1.x` is a range',
    ],
    [
      'a bucket',
      { key: 'bucket', type: 'bucket', endpoint: 's3.example.com', bucket: 'b' },
      'the content of a bucket moves',
    ],
    [
      'a URL',
      { key: 'url', type: 'remote', url: 'https://example.com/x.yaml' },
      'what a URL gives may change',
    ],
  ])('%s needs a pin, and nobody is asked', async (_, reference, what) => {
    const journey = createJourney({})
    const pins = new Map([[reference.key, { version: '1.0.0', digest: sha256Of(Buffer.from('x')) }]])
    const { faults, hints } = await journey.fetch([reference], { pins })
    expect(faults()).toEqual([
      `sources/unpinned ${reference.key}: ${what}, and fleetwright.lock holds no pin for it`,
    ])
    expect(hints()[0]).toContain('fleetwright update')
    expect(journey.calls).toEqual([])
  })

  test('a Git name that turns out to be a branch needs a pin; one that is a tag does not', async () => {
    const published = {
      [gitUrl]: [
        {
          offer: { name: 'refs/heads/main', revision: commit, urls: [] },
          content: publishedGit({ 'a.yaml': 'a' }),
        },
        {
          offer: { name: 'refs/tags/v1', revision: 'b'.repeat(40), urls: [] },
          content: publishedGit({ 'a.yaml': 'b' }),
        },
      ],
    }
    const journey = createJourney({ published })
    expect((await journey.fetch([gitReference({ name: 'main' })])).faults()[0]).toContain('sources/unpinned')
    const tagged = await journey.fetch([gitReference({ name: 'v1' })])
    expect([...tagged.pins.values()]).toMatchObject([{ version: 'refs/tags/v1', revision: 'b'.repeat(40) }])
  })

  test('a range that is none is named so', async () => {
    const journey = createJourney({ published: await publishedCharts('1.0.0') })
    expect((await journey.update([chartReference('newest')])).faults()).toEqual([
      `sources/malformed-version helm:${repository}#app@newest: \`newest\` is neither a version nor a range`,
    ])
  })
})

describe('--locked and --offline', () => {
  test('a locked run refuses even an exact version that the lock does not hold', async () => {
    const journey = createJourney({ published: await publishedCharts('1.2.3') })
    const reference = chartReference('1.2.3')
    const { pins } = await journey.fetch([reference])
    journey.calls.length = 0
    expect((await journey.fetch([reference], { pins, locked: true })).faults()).toEqual([
      `sources/not-locked ${reference.key}: fleetwright.lock does not hold it, and --locked allows nothing else`,
    ])
    const lock = { entries: pins }
    expect((await journey.fetch([reference], { lock, locked: true })).sources.size).toBe(1)
    expect(journey.calls).toEqual([])
  })

  test('an offline run uses the cache, also for a version that only this machine has resolved', async () => {
    const journey = createJourney({ published: await publishedCharts('1.2.3') })
    await journey.fetch([chartReference('1.2.3')])
    journey.calls.length = 0
    expect((await journey.fetch([chartReference('1.2.3')], { offline: true })).sources.size).toBe(1)
    expect(journey.calls).toEqual([])
  })

  test('an offline run says what it lacks', async () => {
    const journey = createJourney({ published: await publishedCharts('1.2.3') })
    const reference = chartReference('1.2.3')
    expect((await journey.fetch([reference], { offline: true })).faults()).toEqual([
      `sources/not-cached ${reference.key}: it is not in the cache, and --offline allows no download`,
    ])
  })

  test('a damaged cache entry is fetched again', async () => {
    const cache = createMemoryCache()
    const journey = createJourney({ published: await publishedCharts('1.2.3'), cache })
    const reference = chartReference('1.2.3')
    const { pins } = await journey.fetch([reference])
    const digest = pins.get(reference.key)?.digest ?? ''
    await cache.write(digest, Buffer.from('damaged'))
    journey.calls.length = 0
    expect((await journey.fetch([reference], { pins })).sources.size).toBe(1)
    expect(journey.calls).toEqual([`download ${reference.key}`])
    expect(sha256Of((await cache.read(digest)) ?? Buffer.of())).toBe(digest)
  })
})

describe('fleetwright update', () => {
  test('pins ranges at the highest version, then moves them when a higher one is published', async () => {
    const reference = chartReference('^1')
    const first = await createJourney({
      published: await publishedCharts('1.2.3', '1.10.0', '2.0.0', '1.11.0-rc.1'),
    }).update([reference])
    expect(first.faults()).toEqual([])
    expect(first.moves).toMatchObject([{ key: reference.key, to: { version: '1.10.0' } }])
    const later = createJourney({ published: await publishedCharts('1.10.0', '1.11.0') })
    const second = await later.update([reference], undefined, { lock: { entries: first.lock } })
    expect(second.moves).toMatchObject([
      { key: reference.key, from: { version: '1.10.0' }, to: { version: '1.11.0' } },
    ])
    expect(
      (await later.fetch([reference], { lock: { entries: first.lock } })).sources.get(reference.key)
        ?.revision,
    ).toBe('1.10.0')
  })

  test('moves only what is named, by key, chart or repository name', async () => {
    const references = [chartReference('^1'), gitReference({ branch: 'main' })]
    const world = async (version: string, id: string) =>
      createJourney({
        published: {
          ...(await publishedCharts(version)),
          [gitUrl]: [
            {
              offer: { name: 'refs/heads/main', revision: id, urls: [] },
              content: publishedGit({ 'a.yaml': id }),
            },
          ],
        },
      })
    const { lock } = await (await world('1.0.0', commit)).update(references)
    const moved = await (
      await world('1.1.0', 'b'.repeat(40))
    ).update(references, ['base'], { lock: { entries: lock } })
    expect(moved.moves.map(({ key }) => key)).toEqual([references[1]?.key])
    const other = await (
      await world('1.1.0', 'b'.repeat(40))
    ).update(references, ['app'], { lock: { entries: lock } })
    expect(other.moves.map(({ key }) => key)).toEqual([references[0]?.key])
  })

  test('keeps the pin of what could not be resolved, and drops pins that nothing refers to', async () => {
    const reference = chartReference('^1')
    const pin: Pin = { version: '1.0.0', digest: sha256Of(Buffer.from('x')) }
    const lock = { entries: new Map([[reference.key, pin]]) }
    const failed = await createJourney({}).update([reference], undefined, { lock })
    expect(failed.faults()[0]).toContain('sources/not-found')
    expect([failed.lock.get(reference.key), failed.moves]).toEqual([pin, []])
    expect((await createJourney({}).update([], undefined, { lock })).moves).toEqual([
      { key: reference.key, from: pin },
    ])
  })
})

describe('this repository as a source', () => {
  const files = {
    'charts/app/Chart.yaml': 'name: app',
    'charts/app/values.yaml': { link: '../../shared/values.yaml' },
    'shared/values.yaml': 'a: 1',
    'bad/link': { link: '../../outside' },
    'docs/logo.png': 'x',
  }

  test('a folder is read as a checkout shows it, and needs no pin', async () => {
    const { sources, pins, faults } = await createJourney({ files }).fetch(
      [{ key: 'k', type: 'repository', path: './charts/app/' }],
      { locked: true, offline: true },
    )
    expect([faults(), pins.size]).toEqual([[], 0])
    expect(sources.get('k')?.revision).toBe('c'.repeat(40))
    expect(textsOf(sources.get('k')?.tree.files)).toEqual({
      'Chart.yaml': 'name: app',
      'values.yaml': 'a: 1',
    })
  })

  test('a folder that is not there is named with the nearest one', async () => {
    const { faults, hints } = await createJourney({ files }).fetch([
      { key: 'k', type: 'repository', path: 'charts/ap' },
    ])
    expect(faults()).toEqual(['sources/not-found k: the repository has no folder `charts/ap`'])
    expect(hints()).toEqual(['did you mean `charts/app` or `charts`?'])
  })

  test('a folder outside of the repository is not read', async () => {
    const { faults } = await createJourney({ files }).fetch([
      { key: 'k', type: 'repository', path: '../etc' },
    ])
    expect(faults()).toEqual([
      'sources/not-found k: the repository has no folder `../etc`, and nothing outside of it is read',
    ])
  })

  test('a link that leaves the repository is refused where it is needed, and nowhere else', async () => {
    const { faults, sources } = await createJourney({ files }).fetch([
      { key: 'bad', type: 'repository', path: 'bad' },
      { key: 'good', type: 'repository', path: 'shared' },
    ])
    expect(faults()).toEqual([
      'sources/escaping-link bad: the symbolic link `bad/link` leads out of the repository or to itself',
    ])
    expect([...sources.keys()]).toEqual(['good'])
  })

  test('a GitRepository with one of its own URLs is the compiled commit, with what Flux leaves out left out', async () => {
    const journey = createJourney({ files })
    const options = { ownUrls: ['git@git.example.com:team/base.git'] }
    const reference = gitReference({ branch: 'main' })
    const { sources, faults } = await journey.fetch([reference], options)
    expect(faults()).toEqual([])
    expect([...(sources.get(reference.key)?.tree.files.keys() ?? [])]).toEqual([
      'charts/app/Chart.yaml',
      'shared/values.yaml',
    ])
    expect((await journey.fetch([gitReference({ tag: 'v1' })], options)).faults()[0]).toContain(
      'sources/not-found',
    )
  })

  test('a kustomization comes with what it reaches, under the paths of the repository', async () => {
    const { sources } = await createJourney({
      files: {
        'apps/web/kustomization.yaml': 'resources: [../../base]',
        'base/kustomization.yaml': '',
        'other/x.yaml': '',
      },
    }).fetch([{ key: 'k', type: 'repository', path: 'apps/web', closure: 'kustomization' }])
    expect([...(sources.get('k')?.tree.files.keys() ?? [])].sort()).toEqual([
      'apps/web/kustomization.yaml',
      'base/kustomization.yaml',
    ])
  })

  test('a file beyond the bound of one file is left out with a note', async () => {
    const { sources, faults } = await createJourney({
      files: { 'x/a.yaml': 'a', 'x/disk.img': new Uint8Array((64 << 20) + 1) },
    }).fetch([{ key: 'k', type: 'repository', path: 'x' }])
    expect(faults()).toEqual([
      'sources/file-left-out k: `x/disk.img` has 64 MiB and is left out; files may have 64 MiB',
    ])
    expect([...(sources.get('k')?.tree.files.keys() ?? [])]).toEqual(['a.yaml'])
  })
})

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

describe('remote bases and charts of kustomizations', () => {
  const base = 'https://git.example.com/team/base.git//deploy?ref=v1'
  const page = 'https://example.com/crds.yaml'
  const own: SourceReference = { key: 'own', type: 'repository', path: '' }
  const kustomization = { key: 'own', path: '', components: [] }
  const files = { 'kustomization.yaml': 'resources: []' }
  const baseNeed = {
    text: base,
    file: 'kustomization.yaml',
    singleFile: false,
    repository: { url: gitUrl, ref: 'v1', path: 'deploy', submodules: true },
  }
  const pageNeed = { text: page, file: 'kustomization.yaml', singleFile: true }

  test('are fetched until nothing is lacking, pinned like any other, and handed over by the text that asks for them', async () => {
    const content = publishedGit(
      {
        'deploy/kustomization.yaml': `resources: [${page}, ../shared]`,
        'shared/kustomization.yaml': '',
        'unused/x.yaml': '',
      },
      { 'deploy/linked.yaml': '../shared/kustomization.yaml' },
    )
    const journey = createJourney({
      files,
      published: {
        ...(await publishedCharts('1.2.3')),
        [gitUrl]: [{ offer: { name: 'refs/tags/v1', revision: commit, urls: [] }, content }],
        [page]: [
          { offer: { name: '', urls: [page] }, content: { type: 'bytes', bytes: Buffer.from('kind: X') } },
        ],
      },
      needs: (has) => ({
        remotes: has.has(base) ? (has.has(page) ? [] : [pageNeed]) : [baseNeed],
        charts: [
          {
            key: 'the-chart',
            name: 'app',
            repo: `${repository}/`,
            version: '1.2.3',
            file: 'kustomization.yaml',
          },
        ],
      }),
    })
    const { lock, faults } = await journey.update([own], undefined, {}, [kustomization])
    expect(faults()).toEqual([])
    expect([...lock.keys()].sort()).toEqual(
      [`helm:${repository}#app@1.2.3`, `kustomize:${page}`, `kustomize:${base}`].sort(),
    )
    const { sources } = await journey.fetch([own], { lock: { entries: lock }, locked: true }, [kustomization])
    const source = sources.get('own')
    expect([...(source?.remotes.get(base)?.files.keys() ?? [])].sort()).toEqual([
      'deploy/kustomization.yaml',
      'deploy/linked.yaml',
      'shared/kustomization.yaml',
    ])
    expect(textsOf(source?.remotes.get(page)?.files)).toEqual({ 'crds.yaml': 'kind: X' })
    expect(source?.charts.get('the-chart')?.files.has('Chart.yaml')).toBe(true)
  })

  test('a base by tag is pinned on first use; a file by URL needs the lock', async () => {
    const journey = createJourney({ files, needs: () => ({ remotes: [pageNeed] }) })
    const { faults, sources } = await journey.fetch([own], {}, [kustomization])
    expect(faults()).toEqual([
      `sources/unpinned kustomize:${page}: what a URL gives may change, and fleetwright.lock holds no pin for it`,
    ])
    expect(sources.get('own')?.remotes.size).toBe(0)
  })

  test('a chain without end is stopped', async () => {
    let count = 0
    const published = new Proxy({}, {}) as Record<string, PublishedSource[]>
    for (let index = 0; index < 20; index++) {
      published[`https://example.com/${index}.yaml`] = [
        { offer: { name: '', urls: [] }, content: { type: 'bytes', bytes: Buffer.from(`kind: ${index}`) } },
      ]
    }
    const journey = createJourney({
      files,
      published,
      needs: () => ({ remotes: [{ ...pageNeed, text: `https://example.com/${count++}.yaml` }] }),
    })
    expect((await journey.update([own], undefined, {}, [kustomization])).faults()).toEqual([
      'sources/remotes-too-deep own: its remote bases go deeper than 8 levels or are more than 200',
    ])
  })

  test('what is no address of anything is named', async () => {
    const journey = createJourney({
      files,
      needs: () => ({ remotes: [{ ...pageNeed, text: 'ftp://x/y.yaml' }] }),
    })
    expect((await journey.fetch([own], {}, [kustomization])).faults()).toEqual([
      'sources/unsupported kustomize:ftp://x/y.yaml: it is no address of a Git repository or file',
    ])
  })
})

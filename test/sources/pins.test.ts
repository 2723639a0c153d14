import { describe, expect, test } from 'vitest'
import { createMemoryCache } from '../../src/adapters/memory/memory-sources.ts'
import type { SourceReference } from '../../src/resolve/types.ts'
import type { Pin } from '../../src/sources/types.ts'
import { chartArchive, sha256Of, textsOf } from './archives.ts'
import { createJourney, lockOf } from './journey.ts'
import {
  chartReference,
  commit,
  gitReference,
  gitUrl,
  publishedCharts,
  publishedGit,
  repository,
} from './published.ts'

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

  test('takes other content for an exact version only when it is named', async () => {
    const reference = chartReference('1.0.0')
    const pin: Pin = { version: '1.0.0', digest: sha256Of(Buffer.from('what it was')) }
    const lock = { entries: new Map([[reference.key, pin]]) }
    const world = { published: await publishedCharts('1.0.0') }
    const all = await createJourney(world).update([reference], undefined, { lock })
    expect(all.faults()).toEqual([expect.stringContaining('sources/digest-changed')])
    expect([all.lock.get(reference.key), all.moves]).toEqual([pin, []])
    const named = await createJourney(world).update([reference], ['app'], { lock })
    expect([named.faults(), named.moves.length]).toEqual([[], 1])
  })
})

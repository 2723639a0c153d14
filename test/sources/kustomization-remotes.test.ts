import { describe, expect, test } from 'vitest'
import type { PublishedSource } from '../../src/adapters/memory/memory-sources.ts'
import type { SourceReference } from '../../src/resolve/types.ts'
import { textsOf } from './archives.ts'
import { createJourney } from './journey.ts'
import { commit, gitUrl, publishedCharts, publishedGit, repository } from './published.ts'

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

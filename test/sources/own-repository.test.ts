import { describe, expect, test } from 'vitest'
import { textsOf } from './archives.ts'
import { createJourney } from './journey.ts'
import { gitReference } from './published.ts'

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
    expect(faults()).toEqual(['sources/file-left-out k: `x/disk.img` has more than 64 MiB and is left out'])
    expect([...(sources.get('k')?.tree.files.keys() ?? [])]).toEqual(['a.yaml'])
  })
})

import { describe, expect, test } from 'vitest'
import { kustomizationClosure } from '../../src/sources/kustomization-closure.ts'
import { followLinks } from '../../src/sources/linked-files.ts'

describe('symbolic links', () => {
  const paths = ['charts/app/Chart.yaml', 'shared/values.yaml', 'shared/deep/x.yaml']
  const follow = (links: Record<string, string>) => {
    const { files, refused } = followLinks(paths, new Map(Object.entries(links)))
    return { added: Object.fromEntries([...files].filter(([path]) => !paths.includes(path))), refused }
  }

  test.each<[string, Record<string, string>, Record<string, string>]>([
    [
      'to a file',
      { 'charts/app/values.yaml': '../../shared/values.yaml' },
      { 'charts/app/values.yaml': 'shared/values.yaml' },
    ],
    [
      'to a folder',
      { 'charts/app/deep': '../../shared/deep' },
      { 'charts/app/deep/x.yaml': 'shared/deep/x.yaml' },
    ],
    [
      'through another link',
      { link: 'shared', 'charts/app/v.yaml': '../../link/values.yaml' },
      {
        'link/values.yaml': 'shared/values.yaml',
        'link/deep/x.yaml': 'shared/deep/x.yaml',
        'charts/app/v.yaml': 'shared/values.yaml',
      },
    ],
    ['that dangles is left out', { 'charts/app/none': 'nothing.yaml' }, {}],
  ])('a link %s is followed inside the repository', (_, links, added) => {
    expect(follow(links)).toEqual({ added, refused: [] })
  })

  test.each([
    ['out of the repository', '../../../etc/passwd'],
    ['to an absolute path', '/etc/passwd'],
    ['to itself', 'self'],
    ['to a folder around it', '..'],
  ])('a link %s is refused', (_, target) => {
    expect(follow({ 'charts/app/self': target }).refused).toEqual(['charts/app/self'])
  })
})

describe('what a kustomization reaches', () => {
  const files: Record<string, string> = {
    'overlays/prod/kustomization.yaml':
      'resources: [../../base, ns.yaml]\nconfigMapGenerator:\n- name: c\n  files: [app.conf=../../conf/app.conf]\npatches:\n- path: ../../patches/replicas.yaml\n',
    'overlays/prod/ns.yaml': '',
    'overlays/dev/kustomization.yaml': '',
    'base/kustomization.yml': 'components:\n- ../components/tls\nresources: ["https://example.com/x.yaml"]',
    'base/sub/x.yaml': '',
    'components/tls/kustomization.yaml': '',
    'components/other/kustomization.yaml': '',
    'conf/app.conf': '',
    'conf/other.conf': '',
    'patches/replicas.yaml': '',
  }
  const closure = async (start: string, components?: string[]) =>
    [
      ...(await kustomizationClosure(
        {
          paths: Object.keys(files),
          read: (paths) =>
            Promise.resolve(new Map(paths.map((path) => [path, Buffer.from(files[path] ?? '')]))),
        },
        start,
        components,
      )),
    ].sort()

  test('bases, components, patches and generator files wherever they lie, and nothing else', async () => {
    expect(await closure('overlays/prod')).toEqual([
      'base/kustomization.yml',
      'base/sub/x.yaml',
      'components/tls/kustomization.yaml',
      'conf/app.conf',
      'overlays/prod/kustomization.yaml',
      'overlays/prod/ns.yaml',
      'patches/replicas.yaml',
    ])
  })

  test('components that the profile adds count as well', async () => {
    expect(await closure('overlays/dev', ['../../components/other'])).toEqual([
      'components/other/kustomization.yaml',
      'overlays/dev/kustomization.yaml',
    ])
  })

  test('a folder that is not there reaches nothing', async () => {
    expect(await closure('nowhere')).toEqual([])
  })
})

import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { packTree, tryUnpackTree } from '../../src/sources/packed-tree.ts'
import { unpack, UnpackFault, type Unpacking } from '../../src/sources/unpack.ts'
import { chartArchive, tarGzOf, tarOf, textsOf } from './archives.ts'

const chart: Unpacking = { form: 'chart', links: 'refuse' }
const tree: Unpacking = { form: 'tree', links: 'refuse' }

async function faultOf(bytes: Uint8Array, unpacking: Unpacking): Promise<string> {
  try {
    await unpack(bytes, unpacking)
    return 'unpacked'
  } catch (error) {
    if (error instanceof UnpackFault) return `${error.kind}: ${error.message}`
    throw error
  }
}

describe('an archive that would do harm is refused', () => {
  const file = { name: 'app/Chart.yaml', content: 'name: app' }
  const cases: [string, () => Promise<Buffer>, Unpacking, string][] = [
    [
      'a path that leads out',
      () => tarGzOf([file, { name: 'app/../../etc/passwd', content: 'x' }]),
      chart,
      'unsafe: `app/../../etc/passwd` leads out of the archive',
    ],
    [
      'an absolute path',
      () => tarGzOf([file, { name: '/etc/passwd', content: 'x' }]),
      tree,
      'unsafe: `/etc/passwd` is an absolute path',
    ],
    [
      'a drive of Windows',
      () => tarGzOf([file, { name: 'c:/windows', content: 'x' }]),
      tree,
      'unsafe: `c:/windows` is an absolute path',
    ],
    [
      'a backslash that leads out of a chart',
      () => tarGzOf([file, { name: 'app\\..\\..\\x', content: 'x' }]),
      chart,
      'unsafe: `app/../../x` leads out of the archive',
    ],
    [
      'a symbolic link',
      () => tarGzOf([file, { name: 'app/values.yaml', type: 'symlink', linkname: '/etc/passwd' }]),
      chart,
      'unsafe: `app/values.yaml` is a symbolic link',
    ],
    [
      'a hard link in a chart',
      () => tarGzOf([file, { name: 'app/values.yaml', type: 'link', linkname: 'app/Chart.yaml' }]),
      chart,
      'unsafe: `app/values.yaml` is a hard link',
    ],
    [
      'a hard link to a file of the machine',
      () => tarGzOf([file, { name: 'app/values.yaml', type: 'link', linkname: 'etc/passwd' }]),
      tree,
      'unsafe: `app/values.yaml` is a hard link to something outside of the archive',
    ],
    [
      'a hard link that leads out',
      () => tarGzOf([file, { name: 'app/values.yaml', type: 'link', linkname: '../etc/passwd' }]),
      tree,
      'unsafe: `../etc/passwd` leads out of the archive',
    ],
    [
      'a device',
      () => tarGzOf([file, { name: 'app/zero', type: 'character-device' }]),
      tree,
      'unsafe: `app/zero` is a device or pipe',
    ],
    [
      'a pipe',
      () => tarGzOf([file, { name: 'app/pipe', type: 'fifo' }]),
      tree,
      'unsafe: `app/pipe` is a device or pipe',
    ],
    [
      'one file twice',
      () => tarGzOf([file, { name: './app//Chart.yaml', content: 'other' }]),
      tree,
      'unsafe: `app/Chart.yaml` is in it twice',
    ],
    [
      'zeros that grow a thousandfold',
      () => Promise.resolve(gzipSync(Buffer.alloc(64 << 20))),
      chart,
      'unsafe: it unpacks to more than 200 times its size',
    ],
    [
      'a file larger than a file may be',
      () => tarOf([{ name: 'big', content: Buffer.alloc((64 << 20) + 1) }]),
      tree,
      'unsafe: `big` has 64 MiB, files may have 64 MiB',
    ],
    [
      'more files than a source may have',
      () =>
        Promise.resolve(
          Buffer.from(
            packTree(new Map(Array.from({ length: 50_001 }, (_, index) => [`f${index}`, new Uint8Array()]))),
          ),
        ),
      tree,
      'unsafe: it has more than 50000 files',
    ],
    [
      'a packed tree that leads out',
      () => Promise.resolve(Buffer.from(packTree(new Map([['../x', new Uint8Array(1)]])))),
      tree,
      'unsafe: `../x` leads out of the archive',
    ],
    [
      'damaged gzip',
      async () => (await tarGzOf([file])).subarray(0, 40),
      chart,
      'malformed: its gzip data are damaged or cut off',
    ],
    [
      'damaged tar',
      async () =>
        gzipSync((await tarOf([file, { name: 'app/x', content: 'y'.repeat(2000) }])).subarray(0, 2000)),
      chart,
      'malformed: its tar data are damaged or cut off',
    ],
    [
      'a web page',
      () => Promise.resolve(Buffer.from('<html>log in</html>')),
      chart,
      'malformed: it is no tar archive',
    ],
    [
      'a chart without Chart.yaml',
      () => tarGzOf([{ name: 'app/values.yaml', content: '' }]),
      chart,
      'malformed: it holds no Chart.yaml in its top folder',
    ],
    [
      'a chart without a top folder',
      () => tarGzOf([{ name: 'Chart.yaml', content: 'x' }]),
      chart,
      "malformed: `Chart.yaml` lies outside of the chart's folder",
    ],
  ]
  test.each(cases)('%s', async (_, make, unpacking, expected) => {
    expect(await faultOf(await make(), unpacking)).toBe(expected)
  })
})

describe('an archive is unpacked', () => {
  test('a chart loses its top folder and the byte order marks of its files', async () => {
    const files = await unpack(
      await chartArchive('app', '1.0.0', [{ name: 'app/crds/x.yaml', content: '\ufeffa: 1' }]),
      chart,
    )
    expect([...files.keys()]).toEqual([
      'Chart.yaml',
      'values.yaml',
      'templates/configmap.yaml',
      'crds/x.yaml',
    ])
    expect(textsOf(files)['crds/x.yaml']).toBe('a: 1')
  })

  test('a chart of 2,000 files is fine', async () => {
    const more = Array.from({ length: 2000 }, (_, index) => ({
      name: `app/files/${index}.json`,
      content: '{}',
    }))
    expect((await unpack(await chartArchive('app', '1.0.0', more), chart)).size).toBe(2003)
  })

  test('long names come through, whatever header carries them', async () => {
    const name = `${'folder/'.repeat(40)}file.yaml`
    expect([...(await unpack(await tarOf([{ name, content: 'x' }]), tree)).keys()]).toEqual([name])
  })

  test('a file with two names, as GNU tar writes it, comes twice', async () => {
    const archive = await tarGzOf([
      { name: 'a.yaml', content: 'x' },
      { name: 'b.yaml', type: 'link', linkname: './a.yaml' },
    ])
    expect(textsOf(await unpack(archive, tree))).toEqual({ 'a.yaml': 'x', 'b.yaml': 'x' })
  })

  test('Flux leaves links out of artifacts', async () => {
    const archive = await tarGzOf([
      { name: 'a.yaml', content: 'x' },
      { name: 'b', type: 'symlink', linkname: 'a.yaml' },
    ])
    expect([...(await unpack(archive, { form: 'tree', links: 'leave-out' })).keys()]).toEqual(['a.yaml'])
  })

  test('what macOS and old tars add is left out', async () => {
    const archive = await tarGzOf([
      { name: './._a.yaml', content: 'fork' },
      { name: 'PaxHeader/a.yaml', content: 'x' },
      { name: './a.yaml', content: 'x' },
    ])
    expect([...(await unpack(archive, tree)).keys()]).toEqual(['a.yaml'])
  })

  test.each<[string, (text: string) => Promise<Uint8Array> | Uint8Array, string]>([
    ['plain YAML', (text) => Buffer.from(text), 'content.yaml'],
    ['gzipped YAML', (text) => gzipSync(text), 'content.yaml'],
    ['tar', (text) => tarOf([{ name: 'x/a.yml', content: text }]), 'x/a.yml'],
    ['gzipped tar', (text) => tarGzOf([{ name: 'x/a.yml', content: text }]), 'x/a.yml'],
  ])('a remote URL may give %s', async (_, make, path) => {
    const files = await unpack(await make('kind: Namespace\n'), { form: 'any', links: 'refuse' })
    expect(textsOf(files)).toEqual({ [path]: 'kind: Namespace\n' })
  })
})

test('a packed tree is the same for any order of files and comes back unchanged', () => {
  const [a, b] = [new Uint8Array([1, 2]), new Uint8Array([0, 10, 13])]
  const packed = packTree(
    new Map([
      ['b\n"', b],
      ['a', a],
    ]),
  )
  expect(
    Buffer.from(packed).equals(
      packTree(
        new Map([
          ['a', a],
          ['b\n"', b],
        ]),
      ),
    ),
  ).toBe(true)
  expect(tryUnpackTree(packed)?.map(([path, bytes]) => [path, [...bytes]])).toEqual([
    ['a', [1, 2]],
    ['b\n"', [0, 10, 13]],
  ])
  expect(tryUnpackTree(packed.subarray(0, -1))).toBeUndefined()
})

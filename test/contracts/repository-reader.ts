import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RepositoryReader } from '../../src/source/repository-reader-port.ts'

/** The state of a repository that every adapter is asked to show. */
export const contractFiles = {
  'README.md': '# Fleet\n',
  'fleet/a.yaml': 'kind: A\n',
  'fleet/ü 1.yaml': 'kind: Ü\n',
  'fleet/sub/b.yaml': 'kind: B\r\n',
  'fleet-x/c.yaml': '',
  'same.yaml': 'kind: A\n',
} as const
/** Path of a symbolic link and its target. */
export const contractLink = { path: 'fleet/link.yaml', target: '../../outside.yaml' } as const
/** Bytes that are no text. */
export const contractBinary = { path: 'bin/data', bytes: new Uint8Array([0, 255, 10, 13, 254, 0]) } as const

function gitId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

/** What every RepositoryReader must do; `open` gives one that shows the files above. */
export function repositoryReaderContract(name: string, open: () => Promise<RepositoryReader>): void {
  describe(`${name} keeps the contract of a repository reader`, () => {
    test('lists every file once, sorted by code unit, with type, size and blob id', async () => {
      const text = new TextEncoder()
      const expected = [
        ...Object.entries(contractFiles).map(([path, content]) => ({
          path,
          type: 'file',
          bytes: text.encode(content),
        })),
        { path: contractLink.path, type: 'symlink', bytes: text.encode(contractLink.target) },
        { path: contractBinary.path, type: 'file', bytes: contractBinary.bytes },
      ]
        .sort((a, b) => (a.path < b.path ? -1 : 1))
        .map(({ path, type, bytes }) => ({ path, type, sizeBytes: bytes.length, id: gitId(bytes) }))
      const reader = await open()
      const sizesOf = new Map(expected.map(({ path, sizeBytes }) => [path, sizeBytes]))
      const listed = (await reader.list()).map((entry) => ({
        ...entry,
        sizeBytes: entry.sizeBytes ?? sizesOf.get(entry.path),
      }))
      expect(listed).toEqual(expected)
    })

    test('reads bytes unchanged, empty files and several paths of one content included', async () => {
      const reader = await open()
      const paths = ['same.yaml', 'fleet-x/c.yaml', 'fleet/a.yaml', contractBinary.path, 'fleet/sub/b.yaml']
      const contents = await reader.read(paths)
      expect([...contents.keys()]).toEqual(paths)
      expect(new Uint8Array(contents.get(contractBinary.path) ?? [])).toEqual(contractBinary.bytes)
      const asText = (path: string) => new TextDecoder().decode(contents.get(path))
      expect(asText('fleet/sub/b.yaml')).toBe('kind: B\r\n')
      expect(asText('fleet-x/c.yaml')).toBe('')
      expect(asText('same.yaml')).toBe(asText('fleet/a.yaml'))
    })

    test('gives the target of a symbolic link and never follows it', async () => {
      const reader = await open()
      const contents = await reader.read([contractLink.path])
      expect(new TextDecoder().decode(contents.get(contractLink.path))).toBe(contractLink.target)
    })

    test('reads nothing when asked for nothing', async () => {
      const reader = await open()
      expect((await reader.read([])).size).toBe(0)
    })

    test('a path that is not listed is our bug', async () => {
      const reader = await open()
      await expect(async () => reader.read(['nowhere.yaml'])).rejects.toThrow(
        'nowhere.yaml was asked for but never listed',
      )
    })
  })
}

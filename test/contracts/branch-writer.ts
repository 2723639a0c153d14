import { describe, expect, test } from 'vitest'
import type { BranchWriter } from '../../src/branch/branch-writer-port.ts'
import type { BranchUpdate } from '../../src/branch/types.ts'
import { gitBlobId, gitFolders } from '../../src/git/git-objects.ts'

export interface WriterUnderTest {
  readonly writer: BranchWriter
  /** Every file of the branch, by path, read by other means than the writer. */
  readonly files: (branch: string) => Promise<ReadonlyMap<string, string>>
}

/** An update that writes these files and takes these paths away. */
export function updateOf(
  files: Readonly<Record<string, string>>,
  more: Partial<Omit<BranchUpdate, 'writes' | 'texts'>> = {},
): BranchUpdate {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    branch: 'rendered',
    message: 'Render\n\nSource-Commit: x\n',
    author: { name: 'Ada Lovelace', email: 'ada@example.org' },
    committer: { name: 'fleetwright', email: 'bot@example.org' },
    date: '2026-01-02T03:04:05Z',
    removals: [],
    ...more,
    writes: new Map(entries.map(([path, text]) => [path, gitBlobId(text)])),
    texts: new Map(entries.map(([, text]) => [gitBlobId(text), text])),
  }
}

const seal = '.fleetwright/build.json'

/** What every writer promises; `create` gives one whose branch does not exist yet. */
export function branchWriterContract(name: string, create: () => Promise<WriterUnderTest>): void {
  const begun = async () => {
    const { writer, files } = await create()
    const first = {
      [seal]: '1\n',
      'clusters/a/b/u/x.yaml': 'x\n',
      'clusters/a/b/u/ü é.yaml': 'ü\n',
      'delivery/flux/a.yaml': 'd\n',
    }
    const written = await writer.write(updateOf(first))
    if (written.status !== 'written') throw new Error(written.status)
    return { writer, files, first, commit: written.commit }
  }

  describe(`${name} as a branch writer`, () => {
    test('a branch that does not exist has no commit and no files', async () => {
      const { writer } = await create()
      const state = await writer.read('rendered')
      expect(state).toEqual({ branch: 'rendered', format: 'sha1', folders: new Map(), files: new Map() })
      expect(await writer.readFiles(state, [seal])).toEqual(new Map())
    })

    test('what was written is there, and the state tells its Git ids', async () => {
      const { writer, files, first, commit } = await begun()
      expect(Object.fromEntries(await files('rendered'))).toEqual(first)
      const state = await writer.read('rendered')
      const ids = new Map(Object.entries(first).map(([path, text]) => [path, gitBlobId(text)]))
      expect(state.commit).toBe(commit)
      expect(state.files).toEqual(new Map([...ids].filter(([path]) => !path.startsWith('clusters/'))))
      const folders = gitFolders(ids)
      for (const path of ['clusters', 'clusters/a/b/u', 'delivery/flux', '.fleetwright'])
        expect(state.folders.get(path)).toBe(folders.get(path))
    })

    test('files are read by path, and those that are not there are absent', async () => {
      const { writer } = await begun()
      const state = await writer.read('rendered')
      const paths = ['clusters/a/b/u/ü é.yaml', 'clusters/a/b/none.yaml', seal, 'clusters/a/b']
      const texts = await writer.readFiles(state, paths.slice(0, 3))
      expect(Object.fromEntries(texts)).toEqual({ 'clusters/a/b/u/ü é.yaml': 'ü\n', [seal]: '1\n' })
    })

    test('an update keeps what it does not name, and empty folders go', async () => {
      const { writer, files, commit } = await begun()
      const update = updateOf(
        { [seal]: '2\n', 'clusters/a/b/v/x.yaml': 'x\n' },
        { base: commit, removals: ['clusters/a/b/u'] },
      )
      expect((await writer.write(update)).status).toBe('written')
      expect(Object.fromEntries(await files('rendered'))).toEqual({
        [seal]: '2\n',
        'clusters/a/b/v/x.yaml': 'x\n',
        'delivery/flux/a.yaml': 'd\n',
      })
      expect((await writer.read('rendered')).folders.has('clusters/a/b/u')).toBe(false)
    })

    test('a folder that is replaced holds only what is written', async () => {
      const { writer, files, commit } = await begun()
      const update = updateOf(
        { [seal]: '2\n', 'clusters/a/b/u/y.yaml': 'y\n' },
        { base: commit, removals: ['clusters/a/b/u'] },
      )
      await writer.write(update)
      const paths = [...(await files('rendered')).keys()].filter((path) => path.startsWith('clusters/'))
      expect(paths).toEqual(['clusters/a/b/u/y.yaml'])
    })

    test('of two updates of one state the second finds the branch moved, and changes nothing', async () => {
      const { writer, files, commit } = await begun()
      const [one, two] = ['one\n', 'two\n'].map((text) => updateOf({ [seal]: text }, { base: commit }))
      if (!one || !two) throw new Error('two updates')
      expect((await writer.write(one)).status).toBe('written')
      expect(await writer.write(two)).toEqual({ status: 'moved' })
      expect((await files('rendered')).get(seal)).toBe('one\n')
    })

    test('a branch that came to be meanwhile is not replaced', async () => {
      const { writer, files } = await begun()
      expect(await writer.write(updateOf({ [seal]: 'another\n' }))).toEqual({ status: 'moved' })
      expect((await files('rendered')).get(seal)).toBe('1\n')
    })
  })
}

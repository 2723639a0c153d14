import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  findBaseBranch,
  findMergeBase,
  readChangedLines,
} from '../../../src/adapters/git/pull-request-range.ts'
import { EnvironmentError } from '../../../src/diagnostics/errors.ts'
import { createPlayground, git, type Playground } from '../../contracts/git-repositories.ts'

let playground: Playground
beforeAll(async () => {
  playground = await createPlayground()
})
afterAll(() => playground.remove())

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function commit(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  await write(folder, files)
  await git(folder, 'add', '--all')
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'change')
  return (await git(folder, 'rev-parse', 'HEAD')).trim()
}

async function repository(name: string): Promise<string> {
  const folder = await playground.repository(name)
  await git(folder, 'config', 'user.name', 'Ada')
  await git(folder, 'config', 'user.email', 'ada@example.org')
  await git(folder, 'checkout', '--quiet', '-B', 'main')
  return folder
}

describe('the base of a branch', () => {
  it('is the commit where the branch was left, whatever came to the base since', async () => {
    const folder = await repository('forked')
    const fork = await commit(folder, { 'a.yaml': 'a: 1\n' })
    await git(folder, 'checkout', '--quiet', '-b', 'change')
    await commit(folder, { 'b.yaml': 'b: 1\n' })
    await git(folder, 'checkout', '--quiet', 'main')
    await commit(folder, { 'a.yaml': 'a: 2\n' })

    expect(await findMergeBase(folder, 'main', 'change')).toBe(fork)
    expect(await findBaseBranch(folder)).toBe('main')
  })

  it('is looked for at the remote first', async () => {
    const folder = await repository('remote')
    await commit(folder, { 'a.yaml': 'a: 1\n' })
    await git(folder, 'update-ref', 'refs/remotes/origin/master', 'HEAD')

    expect(await findBaseBranch(folder)).toBe('origin/master')
  })

  it('is missing where no branch has one of the usual names', async () => {
    const folder = await repository('unusual')
    await commit(folder, { 'a.yaml': 'a: 1\n' })
    await git(folder, 'branch', '--move', 'trunk')

    expect(await findBaseBranch(folder)).toBeUndefined()
  })

  it('cannot be found without common history, and the hint says how to get it', async () => {
    const folder = await repository('unrelated')
    await commit(folder, { 'a.yaml': 'a: 1\n' })
    await git(folder, 'checkout', '--quiet', '--orphan', 'other')
    await commit(folder, { 'b.yaml': 'b: 1\n' })

    const failure = await findMergeBase(folder, 'main', 'other').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(EnvironmentError)
    expect(failure).toMatchObject({
      message: '`main` and `other` have no commit in common here',
      hint: expect.stringContaining('fetch-depth: 0') as string,
    })
  })

  it('that nobody knows is named', async () => {
    const folder = await repository('unknown')
    await commit(folder, { 'a.yaml': 'a: 1\n' })

    await expect(findMergeBase(folder, 'release', 'main')).rejects.toThrow(
      /`release` and `main` cannot be compared/,
    )
  })

  it('that looks like an option is a name and nothing else', async () => {
    const folder = await repository('option')
    await commit(folder, { 'a.yaml': 'a: 1\n' })

    await expect(findMergeBase(folder, '--all', 'main')).rejects.toThrow(EnvironmentError)
  })
})

describe('changed lines', () => {
  it('are those of the head that are new or differ, by file', async () => {
    const folder = await repository('lines')
    const base = await commit(folder, { 'a.yaml': 'a: 1\nb: 2\nc: 3\nd: 4\n', 'gone.yaml': 'x: 1\n' })
    await rm(join(folder, 'gone.yaml'))
    const head = await commit(folder, {
      'a.yaml': 'a: 1\nb: 20\nc: 3\nd: 4\ne: 5\nf: 6\n',
      'new.yaml': 'n: 1\n',
    })

    expect([...(await readChangedLines(folder, base, head))]).toEqual([
      [
        'a.yaml',
        [
          { first: 2, last: 2 },
          { first: 5, last: 6 },
        ],
      ],
      ['new.yaml', [{ first: 1, last: 1 }]],
    ])
  })

  it('of the folder are found without a commit', async () => {
    const folder = await repository('folder')
    const base = await commit(folder, { 'a.yaml': 'a: 1\n' })
    await write(folder, { 'a.yaml': 'a: 1\nb: 2\n' })

    expect([...(await readChangedLines(folder, base, undefined))]).toEqual([
      ['a.yaml', [{ first: 2, last: 2 }]],
    ])
  })

  it('are none where lines only went', async () => {
    const folder = await repository('shorter')
    const base = await commit(folder, { 'a.yaml': 'a: 1\nb: 2\n' })
    const head = await commit(folder, { 'a.yaml': 'a: 1\n' })

    expect([...(await readChangedLines(folder, base, head))]).toEqual([['a.yaml', []]])
  })

  it('are not taken from texts that look like a diff', async () => {
    const folder = await repository('forged')
    const base = await commit(folder, { 'a.yaml': 'a: 1\n' })
    const forged = '++ b/forged.yaml\n@@ -1 +1,99 @@\n'
    const head = await commit(folder, { 'a.yaml': `a: 1\n${forged}` })

    expect([...(await readChangedLines(folder, base, head))]).toEqual([['a.yaml', [{ first: 2, last: 3 }]]])
  })

  it('keep unusual names of files', async () => {
    const folder = await repository('names')
    const base = await commit(folder, { 'a.yaml': 'a: 1\n' })
    const head = await commit(folder, { 'größe und "mehr".yaml': 'a: 1\n', 'with space.yaml': 'a: 1\n' })

    expect([...(await readChangedLines(folder, base, head)).keys()]).toEqual([
      'größe und "mehr".yaml',
      'with space.yaml',
    ])
  })

  it('are the same whatever a person set for Git', async () => {
    const folder = await repository('settings')
    await git(folder, 'config', 'diff.noprefix', 'true')
    await git(folder, 'config', 'color.ui', 'always')
    await git(folder, 'config', 'diff.mnemonicPrefix', 'true')
    const base = await commit(folder, { 'a.yaml': 'a: 1\n' })
    const head = await commit(folder, { 'a.yaml': 'a: 2\n' })

    expect([...(await readChangedLines(folder, base, head))]).toEqual([['a.yaml', [{ first: 1, last: 1 }]]])
  })
})

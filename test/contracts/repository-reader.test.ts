import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFolderReader } from '../../src/adapters/disk/folder-reader.ts'
import { createCommitReader } from '../../src/adapters/git/commit-reader.ts'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import { readRepository } from '../../src/source/source.ts'
import { contractBinary, contractFiles, contractLink, repositoryReaderContract } from './repository-reader.ts'

/** The digest does not look into documents. */
const noYaml = { parseYaml: (texts: readonly string[]) => Promise.resolve(texts.map(() => [])) }

const run = promisify(execFile)
const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false']
const at = { GIT_AUTHOR_DATE: '2026-01-02T03:04:05+01:00', GIT_COMMITTER_DATE: '2026-01-02T03:04:05+01:00' }

async function git(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: folder, env: { ...process.env, ...at } })
  return stdout.trim()
}

async function writeFiles(folder: string): Promise<void> {
  const files: [string, string | Uint8Array][] = [
    ...Object.entries(contractFiles),
    [contractBinary.path, contractBinary.bytes],
  ]
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  await symlink(contractLink.target, join(folder, contractLink.path))
}

let root = ''
const place = (name: string) => join(root, name)

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fleetwright-readers-'))
  await writeFiles(place('plain'))
  await mkdir(place('work'))
  await git(place('work'), 'init', '-q', '-b', 'main')
  await writeFiles(place('work'))
  await git(place('work'), ...author, '-c', 'core.autocrlf=false', 'add', '-A')
  await git(place('work'), ...author, 'commit', '-q', '-m', 'Begin')
  await git(place('work'), 'config', 'uploadpack.allowFilter', 'true')
  await git(place('work'), 'config', 'uploadpack.allowAnySHA1InWant', 'true')
  const url = pathToFileURL(place('work')).href
  await git(root, 'clone', '-q', '--bare', url, 'bare.git')
  await git(root, 'clone', '-q', '--bare', '--depth=1', url, 'shallow.git')
  await git(root, 'clone', '-q', '--bare', '--filter=blob:none', url, 'blobless.git')
})
afterAll(() => rm(root, { recursive: true, force: true }))

const memoryFiles = {
  ...contractFiles,
  [contractBinary.path]: contractBinary.bytes,
  [contractLink.path]: { link: contractLink.target },
}

repositoryReaderContract('memory', () => Promise.resolve(createMemoryReader(memoryFiles)))
repositoryReaderContract('a folder', () => createFolderReader(place('plain')))
repositoryReaderContract('a Git work tree', () => createFolderReader(place('work')))
repositoryReaderContract('a commit', () => createCommitReader(place('work'), 'main'))
repositoryReaderContract('a commit of a bare clone', () => createCommitReader(place('bare.git'), 'HEAD'))
repositoryReaderContract('a commit of a shallow clone', () =>
  createCommitReader(place('shallow.git'), 'main'),
)
repositoryReaderContract('a commit of a blobless clone', () =>
  createCommitReader(place('blobless.git'), 'main'),
)

describe('readers', () => {
  test('memory, folder, work tree and every kind of clone give the same digest', async () => {
    const readers = [
      createMemoryReader(memoryFiles),
      await createFolderReader(place('plain')),
      await createFolderReader(place('work')),
      await createCommitReader(place('work'), 'main'),
      await createCommitReader(place('blobless.git'), 'main'),
    ]
    const digests = await Promise.all(
      readers.map(async (reader) => {
        const repository = await readRepository(reader, { include: [], exclude: [] }, noYaml, () => undefined)
        return repository.digest
      }),
    )
    expect(new Set(digests).size).toBe(1)
  })

  test('a commit tells its id, its time in UTC and its author', async () => {
    const { revision } = await createCommitReader(place('bare.git'), 'main')
    const commit = await git(place('work'), 'rev-parse', 'HEAD')
    expect(revision).toEqual({
      commit,
      committedAt: '2026-01-02T02:04:05Z',
      author: { name: 'Ada', email: 'ada@example.org' },
    })
  })

  test('a commit in another encoding tells its author as Git does', async () => {
    const folder = place('latin')
    await mkdir(folder)
    await git(folder, 'init', '-q', '-b', 'main')
    const person = ['-c', 'i18n.commitEncoding=ISO-8859-1', '-c', 'user.email=zoe@example.org']
    const script = `GIT_AUTHOR_NAME=$(printf 'Zo\\353') exec git "$@"`
    const args = [...author, ...person, 'commit', '-q', '--allow-empty', '-m', 'Begin']
    await run('sh', ['-c', script, 'sh', ...args], { cwd: folder, env: { ...process.env, ...at } })
    const { revision } = await createCommitReader(folder, 'main')
    expect(revision.author).toEqual({ name: 'Zo\u00eb', email: 'zoe@example.org' })
  })

  test('a blobless clone fetches all missing files in one batch', async () => {
    await git(
      root,
      'clone',
      '-q',
      '--bare',
      '--filter=blob:none',
      pathToFileURL(place('work')).href,
      'counted.git',
    )
    const trace = place('trace.json')
    process.env.GIT_TRACE2_EVENT = trace
    try {
      const reader = await createCommitReader(place('counted.git'), 'main')
      await reader.read((await reader.list()).map(({ path }) => path))
    } finally {
      delete process.env.GIT_TRACE2_EVENT
    }
    const fetches = (await readFile(trace, 'utf8'))
      .split('\n')
      .filter((line) => line.includes('"argv":["git"') && line.includes('"fetch"'))
    expect(fetches).toHaveLength(1)
  })

  test('a folder leaves out what .gitignore names, and .git in any case', async () => {
    const folder = place('ignoring')
    await mkdir(join(folder, 'build'), { recursive: true })
    await git(folder, 'init', '-q')
    await writeFile(join(folder, '.gitignore'), 'build/\n*.tmp\n')
    await writeFile(join(folder, 'build', 'a.yaml'), 'a: 1\n')
    await writeFile(join(folder, 'b.tmp'), '')
    await writeFile(join(folder, 'new.yaml'), 'a: 1\n')
    const reader = await createFolderReader(folder)
    expect((await reader.list()).map(({ path }) => path)).toEqual(['.gitignore', 'new.yaml'])
  })

  test('a repository inside the folder is a submodule, whose files do not count', async () => {
    const folder = place('outer')
    await mkdir(join(folder, 'inner'), { recursive: true })
    await git(join(folder, 'inner'), 'init', '-q')
    await writeFile(join(folder, 'inner', 'x.yaml'), 'a: 1\n')
    await writeFile(join(folder, 'a.yaml'), 'a: 1\n')
    const reader = await createFolderReader(folder)
    expect(await reader.list()).toMatchObject([
      { path: 'a.yaml' },
      { path: 'inner', type: 'submodule', id: '' },
    ])
  })

  test.each([
    [
      'a revision that is not there',
      () => createCommitReader(place('bare.git'), 'nowhere'),
      'has no commit `nowhere`',
      'git fetch --depth=1',
    ],
    [
      'a revision that looks like an option',
      () => createCommitReader(place('bare.git'), '--all'),
      'has no commit `--all`',
      'git fetch',
    ],
    [
      'a range of revisions',
      () => createCommitReader(place('bare.git'), 'main..main'),
      'has no commit `main..main`',
      'git fetch',
    ],
    [
      'a revision that is no commit',
      () => createCommitReader(place('bare.git'), 'main^{tree}'),
      'has no commit `main^{tree}`',
      'git fetch',
    ],
    [
      'a folder that is no repository',
      () => createCommitReader(place('plain'), 'main'),
      'cannot be read as a Git repository',
      '--worktree',
    ],
    [
      'a folder that is not there',
      () => createCommitReader(place('nowhere'), 'main'),
      'was not found',
      'see that the folder exists',
    ],
    [
      'a folder that cannot be listed',
      () => createFolderReader(place('nowhere')),
      'could not open',
      'see that the folder exists',
    ],
  ])('%s is an environment error with a hint', async (_, open, message, hint) => {
    const error: unknown = await open().then(
      () => undefined,
      (cause: unknown) => cause,
    )
    expect(error).toBeInstanceOf(EnvironmentError)
    expect(error).toMatchObject({ retryable: false })
    expect((error as EnvironmentError).message).toContain(message)
    expect((error as EnvironmentError).hint).toContain(hint)
  })

  test('a blobless clone whose remote is gone is a retryable environment error', async () => {
    await git(
      root,
      'clone',
      '-q',
      '--bare',
      '--filter=blob:none',
      pathToFileURL(place('work')).href,
      'orphan.git',
    )
    await git(place('orphan.git'), 'config', 'remote.origin.url', pathToFileURL(place('gone')).href)
    const reader = await createCommitReader(place('orphan.git'), 'main')
    await expect(reader.read(['README.md'])).rejects.toMatchObject({
      name: 'EnvironmentError',
      retryable: true,
    })
  })
})

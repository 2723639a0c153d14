import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { createRepositories } from '../../../src/adapters/git/repositories/repositories.ts'
import type { Repositories } from '../../../src/review/repositories-port.ts'
import { childGit, serveRepository, temporaryFolder, token } from './served-repository.ts'

const id = { installation: 12, owner: 'acme', name: 'fleet' }

interface Given {
  readonly folder?: string
  readonly maxBytes?: number
  readonly maxPacks?: number
  readonly now?: () => number
}

function create(given: Given = {}): Promise<Repositories> {
  const options = { maxBytes: 2 ** 30, now: () => Date.now(), environment: process.env }
  return createRepositories({ folder: temporaryFolder(), ...options, ...given })
}

/** Folders of the generations that are kept of a repository. */
function keptOf(folder: string, name = 'acme/fleet'): string[] {
  const place = join(folder, 'kept', '12', `${name}.git`)
  return existsSync(place) ? readdirSync(place).map((generation) => join(place, generation)) : []
}

function packsOf(kept: string, end: string): string[] {
  const folder = join(kept, 'objects', 'pack')
  return readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name))
}

function overwrite(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path)
  change(bytes)
  chmodSync(path, 0o600)
  writeFileSync(path, bytes)
}

/** Other bytes in every pack, between its header and its checksum. */
function scramble(kept: string): void {
  for (const pack of packsOf(kept, '.pack'))
    overwrite(pack, (bytes) => bytes.fill(0x55, 12, bytes.length - 20))
}

describe('what is damaged', () => {
  const damages: readonly (readonly [string, (kept: string) => void])[] = [
    [
      'a pack that was cut off',
      (kept) => {
        for (const pack of packsOf(kept, '.pack')) {
          chmodSync(pack, 0o600)
          truncateSync(pack, 60)
        }
      },
    ],
    [
      'an index that is gone',
      (kept) => {
        for (const index of packsOf(kept, '.idx')) unlinkSync(index)
      },
    ],
    [
      'a pack that is gone',
      (kept) => {
        for (const pack of packsOf(kept, '.pack')) unlinkSync(pack)
      },
    ],
    ['bytes that changed in a pack', scramble],
    [
      'bytes that changed in an index',
      (kept) => {
        for (const index of packsOf(kept, '.idx'))
          overwrite(index, (bytes) => bytes.fill(0x55, 8, bytes.length - 40))
      },
    ],
    [
      'a configuration of garbage',
      (kept) => {
        writeFileSync(join(kept, 'config'), '[[[garbage\0')
      },
    ],
    [
      'no HEAD',
      (kept) => {
        unlinkSync(join(kept, 'HEAD'))
      },
    ],
    [
      'refs of garbage',
      (kept) => {
        writeFileSync(join(kept, 'packed-refs'), `garbage\n${'1'.repeat(40)} refs/heads/main\n`)
      },
    ],
    [
      'objects that are all gone',
      (kept) => {
        rmSync(join(kept, 'objects'), { recursive: true })
      },
    ],
  ]

  test.each(damages)('%s does not keep the next work from going on', async (_, damage) => {
    const served = await serveRepository()
    served.commit({ 'a.yaml': 'a', 'dir/b.yaml': 'b' })
    const folder = temporaryFolder()
    const repositories = await create({ folder })
    const first = await repositories.open(id, served.remote)
    await first.fetch(['refs/heads/main'])
    await first.close()
    damage(keptOf(folder)[0] ?? '')
    const commit = served.commit({ 'a.yaml': 'changed' })
    const working = await repositories.open(id, served.remote)
    expect(Object.fromEntries(await working.fetch(['refs/heads/main']))).toEqual({
      'refs/heads/main': commit,
    })
    expect(await childGit(working, 'show', `${commit}:a.yaml`)).toBe('changed')
    expect(await childGit(working, 'show', `${commit}~1:dir/b.yaml`)).toBe('b')
    expect(await childGit(working, 'fsck', '--connectivity-only')).not.toContain('missing')
    await working.close()
    expect(keptOf(folder)).toHaveLength(1)
  })

  test('while it is in use is made anew once, with what was there', async () => {
    const served = await serveRepository()
    const commit = served.commit({ 'a.yaml': 'a' })
    const folder = temporaryFolder()
    const repositories = await create({ folder })
    const [one, other] = [
      await repositories.open(id, served.remote),
      await repositories.open(id, served.remote),
    ]
    await one.fetch(['refs/heads/main'])
    await other.fetch(['refs/heads/main'])
    const [damaged = ''] = keptOf(folder)
    scramble(damaged)
    served.git('branch', 'other', served.commit({ 'a.yaml': 'later' }))
    expect((await one.fetch(['refs/heads/other'])).size).toBe(1)
    expect(await one.fileId(commit, 'a.yaml')).toBe(served.git('rev-parse', `${commit}:a.yaml`))
    // What the work saw of the branch is still so.
    expect(await childGit(one, 'rev-parse', 'refs/heads/main')).toBe(commit)
    expect(keptOf(folder)).toHaveLength(2)
    expect(await other.fileId(commit, 'a.yaml')).toBe(served.git('rev-parse', `${commit}:a.yaml`))
    await one.close()
    await other.close()
    expect(keptOf(folder)).not.toContain(damaged)
    expect(keptOf(folder)).toHaveLength(1)
  })

  test('is not looked for in a remote that does not answer', async () => {
    const served = await serveRepository()
    served.commit({ 'a.yaml': 'a' })
    const folder = temporaryFolder()
    const working = await (await create({ folder })).open(id, served.remote)
    await working.fetch(['refs/heads/main'])
    const before = keptOf(folder)
    served.fail(1000)
    await expect(working.fetch(['refs/heads/main', '1'.repeat(40)])).rejects.toMatchObject({
      retryable: true,
    })
    expect(keptOf(folder)).toEqual(before)
    served.fail(0)
    await working.close()
  })
})

describe('what is kept', () => {
  test('stays within its bound: the least recently used goes, and nothing that is in use', async () => {
    const served = await serveRepository()
    served.commit({ 'a.yaml': 'a' })
    const folder = temporaryFolder()
    let time = Date.now()
    const repositories = await create({ folder, maxBytes: 1, now: () => (time += 60_000) })
    const open = async (name: string) => {
      const working = await repositories.open({ ...id, name }, served.remote)
      await working.fetch(['refs/heads/main'])
      return working
    }
    const used = await open('used')
    await (await open('old')).close()
    expect([keptOf(folder, 'acme/old'), keptOf(folder, 'acme/used').length]).toEqual([[], 1])
    await used.close()
    expect(keptOf(folder, 'acme/used')).toEqual([])
  })

  test('goes oldest first', async () => {
    const served = await serveRepository()
    served.commit({ 'a.yaml': 'a' })
    const folder = temporaryFolder()
    let time = Date.now()
    const work = async (name: string, maxBytes: number) => {
      const repositories = await create({ folder, maxBytes, now: () => (time += 60_000) })
      const working = await repositories.open({ ...id, name }, served.remote)
      await working.fetch(['refs/heads/main'])
      await working.close()
    }
    await work('first', 2 ** 30)
    await work('second', 2 ** 30)
    await work('first', 2 ** 30)
    const [kept = ''] = keptOf(folder, 'acme/first')
    const bytes = Number(readFileSync(join(kept, 'size'), 'utf8'))
    await work('third', Math.ceil(bytes * 2.5))
    const counts = ['first', 'second', 'third'].map((name) => keptOf(folder, `acme/${name}`).length)
    expect(counts).toEqual([1, 0, 1])
  })

  test('is put together when it is in many packs', async () => {
    const served = await serveRepository()
    const folder = temporaryFolder()
    const repositories = await create({ folder, maxPacks: 3 })
    const commits: string[] = []
    for (const text of ['1', '2', '3', '4', '5']) {
      commits.push(served.commit({ [`${text}.yaml`]: text }))
      const working = await repositories.open(id, served.remote)
      await working.fetch(['refs/heads/main'])
      await working.close()
    }
    expect(packsOf(keptOf(folder)[0] ?? '', '.pack').length).toBeLessThan(4)
    const count = served.requests.length
    const working = await repositories.open(id, served.remote)
    expect([...(await working.fetch(commits)).keys()]).toEqual(commits)
    expect(served.requests).toHaveLength(count)
    expect(await childGit(working, 'show', `${commits[4] ?? ''}:3.yaml`)).toBe('3')
    await working.close()
  })

  test('is forgotten when it is told to, and whoever uses it goes on', async () => {
    const served = await serveRepository()
    const commit = served.commit({ 'a.yaml': 'a' })
    const folder = temporaryFolder()
    const repositories = await create({ folder })
    const working = await repositories.open(id, served.remote)
    await working.fetch(['refs/heads/main'])
    await repositories.forget(id)
    expect(await childGit(working, 'show', `${commit}:a.yaml`)).toBe('a')
    await working.close()
    expect(keptOf(folder)).toEqual([])
  })

  test('is nowhere else than below its folder', async () => {
    const served = await serveRepository()
    const repositories = await create()
    for (const name of ['..', '.', 'a/b', '../x', '', 'a\0b', 'a\\b'])
      await expect(repositories.open({ ...id, name }, served.remote)).rejects.toThrow(
        'no name of a repository',
      )
    await expect(repositories.open({ ...id, owner: '..' }, served.remote)).rejects.toThrow('no name')
  })

  test('follows a branch that was moved by force', async () => {
    const served = await serveRepository()
    const first = served.commit({ 'a.yaml': 'a' })
    served.commit({ 'a.yaml': 'b' })
    const repositories = await create()
    const working = await repositories.open(id, served.remote)
    await working.fetch(['refs/heads/main'])
    served.git('update-ref', 'refs/heads/main', first)
    const other = served.commit({ 'a.yaml': 'c' })
    expect((await working.fetch(['refs/heads/main'])).get('refs/heads/main')).toBe(other)
    expect(await childGit(working, 'show', 'refs/heads/main:a.yaml')).toBe('c')
    await working.close()
  })

  test('holds no token, in no file of it', async () => {
    const served = await serveRepository()
    const commit = served.commit({ 'a.yaml': 'a' })
    const folder = temporaryFolder()
    const working = await (await create({ folder })).open(id, served.remote)
    await working.fetch(['refs/heads/main'])
    await working.push({ branch: 'rendered', commit, expected: undefined })
    const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    )
    expect(files.length).toBeGreaterThan(5)
    for (const file of files) {
      const text = readFileSync(join(file.parentPath, file.name), 'latin1')
      expect(text.includes(token) || text.includes(basic)).toBe(false)
    }
    await working.close()
  })
})

describe('several processes', () => {
  const script = join(import.meta.dirname, 'work-for-ever.ts')
  const start = async (folder: string, url: string) => {
    const child = spawn(process.execPath, [script, folder, url], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface(child.stdout)
    const [line] = (await once(lines, 'line')) as [string]
    return { child, folder: line }
  }

  test('share one first fetch', async () => {
    const served = await serveRepository()
    served.commit({ 'a.yaml': 'a' })
    const folder = temporaryFolder()
    const [one, other] = await Promise.all([
      start(folder, served.remote.url),
      start(folder, served.remote.url),
    ])
    expect(keptOf(folder)).toHaveLength(1)
    expect(packsOf(keptOf(folder)[0] ?? '', '.pack')).toHaveLength(1)
    expect(dirname(one.folder)).not.toBe(dirname(other.folder))
    for (const { child } of [one, other]) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })

  test('that were killed leave nothing behind for long, and nothing locked', async () => {
    const served = await serveRepository()
    served.commit({ 'a.yaml': 'a' })
    const folder = temporaryFolder()
    const [killed, living] = [await start(folder, served.remote.url), await start(folder, served.remote.url)]
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    const repositories = await create({ folder, maxBytes: 0 })
    expect([existsSync(killed.folder), existsSync(living.folder)]).toEqual([false, true])
    // In use by the one that lives, whatever the bound is.
    await (await repositories.open(id, served.remote)).close()
    expect(keptOf(folder)).toHaveLength(1)
    living.child.kill('SIGKILL')
    await once(living.child, 'exit')
    await create({ folder })
    await (await repositories.open(id, served.remote)).close()
    expect(keptOf(folder)).toEqual([])
  })
})

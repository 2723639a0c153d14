import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createObjectReader } from '../../../src/adapters/git/object-reader.ts'
import { createPlayground, git, type Playground } from '../../contracts/git-repositories.ts'

let playground: Playground
let repository = ''
beforeEach(async () => {
  playground = await createPlayground()
  repository = await playground.repository('r')
})
afterEach(() => playground.remove())

const asAda = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']

async function commit(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) await writeFile(join(repository, path), content)
  await git(repository, 'add', '-A')
  await git(repository, ...asAda, 'commit', '--quiet', '-m', 'Change')
}

/** How often git was started as `cat-file` meanwhile. */
async function countProcesses(work: () => Promise<unknown>): Promise<number> {
  const trace = join(playground.folder, 'trace.json')
  process.env.GIT_TRACE2_EVENT = trace
  try {
    await work()
  } finally {
    delete process.env.GIT_TRACE2_EVENT
  }
  const lines = (await readFile(trace, 'utf8')).split('\n')
  return lines.filter((line) => line.includes('"event":"start"') && line.includes('"cat-file"')).length
}

describe('objects', () => {
  test('are those of the names, in their order; what is not there is undefined', async () => {
    await commit({ 'a b.txt': 'one\n', empty: '' })
    const objects = createObjectReader(repository)
    const names = [
      'HEAD:a b.txt',
      'HEAD:no such file',
      'HEAD:empty',
      'HEAD\n',
      'HEAD^{commit}',
      'HEAD:a b.txt',
    ]
    const found = await objects.read(names, 'read')
    expect(found.map((object) => object && [object.type, object.bytes.toString().slice(0, 4)])).toEqual([
      ['blob', 'one\n'],
      undefined,
      ['blob', ''],
      undefined,
      ['commit', 'tree'],
      ['blob', 'one\n'],
    ])
    expect(found[4]?.id).toBe((await git(repository, 'rev-parse', 'HEAD')).trim())
    expect(await objects.read([], 'read')).toEqual([])
  })

  test('are whole whatever their size and their bytes', async () => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * index) % 251)
    const header = `${'a'.repeat(40)} blob 5\n`
    await commit({ large: bytes, header, last: 'end' })
    const objects = createObjectReader(repository)
    const [large, like, last] = await objects.read(['HEAD:large', 'HEAD:header', 'HEAD:last'], 'read')
    expect(large && Buffer.compare(large.bytes, bytes)).toBe(0)
    expect([like, last].map((object) => object?.bytes.toString())).toEqual([header, 'end'])
  })

  test('that are written later are found', async () => {
    const objects = createObjectReader(repository)
    expect(await objects.read(['refs/heads/main^{commit}'], 'read')).toEqual([undefined])
    await commit({ a: 'one' })
    expect(await objects.read(['refs/heads/main:a'], 'read')).toMatchObject([{ type: 'blob' }])
    await commit({ a: 'two' })
    await git(repository, 'repack', '-adq')
    const [found] = await objects.read(['refs/heads/main:a'], 'read')
    expect(found?.bytes.toString()).toBe('two')
  })
})

describe('the process', () => {
  test('is one for all questions, also for those that are asked side by side', async () => {
    await commit({ a: 'one', b: 'two' })
    const count = await countProcesses(async () => {
      const objects = createObjectReader(repository)
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          objects.read([index % 2 === 0 ? 'HEAD:a' : 'HEAD:b'], 'read'),
        ),
      )
      expect(answers.map(([object]) => object?.bytes.toString()).slice(0, 3)).toEqual(['one', 'two', 'one'])
      await objects.read(['HEAD:a'], 'read')
      objects.close()
      // Not before the process has written that it was started.
      await objects.read(['HEAD:a'], 'read')
    })
    expect(count).toBe(2)
  })

  test('for many objects is one of its own, also when several ask for a part of them', async () => {
    const files = Array.from({ length: 400 }, (_, index) => [`f${index}`, `text ${index}`] as const)
    await commit(Object.fromEntries(files))
    const count = await countProcesses(async () => {
      const objects = createObjectReader(repository)
      const parts = [files.slice(0, 20), files.slice(20, 200), files.slice(200)]
      const answers = await Promise.all([
        ...parts.map((part) =>
          objects.read(
            part.map(([path]) => `HEAD:${path}`),
            'read',
          ),
        ),
        objects.read(['HEAD:nothing'], 'read'),
      ])
      expect(answers.flat().map((object) => object?.bytes.toString())).toEqual([
        ...files.map(([, text]) => text),
        undefined,
      ])
      expect(await objects.read(['HEAD:f7'], 'read')).toMatchObject([{ type: 'blob' }])
    })
    expect(count).toBe(2)
  })

  test('that fails says why to all who asked, and the next question starts another', async () => {
    const folder = join(playground.folder, 'later')
    await writeFile(folder, '')
    await rm(folder)
    const objects = createObjectReader(folder)
    await expect(objects.read(['HEAD'], 'read')).rejects.toMatchObject({
      name: 'EnvironmentError',
      message: `git or the folder ${folder} was not found`,
    })
    const nowhere = createObjectReader(playground.folder)
    const asked = await Promise.allSettled([
      nowhere.read(['HEAD'], 'find one'),
      nowhere.read(['HEAD'], 'find two'),
    ])
    expect(asked).toMatchObject(
      ['find one', 'find two'].map((operation) => ({
        status: 'rejected',
        reason: { name: 'EnvironmentError', operation, retryable: false },
      })),
    )
    await git(playground.folder, 'init', '--quiet')
    expect(await nowhere.read(['HEAD'], 'read')).toEqual([undefined])
  })

  test('does not keep ours alive', async () => {
    const reader = new URL('../../../src/adapters/git/object-reader.ts', import.meta.url).href
    const script = `
      const { createObjectReader } = await import(${JSON.stringify(reader)})
      const [found] = await createObjectReader('.').read(['HEAD'], 'read')
      console.log(found)
      setTimeout(() => console.log('still here'), 1500).unref()`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { cwd: repository, timeout: 20_000 },
    )
    expect(stdout).toBe('undefined\n')
  })
})

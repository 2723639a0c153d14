import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { createSqliteWork, type SqliteWorkOptions } from '../../../src/adapters/queue/sqlite-work.ts'
import { EnvironmentError } from '../../../src/diagnostics/errors.ts'
import { newSqliteFile } from '../../contracts/queue-places.ts'
import { workOf } from '../../contracts/work-queue.ts'

type SqliteWork = Awaited<ReturnType<typeof createSqliteWork>>

async function newFile(): Promise<string> {
  return (await newSqliteFile()).file
}

async function open(file: string, options: Omit<SqliteWorkOptions, 'file'> = {}): Promise<SqliteWork> {
  const opened = await createSqliteWork({ file, ...options })
  onTestFinished(async () => {
    await opened.queue.close()
    await opened.state.close()
  })
  return opened
}

async function refused(file: string): Promise<EnvironmentError> {
  const error: unknown = await createSqliteWork({ file }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof EnvironmentError) return error
  throw new Error('it was opened')
}

test('a file that is no database is refused, and the hint says what to do with it', async () => {
  const file = await newFile()
  await writeFile(file, 'not a database, '.repeat(1000))
  const error = await refused(file)
  expect(error).toMatchObject({ adapter: 'queue', retryable: false })
  expect(error.hint).toContain(`${file} is damaged`)
})

test('a damaged page is found when the file is opened', async () => {
  const file = await newFile()
  const { queue, state } = await createSqliteWork({ file })
  await state.put(new Map(Array.from({ length: 200 }, (_, index) => [`key-${index}`, 'x'.repeat(500)])))
  await queue.close()
  await state.close()
  const bytes = await readFile(file)
  await writeFile(file, bytes.fill(0xaa, bytes.length - 4 * 4096, bytes.length - 4096))
  const error = await refused(file)
  expect(`${error.message} ${error.hint}`).toContain(file)
  expect(error.retryable).toBe(false)
})

test('a file that cannot be there is refused by its name', async () => {
  const file = await newFile()
  await writeFile(file, '')
  const below = join(file, 'queue.db')
  expect((await refused(below)).hint).toContain(below)
  const folder = `${file}-folder`
  await mkdir(folder)
  expect((await refused(folder)).hint).toContain(folder)
})

test('a file of a newer version, and one of something else, are left alone', async () => {
  const file = await newFile()
  const { queue, state } = await createSqliteWork({ file })
  await queue.close()
  await state.close()
  const newer = new DatabaseSync(file)
  newer.exec('PRAGMA user_version = 7')
  newer.close()
  expect((await refused(file)).message).toBe(
    `${file} was written by a newer fleetwright: it has schema version 7, and this one knows 1`,
  )
  const other = join(dirname(file), 'other.db')
  const foreign = new DatabaseSync(other)
  foreign.exec('CREATE TABLE theirs (a)')
  foreign.close()
  expect((await refused(other)).message).toBe(`${other} is a database of something else`)
})

test('a claim of a process that is known to be dead does not wait for its lease', async () => {
  const file = await newFile()
  const { queue } = await open(file)
  await queue.add([workOf('a')])
  const program = join(import.meta.dirname, '../../contracts/queue-process.ts')
  const place = { backend: 'sqlite', file }
  const args = [place, { leaseMs: 3_600_000 }, 'claim', null].map((value) => JSON.stringify(value))
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(createInterface(child.stdout), 'line')
  expect(await queue.claim('one')).toBeUndefined()
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  const claim = await queue.claim('one')
  // Where the system does not tell who lives, the lease decides.
  if (process.platform === 'linux') expect([claim?.work.key, claim?.attempt]).toEqual(['a', 2])
})

test('deliveries are remembered for three days', async () => {
  let now = Date.UTC(2026, 0, 1)
  const { queue } = await open(await newFile(), { now: () => now })
  const add = (): Promise<boolean> => queue.add([], { delivery: 'one' })
  expect(await add()).toBe(true)
  now += 3 * 24 * 3_600_000 - 1
  expect(await add()).toBe(false)
  now += 1
  expect(await add()).toBe(true)
})

test('leases go by the clock that is given', async () => {
  let now = Date.UTC(2026, 0, 1)
  const { state } = await open(await newFile(), { now: () => now })
  expect(await state.lease('a', 'one', 1000)).toBe(true)
  now += 999
  expect(await state.lease('a', 'two', 1000)).toBe(false)
  now += 1
  expect(await state.lease('a', 'two', 1000)).toBe(true)
})

test('a put that fails in part changes nothing, and takes no other along', async () => {
  const { state } = await open(await newFile())
  const unstorable = Symbol('nothing that can be kept') as unknown as string
  const [failed, kept] = await Promise.allSettled([
    state.put(new Map([['a', '1'], ['b', unstorable]])), // prettier-ignore
    state.put(new Map([['c', '1']])),
  ])
  expect([failed.status, kept.status]).toEqual(['rejected', 'fulfilled'])
  expect([...(await state.list('')).keys()]).toEqual(['c'])
})

test('a program that used the queue prints no warning and ends by itself', async () => {
  const module = join(import.meta.dirname, '../../../src/adapters/queue/sqlite-work.ts')
  const program = `
    const { createSqliteWork } = await import(${JSON.stringify(module)})
    const { queue, state } = await createSqliteWork({ file: ${JSON.stringify(await newFile())} })
    await queue.add([{ key: 'a', lane: 'a', priority: 1, work: 1 }])
    await queue.claim('one')
    await queue.close()
    await state.close()`
  const { stderr } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module', '--eval', program],
  ])
  expect(stderr).toBe('')
})

test('work whose lease ran out comes before what was asked for at the same moment', async () => {
  const file = await newFile()
  let now = 1000
  const options = { leaseMs: 500, now: () => now }
  const [lost, other] = [await open(file, options), await open(file, options)]
  await lost.queue.add([workOf('a', { lane: 'x' }), workOf('b', { lane: 'x' })])
  expect((await lost.queue.claim('one'))?.work.key).toBe('a')
  now += 501
  const claim = await other.queue.claim('two')
  expect([claim?.work.key, claim?.attempt]).toEqual(['a', 2])
})

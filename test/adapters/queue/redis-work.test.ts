import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { generate } from 'selfsigned'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { connectRedis } from '../../../src/adapters/queue/redis-connection.ts'
import { createRedisWork, type RedisWorkOptions } from '../../../src/adapters/queue/redis-work.ts'
import { EnvironmentError } from '../../../src/diagnostics/errors.ts'
import type { ClaimAborted } from '../../../src/review/work-queue-port.ts'
import {
  redisBinary,
  startRedis,
  type RedisServer,
  type RedisServerOptions,
} from '../../contracts/redis-server.ts'
import { claimSoon, workOf } from '../../contracts/work-queue.ts'

async function start(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  return server
}

type RedisWork = Awaited<ReturnType<typeof createRedisWork>>

async function open(options: RedisWorkOptions): Promise<RedisWork> {
  const opened = await createRedisWork(options)
  onTestFinished(async () => {
    await opened.queue.close()
    await opened.state.close()
  })
  return opened
}

async function failure(call: Promise<unknown>): Promise<EnvironmentError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof EnvironmentError) return error
  throw new Error('it did not fail')
}

const secret = 'p@ss/word'

describe.skipIf(redisBinary() === undefined)('Redis', () => {
  test('a password of the URL opens the server, and stands in no message', async () => {
    const server = await start({ password: secret })
    const { state } = await open({ url: server.url })
    await state.put(new Map([['a', '1']]))
    expect(await state.get('a')).toBe('1')
    const wrong = server.url.replace(encodeURIComponent(secret), 'wr0ng-one')
    const error = await failure(createRedisWork({ url: wrong, timeoutMs: 500 }))
    expect(error.message).toContain(`Redis at redis://127.0.0.1:${server.port} `)
    const all = JSON.stringify([error.message, error.hint, error.stack, String(error.cause), error.cause])
    expect(all).not.toContain('wr0ng-one')
  })

  test('a URL that is none is not repeated', async () => {
    const error = await failure(createRedisWork({ url: `http://:${secret}@host` }))
    expect([error.message, error.retryable]).toEqual(['REDIS_URL is no URL of a Redis server', false])
  })

  test('nobody there → an error that names the place, within the time', async () => {
    const listener = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => listener.once('listening', resolve))
    const address = listener.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    await new Promise((resolve) => listener.close(resolve))
    const error = await failure(createRedisWork({ url: `redis://127.0.0.1:${port}`, timeoutMs: 300 }))
    expect(error).toMatchObject({ adapter: 'queue', retryable: true })
    expect(error.message).toContain(`redis://127.0.0.1:${port}`)
    expect(error.message).toContain('ECONNREFUSED')
  })

  test('rediss:// speaks TLS, and trusts only who is known', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'redis-tls-'))
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    await writeFile(tls.cert, made.cert)
    await writeFile(tls.key, made.private)
    const server = await start({ tls })
    expect((await failure(createRedisWork({ url: server.url, timeoutMs: 500 }))).retryable).toBe(true)
    const module = join(import.meta.dirname, '../../../src/adapters/queue/redis-work.ts')
    const program = `
      const { createRedisWork } = await import(${JSON.stringify(module)})
      const { queue, state } = await createRedisWork({ url: ${JSON.stringify(server.url)} })
      await state.put(new Map([['a', 'over TLS']]))
      console.log(await state.get('a'))
      await queue.close()
      await state.close()`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: tls.cert } },
    )
    expect(stdout).toBe('over TLS\n')
  })

  test('the server is away → add fails for now, claims are lost, and later everything goes on', async () => {
    const server = await start()
    const { queue } = await open({ url: server.url, timeoutMs: 300, leaseMs: 800, renewMs: 100 })
    await queue.add([workOf('a')], { delivery: 'one' })
    const claim = await claimSoon(queue)
    server.pause()
    const error = await failure(queue.add([workOf('b')]))
    expect([error.adapter, error.retryable]).toEqual(['queue', true])
    await vi.waitFor(
      () => {
        expect((claim.signal.reason as ClaimAborted | undefined)?.reason).toBe('lost')
      },
      { timeout: 5000 },
    )
    expect((await failure(queue.claim('one'))).retryable).toBe(true)
    server.resume()
    await vi.waitFor(
      async () => {
        expect(await queue.add([workOf('b')], { delivery: 'two' })).toBeTypeOf('boolean')
      },
      { timeout: 10_000 },
    )
    const claims = [await claimSoon(queue), await claimSoon(queue)]
    expect(claims.map(({ work, attempt }) => `${work.key} ${attempt}`).sort()).toEqual(['a 2', 'b 1'])
  })

  test('what was taken is there when the server starts again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'))
    const first = await start({ folder })
    const { queue } = await open({ url: first.url, timeoutMs: 1000, leaseMs: 1500, renewMs: 100 })
    await queue.add([workOf('a'), workOf('b')], { delivery: 'one' })
    const claim = await claimSoon(queue)
    await first.stop()
    // It was done, but nobody could be told.
    expect((await failure(claim.done())).retryable).toBe(true)
    await start({ folder, port: first.port })
    const claims = [await claimSoon(queue), await claimSoon(queue)]
    expect(claims.map(({ work, attempt }) => `${work.key} ${attempt}`)).toEqual(['b 1', 'a 2'])
    expect(claims.map(({ deliveries }) => deliveries)).toEqual([['one'], ['one']])
  })

  test('what was given up while the server did not answer is not done when it is back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'))
    const first = await start({ folder })
    const { queue } = await open({ url: first.url, timeoutMs: 300 })
    first.pause()
    expect((await failure(queue.add([workOf('a')]))).retryable).toBe(true)
    await first.kill()
    await start({ folder, port: first.port })
    await vi.waitFor(() => queue.add([workOf('b')]))
    expect((await claimSoon(queue)).work.key).toBe('b')
    expect(await queue.depth()).toMatchObject({ waiting: 0, active: 1 })
  })

  test('a process that dies before BullMQ has its work loses nothing', async () => {
    const server = await start()
    const prefix = '{fleetwright}'
    const dying = await connectRedis({ url: server.url, prefix, timeoutMs: 5000 })
    await dying.run('add', ['one', 0, 1000, 'a', 'x', 3, '"work"'], 'add work')
    dying.close()
    const { queue } = await open({ url: server.url, prefix })
    const claim = await claimSoon(queue)
    expect([claim.work.work, claim.attempt, claim.deliveries]).toEqual(['work', 1, ['one']])
  })

  test('a process that dies right after it finished leaves nothing that is done again', async () => {
    const server = await start()
    const prefix = '{fleetwright}'
    const first = await createRedisWork({ url: server.url, leaseMs: 300, renewMs: 100 })
    await first.queue.add([workOf('a', { lane: 'x' }), workOf('b', { lane: 'x' })])
    await claimSoon(first.queue)
    expect(await first.queue.claim('two')).toBeUndefined()
    const dying = await connectRedis({ url: server.url, prefix, timeoutMs: 5000 })
    const token = await dying.client.hget(`${prefix}:claim:x`, 'token')
    await dying.run('done', ['x', token ?? ''], 'finish work')
    dying.close()
    await first.queue.close()
    await first.state.close()
    const { queue } = await open({ url: server.url })
    const claim = await claimSoon(queue)
    expect([claim.work.key, claim.attempt]).toEqual(['b', 1])
    await claim.done()
    expect(await queue.depth()).toEqual({ waiting: 0, active: 0, oldestMs: 0 })
  })

  test('work that is done leaves nothing behind but its delivery', async () => {
    const server = await start()
    const { queue } = await open({ url: server.url })
    for (const key of ['a', 'b', 'c', 'a']) await queue.add([workOf(key, { lane: 'x' })], { delivery: key })
    await queue.add([workOf('d', { lane: 'x' })])
    const first = await claimSoon(queue)
    expect(await queue.claim('two')).toBeUndefined()
    await first.done()
    for (const _ of [1, 2, 3]) await (await claimSoon(queue)).done()
    const client = new Redis(server.url)
    const keys = (await client.keys('*')).sort()
    const left = await client.pttl('{fleetwright}:taken:a')
    client.disconnect()
    expect(keys.filter((key) => !key.startsWith('{fleetwright}:work:'))).toEqual([
      ...['{fleetwright}:number', '{fleetwright}:taken:a', '{fleetwright}:taken:b', '{fleetwright}:taken:c'],
    ])
    expect(keys.filter((key) => /:work:n\d+/.test(key))).toEqual([])
    expect(left).toBeGreaterThan(2.9 * 24 * 3_600_000)
  })
})

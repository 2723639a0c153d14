import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import { useApp } from './running-app.ts'
import { pushPayload, sendWebhook, sign } from './signed.ts'

/** The queue is looked at, not worked on. */
const idle = { installations: silentInstallations() }

function silentInstallations() {
  const never = () =>
    Promise.reject(
      new EnvironmentError({
        adapter: 'github',
        operation: 'ask',
        message: 'GitHub is away',
        retryable: true,
      }),
    )
  return {
    login: never,
    listRepositories: never,
    listFailedDeliveries: never,
    find: never,
    token: never,
    redeliver: never,
  }
}

/** An app that knows who it is and does no work. */
async function useReceiver() {
  const app = await useApp({ adapters: idle })
  await app.adapters.state.put(new Map([['app/login/7', 'fleetwright[bot]']]))
  return app
}

test('a signed delivery is in the queue when it is acknowledged', async () => {
  const app = await useReceiver()
  const response = await sendWebhook(app.url, { id: 'one' })
  expect([response.status, await response.json()]).toEqual([202, { message: 'queued' }])
  const claim = await app.adapters.queue.claim('test')
  expect(claim?.work.work).toEqual({
    type: 'compile',
    repository: { installation: 12, owner: 'acme', name: 'fleet' },
    branch: 'main',
  })
  expect(claim?.deliveries).toEqual(['one'])
})

test('a delivery that comes again is known, and adds nothing', async () => {
  const app = await useReceiver()
  expect((await sendWebhook(app.url, { id: 'one' })).status).toBe(202)
  const claim = await app.adapters.queue.claim('test')
  await claim?.done()
  const again = await sendWebhook(app.url, { id: 'one' })
  expect([again.status, await again.json()]).toEqual([200, { message: 'known' }])
  expect(await app.adapters.queue.depth()).toMatchObject({ waiting: 0, active: 0 })
})

test.each([
  ['without a signature', { signature: undefined }, 401],
  [
    'with a signature of another secret',
    { signature: sign(JSON.stringify(pushPayload()), 'another secret') },
    401,
  ],
  ['with a signature of another text', { signature: sign('{}') }, 401],
  ['with a signature by SHA-1', { signature: 'sha1=0000000000000000000000000000000000000000' }, 401],
  ['signed, but no JSON', { payload: '{"action": ' }, 401],
  ['signed, but no object', { payload: '[1]' }, 400],
  ['as a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
  ['with an id that is none', { id: 'a b' }, 400],
  ['with an event that is none', { event: 'push/../x' }, 400],
])('a delivery %s is refused, and says nothing of why', async (_, webhook, status) => {
  const app = await useReceiver()
  const response = await sendWebhook(app.url, webhook)
  expect(response.status).toBe(status)
  if (status !== 415) expect(await response.json()).toEqual({ message: 'not accepted' })
  expect(await app.adapters.queue.depth()).toMatchObject({ waiting: 0 })
})

test.each([
  ['an event that nobody wrote anything for', { event: 'watch', payload: { action: 'started' } }],
  ['a push to another branch', { payload: pushPayload('feature') }],
  ['a payload that is not as documented', { payload: { ref: 5 } }],
])('%s is acknowledged, and asks for nothing', async (_, webhook) => {
  const app = await useReceiver()
  const response = await sendWebhook(app.url, webhook)
  expect([response.status, await response.json()]).toEqual([200, { message: 'nothing to do' }])
  expect(await app.adapters.queue.depth()).toMatchObject({ waiting: 0 })
})

test('a delivery that the queue does not take is answered with a failure, without the reason', async () => {
  const app = await useReceiver()
  vi.spyOn(app.adapters.queue, 'add').mockRejectedValue(
    new EnvironmentError({
      adapter: 'redis',
      operation: 'add work',
      message: 'redis://10.0.0.1 is gone',
      retryable: true,
    }),
  )
  const response = await sendWebhook(app.url)
  expect([response.status, await response.json()]).toEqual([503, { message: 'not taken; deliver it again' }])
  expect(app.logged.find(({ event }) => event === 'delivery-failed')).toMatchObject({ level: 'error' })
})

test('a delivery that comes before anybody knows who the app is fails, so that GitHub keeps it', async () => {
  const app = await useApp({ adapters: idle })
  expect((await sendWebhook(app.url)).status).toBe(503)
})

/** What anybody may send who has no secret. */
const unsignedHead = [
  ...['POST /api/github/webhooks HTTP/1.1', 'host: app', 'content-type: application/json'],
  ...['x-github-event: push', 'x-github-delivery: one'],
  `x-hub-signature-256: sha256=${'0'.repeat(64)}`,
]

test('a body that is longer than any of GitHub is not read', async () => {
  const { port } = await useReceiver()
  const socket = connect(port, '127.0.0.1')
  const head = [...unsignedHead, `content-length: ${25 * 1024 * 1024 + 1}`]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const [data] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  expect(data.toString()).toMatch(/^HTTP\/1\.1 413 /)
})

test('bodies that stall keep nobody out: the oldest of them gives way', async () => {
  const { port, url } = await useReceiver()
  const most = 25 * 1024 * 1024
  const head = [...unsignedHead, `content-length: ${most}`, 'expect: 100-continue']
  const allButOne = Buffer.alloc(most - 1, ' ')
  const gone: number[] = []
  const stalled: Socket[] = []
  for (let index = 0; index < 9; index += 1) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined).once('close', () => gone.push(index))
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    // It is begun when the app says that it may go on.
    await once(socket, 'data')
    socket.write(allButOne)
    stalled.push(socket)
  }
  await vi.waitFor(() => expect(gone).toEqual([0]), 10_000)
  expect((await sendWebhook(url, { id: 'one' })).status).toBe(202)
  for (const socket of stalled) socket.destroy()
})

test('webhooks are posted, and everything else is not there', async () => {
  const { url } = await useReceiver()
  const get = await fetch(`${url}/api/github/webhooks`)
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  const paths = ['/probot', '/ping', '/probot/static/primer.css', '/api/github/webhooks/', '/healthz/x', '//']
  const statuses = await Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`)).status))
  expect(statuses).toEqual(paths.map(() => 404))
})

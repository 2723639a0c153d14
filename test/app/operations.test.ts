import { expect, test, vi } from 'vitest'
import { EnvironmentError } from '../../src/diagnostics/errors.ts'
import { metricRows } from '../../src/app/telemetry/metric-table.ts'
import { sendWebhook } from './signed.ts'
import { useApp } from './running-app.ts'

const away = () =>
  Promise.reject(
    new EnvironmentError({ adapter: 'github', operation: 'ask', message: 'GitHub is away', retryable: true }),
  )

test('the process lives, whatever it waits for', async () => {
  const { url, adapters } = await useApp()
  vi.spyOn(adapters.queue, 'depth').mockImplementation(away)
  const response = await fetch(`${url}/healthz`)
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
})

test('it is ready when the queue answers and GitHub has taken the key', async () => {
  const { url, adapters } = await useApp()
  const ready = async () => {
    const response = await fetch(`${url}/readyz`)
    return [response.status, await response.json()]
  }
  await vi.waitFor(async () =>
    expect(await ready()).toEqual([
      200,
      { status: 'ready', checks: { queue: true, github: true, running: true } },
    ]),
  )
  vi.spyOn(adapters.queue, 'depth').mockImplementation(away)
  expect(await ready()).toEqual([
    503,
    { status: 'not ready', checks: { queue: false, github: true, running: true } },
  ])
})

test('it is not ready while GitHub does not know it, and says what to look at', async () => {
  const installations = {
    login: away,
    listRepositories: away,
    listFailedDeliveries: away,
    find: away,
    token: away,
    redeliver: away,
  }
  const { url, logged } = await useApp({ adapters: { installations } })
  const response = await fetch(`${url}/readyz`)
  expect([response.status, await response.json()]).toMatchObject([503, { checks: { github: false } }])
  expect(logged.find(({ event }) => event === 'not-authenticated')).toMatchObject({
    hint: 'GitHub did not take the key of the app, or did not answer: compare APP_ID and PRIVATE_KEY with the settings page of the app',
  })
})

test('metrics tell of deliveries, of the queue and of the process, in the form of Prometheus', async () => {
  const { url, metricsUrl } = await useApp({ parts: { handle: () => new Promise(() => undefined) } })
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200))
  await sendWebhook(url, { id: 'one' })
  await sendWebhook(url, { id: 'one' })
  await sendWebhook(url, { signature: undefined })
  await sendWebhook(url, { event: 'made_up_by_somebody' })
  await vi.waitFor(async () => {
    expect(await (await fetch(metricsUrl)).text()).toContain('\nfleetwright_queue_active 1\n')
  })
  const response = await fetch(metricsUrl)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = (await response.text()).split('\n')
  for (const line of [
    'fleetwright_webhook_deliveries_total{event="push",outcome="queued"} 1',
    'fleetwright_webhook_deliveries_total{event="push",outcome="duplicate"} 1',
    'fleetwright_webhook_deliveries_total{event="other",outcome="refused"} 1',
    'fleetwright_webhook_deliveries_total{event="other",outcome="ignored"} 1',
    'fleetwright_webhook_acknowledgement_seconds_count 4',
    'fleetwright_queue_waiting 0',
    'fleetwright_queue_oldest_seconds 0',
  ])
    expect(lines).toContain(line)
  for (const [name, { type, help }] of metricRows()) {
    expect(lines).toContain(`# HELP ${name} ${help}`)
    expect(lines).toContain(`# TYPE ${name} ${type}`)
  }
  expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true)
})

test('metrics are on a port of their own and nowhere else', async () => {
  const { url, metricsPort } = await useApp()
  expect((await fetch(`${url}/metrics`)).status).toBe(404)
  expect((await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(404)
})

test('a page says what this is, and lets nobody put anything into it', async () => {
  const { url } = await useApp()
  const response = await fetch(url)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(response.headers.get('x-powered-by')).toBe(null)
  expect(await response.text()).toContain('This is a GitHub App that compiles fleets')
  expect(await (await fetch(url, { method: 'HEAD' })).text()).toBe('')
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(405)
})

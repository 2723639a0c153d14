import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createSqliteWork } from '../../src/adapters/queue/sqlite-work.ts'
import { useGitHubDouble } from '../github/use-github-double.ts'
import { privateKey } from './running-app.ts'
import { appEnvironment, serveApp } from './served-app.ts'
import { cliFile } from '../bundled.ts'
import { webhookSecret } from './signed.ts'

const main = cliFile()

function serve(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const options = { env: { PATH: process.env['PATH'] ?? '', ...env }, encoding: 'utf8' } as const
  return spawnSync(process.execPath, [main, 'serve', ...args], options)
}

/** The app on the double, which knows where to send webhooks. */
async function useServed(env: Readonly<Record<string, string>> = {}) {
  const double = await useGitHubDouble()
  const app = double.createApp()
  app.install('fleet', ['fleet/demo'])
  const served = await serveApp({ ...appEnvironment(double, app), ...env })
  app.webhookUrl = `${served.url}/api/github/webhooks`
  await served.logged('authenticated')
  return { ...served, double, app }
}

async function depthOf(folder: string) {
  const { queue, state } = await createSqliteWork({ file: join(folder, 'work.sqlite') })
  try {
    return await queue.depth()
  } finally {
    await queue.close()
    await state.close()
  }
}

test('it does not start without what it needs, and says all of that by name', () => {
  const { status, stderr, stdout } = serve({ WEBHOOK_SECRET: 'development' })
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toBe(`fleetwright cannot start:
  APP_ID is missing: number of the GitHub App, at the top of its settings page
  PRIVATE_KEY is missing: private key of the GitHub App, made on its settings page: PEM, PEM with \`\\n\` instead of line ends, or either in base64
  WEBHOOK_SECRET is a word that everybody knows; \`openssl rand -hex 32\` makes a secret
`)
})

test('a port that is taken is told by the name of its setting, without a stack', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const env = { APP_ID: '7', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret, HOST: '127.0.0.1' }
  const { status, stderr } = serve({ ...env, FLEETWRIGHT_DATA: join(process.env['TMPDIR'] ?? '', 'taken') }, [
    '--port',
    String(port),
  ])
  expect([status, stderr]).toEqual([
    2,
    `fleetwright cannot start:
  127.0.0.1:${port} cannot be listened on: EADDRINUSE
  while: listen on 127.0.0.1:${port}
  hint: set PORT or HOST to what is free and yours
`,
  ])
})

test('the manifest of the App is printed for where it is reached', () => {
  const { status, stdout } = serve({}, ['--print-manifest', 'https://fleet.example.com/'])
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    url: 'https://fleet.example.com',
    hook_attributes: { url: 'https://fleet.example.com/api/github/webhooks', active: true },
    default_permissions: {
      checks: 'write',
      contents: 'write',
      issues: 'write',
      merge_queues: 'read',
      metadata: 'read',
      pull_requests: 'write',
    },
  })
  const refused = serve({}, ['--print-manifest', 'http://fleet.example.com'])
  expect([refused.status, refused.stderr]).toEqual([
    2,
    'usage: --print-manifest must be a URL with https://, not `http://fleet.example.com`\n',
  ])
})

test('webhooks of GitHub become work that is done; a signal ends the app in order', async () => {
  const { double, logged, child, ended, output, app, url, metricsUrl, dataFolder } = await useServed()
  expect(await logged('authenticated')).toMatchObject({ login: 'fleetwright[bot]' })
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200))
  double.repository('fleet/demo').commit('main', { 'README.md': 'no fleet yet\n' })
  await vi.waitFor(() => expect(double.deliveries.all.at(-1)?.attempts).toMatchObject([{ statusCode: 202 }]))
  expect(await logged('delivery-queued')).toMatchObject({ webhook: 'push', works: ['compile'] })
  await vi.waitFor(
    async () =>
      expect(await (await fetch(metricsUrl)).text()).toContain(
        'fleetwright_work_total{work="compile",outcome="done"} 1',
      ),
    { timeout: 20_000 },
  )
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(output().split('\n').at(-1)).toContain('"event":"stopped"')
  for (const secret of [app.webhookSecret, ...app.privateKey.split('\n').filter((line) => line.length > 40)])
    expect(output()).not.toContain(secret)
  expect(output()).not.toMatch(/ghs_/)
  expect(await depthOf(dataFolder)).toMatchObject({ active: 0 })
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s in the middle of work hands it back, and ends with 0',
  async (signal) => {
    const { double, logged, child, ended, dataFolder, url } = await useServed({ SHUTDOWN_GRACE: '0s' })
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200))
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const asked = new Promise<void>((resolve) => {
      const happens = (): Promise<void> => {
        resolve()
        return held
      }
      double.next({ method: 'GET', path: /^\/repos\/fleet\/demo$/, times: 5 }, { type: 'meanwhile', happens })
    })
    onTestFinished(release)
    double.repository('fleet/demo').commit('main', { 'README.md': 'no fleet yet\n' })
    await logged('delivery-queued')
    await asked
    child.kill(signal)
    expect(await ended).toBe(0)
    release()
    expect((await depthOf(dataFolder)).active).toBe(0)
    expect((await depthOf(dataFolder)).waiting).toBeGreaterThan(0)
  },
)

test('a second signal waits for nobody', async () => {
  const { double, logged, child, ended, url } = await useServed({ SHUTDOWN_GRACE: '10m' })
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200))
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  onTestFinished(() => release())
  const asked = new Promise<void>((resolve) => {
    const happens = (): Promise<void> => {
      resolve()
      return held
    }
    double.next({ method: 'GET', path: /^\/repos\/fleet\/demo$/, times: 5 }, { type: 'meanwhile', happens })
  })
  double.repository('fleet/demo').commit('main', { 'README.md': 'no fleet yet\n' })
  await asked
  child.kill('SIGTERM')
  await logged('stopping')
  child.kill('SIGTERM')
  expect(await ended).toBe(130)
  release()
})

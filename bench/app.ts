import { spawn, type ChildProcess } from 'node:child_process'
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { commitAll, git } from './fleet-repository.ts'
import type { BenchContext, Row } from './rows.ts'

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const demo = fileURLToPath(new URL('../fixtures/demo/fleet', import.meta.url))

const deliveries = 100
/** As many as there are cores where it was measured: nothing is idle. */
const compilers = 2
const rounds = 5

/** Webhooks to their acknowledgement by a served app with SQLite, 100 at once, alone and while both cores compile. */
export async function benchApp({ log }: BenchContext): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'fleetwright-bench-'))
  const github = await startGitHub()
  const secret = randomBytes(20).toString('hex')
  const app = await startServing(join(scratch, 'data'), github.url, secret)
  try {
    const quiet = await deliverOften(app.url, secret)
    log(`alone: ${describe(quiet)}`)
    const compiling = startCompiling(scratch)
    await compiling.begun
    const busy = await deliverOften(app.url, secret)
    const compiles = await compiling.stop()
    log(`while compiling: ${describe(busy)}; ${compiles} compiles`)
    const rows = (what: string, times: readonly number[], wanted?: string): Row[] => [
      { what: `${what}, half of them`, seconds: quantile(times, 0.5) },
      { what: `${what}, 99 of 100`, seconds: quantile(times, 0.99), ...(wanted !== undefined && { wanted }) },
    ]
    return [
      ...rows(`${deliveries} webhooks at once, acknowledged`, quiet),
      ...rows(`the same while ${compilers} processes compile the demo`, busy, 'under 0.2 s'),
    ]
  } finally {
    app.child.kill('SIGTERM')
    await app.ended
    github.server.closeAllConnections()
    github.server.close()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Knows the app, which is installed nowhere: the work that is asked for fails, and waits. */
async function startGitHub(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    const known: Readonly<Record<string, unknown>> = {
      '/app': { id: 7, slug: 'fleetwright' },
      '/app/installations': [],
      '/app/hook/deliveries': [],
    }
    const found = known[path]
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { message: 'Not Found' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function startServing(dataFolder: string, apiUrl: string, secret: string) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const child: ChildProcess = spawn(process.execPath, [cli, 'serve'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...{ APP_ID: '7', WEBHOOK_SECRET: secret, GITHUB_API_URL: apiUrl, FLEETWRIGHT_DATA: dataFolder },
      PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      ...{ HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE: '0s' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  if (child.stdout === null) throw new Error('the app has no output')
  let port: unknown
  let isKnown = false
  const lines = createInterface(child.stdout)
  const ready = new Promise<void>((resolve, reject) => {
    lines.on('line', (text) => {
      const line = JSON.parse(text) as { readonly event: string; readonly port?: number }
      if (line.event === 'listening') port = line.port
      if (line.event === 'authenticated') isKnown = true
      if (port !== undefined && isKnown) resolve()
    })
    void ended.then(() => reject(new Error('the app ended before it began')))
  })
  await ready
  return { child, ended, url: `http://127.0.0.1:${String(port)}/api/github/webhooks` }
}

/** Milliseconds of each delivery of some rounds, the shortest first. The first round warms up, and does not count. */
async function deliverOften(url: string, secret: string): Promise<readonly number[]> {
  await deliverAll(url, secret)
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    times.push(...(await deliverAll(url, secret)))
    await setTimeout(500)
  }
  return times.sort((one, other) => one - other)
}

/** Of pull requests of as many repositories, so that none is coalesced with another. */
function deliverAll(url: string, secret: string): Promise<readonly number[]> {
  return Promise.all(
    Array.from({ length: deliveries }, async (_, index) => {
      const body = JSON.stringify(pullRequest(index))
      const headers = {
        'content-type': 'application/json',
        'x-github-event': 'pull_request',
        'x-github-delivery': randomBytes(16).toString('hex'),
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      }
      const started = performance.now()
      const response = await fetch(url, { method: 'POST', headers, body })
      await response.text()
      if (response.status !== 202) throw new Error(`a webhook was answered with ${response.status}`)
      return performance.now() - started
    }),
  )
}

function pullRequest(index: number): object {
  const commit = index.toString(16).padStart(40, '0')
  const repository = {
    ...{ id: index + 1, name: `fleet-${index}`, full_name: `acme/fleet-${index}` },
    ...{ owner: { login: 'acme' }, default_branch: 'main' },
  }
  return {
    action: 'synchronize',
    installation: { id: 12 },
    repository,
    sender: { login: 'ada', type: 'User' },
    pull_request: {
      ...{ number: 5, merged: false, state: 'open', updated_at: '2026-01-02T00:00:00Z' },
      // As long as those of GitHub are.
      body: 'x'.repeat(20_000),
      user: { login: 'ada', type: 'User' },
      head: { ref: 'change', sha: commit, repo: repository },
      base: { ref: 'main', sha: commit, repo: repository },
    },
  }
}

/** Compiles the demo over and over, each process in a repository of its own. */
function startCompiling(scratch: string) {
  const stopped = new AbortController()
  let compiles = 0
  let begin: () => void = () => undefined
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const all = Promise.all(
    Array.from({ length: compilers }, async (_, index) => {
      const folder = join(scratch, `fleet-${index}`)
      cpSync(demo, folder, { recursive: true })
      git(folder, 'init', '-q', '-b', 'main')
      commitAll(folder, 'Fleet of the benchmark')
      const args = ['compile', '--repo', folder, '--facts', join(demo, '.fleetwright'), '--again']
      while (!stopped.signal.aborted) {
        const child = spawn(process.execPath, [cli, ...args], {
          env: { ...process.env, XDG_CACHE_HOME: join(scratch, 'cache'), CI: '1' },
          stdio: ['ignore', 'ignore', 'pipe'],
        })
        // As the app does it with its children.
        if (child.pid !== undefined) setPriority(child.pid, 10)
        let said = ''
        child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
        child.once('spawn', begin)
        const [code] = (await once(child, 'close')) as [number | null]
        if (code !== 0) throw new Error(`compile ended with ${code ?? 'a signal'}: ${said.slice(-2000)}`)
        compiles++
      }
    }),
  )
  return {
    begun: Promise.race([begun, all]),
    async stop() {
      stopped.abort()
      await all
      return compiles
    },
  }
}

/** In seconds. */
function quantile(times: readonly number[], share: number): number {
  return (times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)] ?? 0) / 1000
}

function describe(times: readonly number[]): string {
  const of = (share: number): string => `${(quantile(times, share) * 1000).toFixed(0)} ms`
  return `half within ${of(0.5)}, 99 of 100 within ${of(0.99)}`
}

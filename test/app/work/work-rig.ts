import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createRepositories } from '../../../src/adapters/git/repositories/repositories.ts'
import { createGitHubPorts } from '../../../src/adapters/github/github-ports.ts'
import { createGitHubInstallations } from '../../../src/adapters/github/installations.ts'
import { createSqliteWork } from '../../../src/adapters/queue/sqlite-work.ts'
import { createRunCli } from '../../../src/app/run-cli.ts'
import type { AppPorts, CliCall, DoWork, FleetSetting, Log } from '../../../src/app/types.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import type { RepositoryId } from '../../../src/review/types.ts'
import type { AppState } from '../../github/apps.ts'
import type { GitHubDouble } from '../../github/github-double.ts'
import type { RepositoryState } from '../../github/state.ts'
import { cliFile } from '../../bundled.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'
import { keptCli } from './kept-cli.ts'

/** The handlers with all that they stand on: the double of GitHub, Git over HTTP, SQLite, and children that share an engine. */
export interface WorkRig {
  readonly double: GitHubDouble
  readonly app: AppState
  readonly state: RepositoryState
  readonly repository: RepositoryId
  readonly ports: AppPorts
  /** Children that were run, as the handlers asked for them. */
  readonly calls: CliCall[]
  /** Names of what was logged. */
  readonly logged: string[]
  /** Does a piece of work, as a worker that claimed it. */
  readonly run: <Kind>(handler: DoWork<Kind>, work: Kind, signal?: AbortSignal) => Promise<void>
  /** What waits in the queue. */
  readonly queued: () => Promise<readonly unknown[]>
}

export interface RigOptions {
  /** Instead of what the operator says. */
  readonly setting?: Partial<FleetSetting>
  /** Around the real one: to see when a child runs, or to let another thing happen first. */
  readonly cli?: (real: AppPorts['cli']) => AppPorts['cli']
  readonly ports?: (real: AppPorts) => Partial<AppPorts>
}

export async function createWorkRig(options: RigOptions = {}): Promise<WorkRig> {
  const double = await useGitHubDouble()
  const state = double.repository()
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-work-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  const { app, installations, github, repository } = connect(double)
  const setting: FleetSetting = {
    env: { FLEETWRIGHT_KEY: 'a-key-of-this-test-0123456789' },
    ...{ timeLimitMs: 60_000, memoryLimitBytes: 2 ** 31 },
    ...options.setting,
  }
  const fleets = { of: () => setting, watched: [] }
  const calls: CliCall[] = []
  const logged: string[] = []
  const runWith = (cliPath: string) =>
    createRunCli({
      ...{ cliPath, cacheFolder: join(folder, 'cache'), settings: fleets },
      ...{ environment: process.env, nodePath: process.execPath },
    }).run
  const [kept, own] = [runWith(await keptCli()), runWith(cliFile())]
  // What is listened to goes on for ever.
  const real: AppPorts['cli'] = (call) => (call.onLine === undefined ? kept : own)(call)
  const cli = options.cli?.(real) ?? real
  const { queue, state: store } = await createSqliteWork({ file: join(folder, 'work.sqlite') })
  onTestFinished(async () => {
    await queue.close()
    await store.close()
  })
  let now = Date.UTC(2026, 0, 2, 3, 4, 5)
  const before: AppPorts = {
    ...{ queue, state: store, fleets },
    installations,
    repositories: await createRepositories({
      ...{ folder: join(folder, 'repositories'), maxBytes: 2 ** 30 },
      ...{ now: () => now, environment: process.env },
    }),
    github: () => github,
    cli: (call) => {
      calls.push(call)
      return cli(call)
    },
    log: createLog(logged),
    metrics: { stage: ignore, failure: ignore, cache: ignore, factsAge: ignore },
    now: () => (now += 10),
  }
  const ports: AppPorts = { ...before, ...options.ports?.(before) }
  return {
    ...{ double, app, state, ports, calls, logged, repository },
    run: (handler, work, signal = new AbortController().signal) =>
      handler(ports, work, { log: ports.log, signal, attempt: 1 }),
    async queued() {
      const works: unknown[] = []
      for (;;) {
        const claim = await queue.claim('test')
        if (claim === undefined) return works
        works.push(claim.work.work)
        await claim.done()
      }
    },
  }
}

/** The app as GitHub knows it, in time that passes when it waits. */
function connect(double: GitHubDouble) {
  const app = double.createApp()
  const installation = app.install('fleet', 'all').id
  const repository: RepositoryId = { installation, owner: 'fleet', name: 'demo' }
  const shared = { apiUrl: double.apiUrl, userAgent: 'fleetwright/0.0.0-test', environment: {} }
  const installations = createGitHubInstallations({
    ...{ ...shared, appId: String(app.id), privateKey: app.privateKey },
  })
  let waited = 0
  const github = createGitHubPorts({
    ...{ ...shared, repository, app: { id: app.id, login: () => installations.login() } },
    token: () => installations.token(repository),
    waiting: {
      sleep(milliseconds) {
        waited += milliseconds
        return Promise.resolve()
      },
      random: () => 0,
      now: () => Date.now() + waited,
    },
  })
  onTestFinished(async () => {
    await Promise.all([github.close(), installations.close()])
  })
  return { app, installations, github, repository }
}

function ignore(): void {
  // Nothing is counted here.
}

function createLog(logged: string[]): Log {
  const say = (event: string): void => void logged.push(event)
  const log: Log = { debug: say, info: say, warn: say, error: say, with: () => log }
  return log
}

const helloPath = 'fleet/hello.yaml'

/** The fleet with another value of the chart that every cluster has. */
export function changedHello(greeting = 'welcome to'): Readonly<Record<string, string>> {
  const written = initFiles[helloPath] ?? ''
  return { [helloPath]: written.replace('greeting: hello from', `greeting: ${greeting}`) }
}

/** A fleet of two clusters on main, and a pull request that changes both. */
export function openChange(
  state: RepositoryState,
  { from = 'fleet/demo', files = changedHello(), isDraft = false } = {},
) {
  const main = state.commit('main', initFiles)
  state.git().git('update-ref', 'refs/heads/change-1', main)
  const head = state.commit('change-1', files)
  const pull = state.openPullRequest({
    ...{ headCommit: head, baseCommit: main, headRepository: from, draft: isDraft },
  })
  return { main, head, pull }
}

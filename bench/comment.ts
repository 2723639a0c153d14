import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { appEnvironment, startServed, type ServedProcess } from '../test/app/served-process.ts'
import { demoFiles } from '../test/e2e/app/demo-files.ts'
import { readDepth } from '../test/e2e/app/read-depth.ts'
import { createGitHubDouble, type GitHubDouble } from '../test/github/github-double.ts'
import type { RepositoryState } from '../test/github/state.ts'
import { measure } from './measure.ts'
import type { BenchContext, Row } from './rows.ts'

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const facts = fileURLToPath(new URL('../fixtures/demo/fleet/.fleetwright', import.meta.url))

const pushes = 12

/** Nobody pushes to a pull request all the time: the app waits a second for each write past the first few, as GitHub asks. */
const restMs = 5000
const changed = 'values/storefront.yaml'

/** From the webhook of a push to the comment about it, by the clock of the host: the demo, warm, with a rendered branch. */
export async function benchComment({ log }: BenchContext): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'fleetwright-bench-'))
  const double = await createGitHubDouble({ clock: 'real' })
  const app = double.createApp()
  app.install('fleet', ['fleet/demo'])
  const repository = double.repository()
  const files = await demoFiles()
  repository.commit('main', files, 'ada')
  renderFirst(repository, join(scratch, 'first'))
  const env = { FLEETWRIGHT_DATA: join(scratch, 'data'), ...appEnvironment(double, app) }
  const served = await startServed({ env, cli })
  try {
    app.webhookUrl = `${served.url}/api/github/webhooks`
    await served.logged('reconciling')
    await idle(double, served)
    const measured = await pushOften({ double, repository, served, files })
    const calibration = await diffAlone(repository, join(scratch, 'alone'))
    const parts = Object.entries(measured.parts).map(([stage, seconds]) => `${stage} ${seconds.toFixed(2)}`)
    log(`push to comment: ${measured.seconds.map((each) => each.toFixed(2)).join(' ')}; ${parts.join(', ')}`)
    const seconds = median(measured.seconds)
    return [
      { what: 'diff of the demo by the command line alone, with a report', seconds: calibration },
      {
        what: `push to comment, the demo, warm, median of ${pushes} (${parts.join(', ')})`,
        ...{ seconds, ratio: calibration / seconds, wanted: 'under 3 s' },
      },
    ]
  } finally {
    await served.kill()
    await double.close()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The rendered branch with the facts that are recorded of the demo, as a fleet has that is in use. */
function renderFirst(repository: RepositoryState, folder: string): void {
  const bare = repository.git().folder
  execFileSync('git', ['clone', '--quiet', '--no-tags', '--branch=main', bare, folder])
  execFileSync(process.execPath, [cli, 'compile', '--facts', facts], { cwd: folder, stdio: 'ignore' })
  execFileSync('git', ['push', '--quiet', 'origin', 'refs/heads/rendered'], { cwd: folder })
}

interface Pushing {
  readonly double: GitHubDouble
  readonly repository: RepositoryState
  readonly served: ServedProcess
  readonly files: Readonly<Record<string, string>>
}

/** Seconds of each push, and of the parts on average. The first one makes the comment, and warms up. */
async function pushOften({ double, repository, served, files }: Pushing) {
  const main = repository.branches().get('main') ?? ''
  repository.git().git('update-ref', 'refs/heads/change-1', main)
  const change = (index: number): Record<string, string> => ({
    [changed]: (files[changed] ?? '').replace('replicas: 6', `replicas: ${7 + index}`),
  })
  const headCommit = repository.commit('change-1', change(0), 'ada')
  repository.openPullRequest({ headCommit, baseCommit: main })
  await idle(double, served)
  const before = await readStages(served)
  const seconds: number[] = []
  for (let index = 1; index <= pushes; index += 1) {
    await setTimeout(restMs)
    double.deliveries.route('hold')
    repository.commit('change-1', change(index), 'ada')
    const pushed = double.deliveries.held()
    double.deliveries.route('send')
    const from = double.requests.length
    const startedAt = Date.now()
    await Promise.all(pushed.map((delivery) => double.deliveries.send(delivery)))
    await idle(double, served)
    const written = double.requests
      .slice(from)
      .findLast(({ method, path }) => method !== 'GET' && /\/comments(?:\/\d+)?$/.test(path))
    if (written === undefined) throw new Error(`no comment was written:\n${served.output().slice(-4000)}`)
    seconds.push((written.atMs - startedAt) / 1000)
    if (process.env['FLEETWRIGHT_BENCH_REQUESTS'] !== undefined)
      for (const { method, path, status, atMs } of double.requests.slice(from))
        process.stderr.write(`${String(atMs - startedAt).padStart(6)} ms ${status} ${method} ${path}\n`)
  }
  const after = await readStages(served)
  const parts = Object.fromEntries(
    [...after].map(([stage, sum]) => [stage, (sum - (before.get(stage) ?? 0)) / pushes]),
  )
  return { seconds, parts }
}

/** Seconds in all of each stage of reviews, as the app counts them. */
async function readStages({ metricsUrl }: ServedProcess): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(metricsUrl)).text()
  const lines = text.matchAll(/^fleetwright_stage_seconds_sum\{work="review",stage="([^"]+)"\} (\S+)$/gm)
  return new Map([...lines].map(([, stage = '', sum]) => [stage, Number(sum)]))
}

async function idle(double: GitHubDouble, { metricsUrl }: ServedProcess): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await double.deliveries.idle()
    const { waiting, active } = await readDepth(metricsUrl)
    quiet = waiting + active === 0 ? quiet + 1 : 0
    await setTimeout(50)
  }
}

/** What the app's child does, where everything is there already. */
async function diffAlone(repository: RepositoryState, folder: string): Promise<number> {
  execFileSync('git', ['clone', '--quiet', '--no-tags', repository.git().folder, folder])
  execFileSync('git', ['branch', '--quiet', 'rendered', 'origin/rendered'], { cwd: folder })
  const args = ['diff', 'origin/main', 'origin/change-1', '--repo', folder, '--report', `${folder}-report`]
  const seconds: number[] = []
  for (let run = 0; run < 5; run += 1) {
    const { exitCode, stderr, ...measured } = await measure(process.execPath, [cli, ...args], { CI: '1' })
    if (![0, 1, 5].includes(exitCode)) throw new Error(`diff ended with ${exitCode}: ${stderr.slice(-2000)}`)
    seconds.push(measured.seconds)
  }
  return median(seconds)
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis } from '../../test/contracts/redis-server.ts'
import { readDepth } from '../../test/e2e/app/read-depth.ts'
import { createGitHubDouble, type GitHubDouble } from '../../test/github/github-double.ts'
import { createRandom } from '../../test/github/random.ts'
import { fleetFiles } from './fleet-files.ts'
import { happen, mishandleDeliveries, type SoakedRepository } from './happenings.ts'
import { judge, judgeLeftOvers, type Miss } from './judge.ts'
import { readSoakOptions, type SoakOptions } from './options.ts'
import { startProcesses, type SoakedProcesses } from './processes.ts'
import { describeMemory, describeWrites } from './figures.ts'

/**
 * `npm run soak`: the app works for many repositories while its processes, and those that compile, are killed, and while a
 * share of GitHub's answers and deliveries is lost. When nothing is left to be done, what stands is judged against what was
 * done. Ends with 1 where anything is missing, there twice, or otherwise than the command line alone would have it.
 */
const options = readSoakOptions(process.argv.slice(2))
const repositoriesOfInstallation = 10
const longestSettlingMs = 20 * 60_000
const log = (line: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)

const scratch = mkdtempSync(join(tmpdir(), 'fleetwright-soak-'))
process.env['TMPDIR'] = scratch
const dataFolder = join(scratch, 'data')
const redis = options.isRedis ? await startRedis() : undefined
const double = await createGitHubDouble({ clock: 'real' })
let processes: SoakedProcesses | undefined
try {
  const { app, repositories } = createWorld(double, options)
  processes = await startProcesses({
    ...{ double, app, dataFolder, options, redisUrl: redis?.url },
    random: createRandom(options.seed + 1),
  })
  log(`${repositories.length} repositories in ${app.installations.length} installations`)
  double.misbehave({
    share: options.faults,
    kinds: ['bad-gateway', 'secondary-limit', 'lost-answer', 'lost-request'],
    random: createRandom(options.seed + 2),
  })
  mishandleDeliveries(double.deliveries, createRandom(options.seed + 3))
  const happened = await soak(repositories, processes)
  const sentAt = Date.now()
  await settle(processes, double)
  const settledSeconds = (Date.now() - sentAt) / 1000
  log('judging')
  const judged = judge(repositories, options.cli)
  const memory = describeMemory(processes.memory)
  const misses: readonly Miss[] = [...judged.misses, ...judgeLeftOvers(dataFolder), ...memory.misses]
  const writes = describeWrites(double.requests, repositories)
  const result = {
    ...{ options, happened, kills: processes.kills, settledSeconds },
    ...{ looked: judged.looked, memory: memory.figures, writes, misses },
  }
  writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${formatResult(result)}\n`)
  process.exitCode = misses.length > 0 ? 1 : 0
} finally {
  await processes?.stop()
  await double.close().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message.slice(0, 5000) : String(error)}\n`)
    process.exitCode = 1
  })
  await redis?.stop()
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
}

function createWorld(github: GitHubDouble, { repositories: count }: SoakOptions) {
  const app = github.createApp()
  const repositories = Array.from({ length: count }, (_, index): SoakedRepository => {
    const owner = `org-${Math.floor(index / repositoriesOfInstallation)}`
    const name = `fleet-${index}`
    const state = github.repository(`${owner}/${name}`, { isPrivate: index % 3 === 0 })
    state.collaborators.set('ada', { role: 'write' })
    const source = state.commit('main', fleetFiles(name), 'ada')
    return { name: `${owner}/${name}`, state, closed: new Map(), commands: [], sources: [source] }
  })
  for (const owner of new Set(repositories.map(({ state }) => state.owner))) app.install(owner, 'all')
  return { app, repositories }
}

/** Everything that people do, evenly over the time. Processes are killed in the first half; in the second, memory is looked at. */
async function soak(
  repositories: readonly SoakedRepository[],
  running: SoakedProcesses,
): Promise<Readonly<Record<string, number>>> {
  const { events, minutes, seed, killEveryMs } = options
  const random = createRandom(seed)
  const happened: Record<string, number> = {}
  const startedAt = Date.now()
  const lengthMs = minutes * 60_000
  const killing = new AbortController()
  const killed = killEveryMs > 0 ? killNowAndThen(running, killing.signal) : Promise.resolve()
  for (let index = 0; index < events; index += 1) {
    await sleep(Math.max(0, startedAt + (lengthMs * index) / events - Date.now()))
    if (index >= events / 2) killing.abort()
    const what = happen(repositories, random)
    happened[what] = (happened[what] ?? 0) + 1
    if (index % 20 === 19) log(`${index + 1} events, ${JSON.stringify(running.kills)}`)
  }
  killing.abort()
  await killed
  return happened
}

async function killNowAndThen(running: SoakedProcesses, signal: AbortSignal): Promise<void> {
  const children = (async () => {
    while (!signal.aborted) {
      await sleep(options.killEveryMs / 3)
      running.killChild()
    }
  })()
  while (!signal.aborted) {
    await sleep(options.killEveryMs, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) await running.replaceOne()
  }
  await children
}

/**
 * Until nothing is left to be done. What was lost on its way to the app is found within the hour, or by a process that
 * starts, which is not waited for so long here.
 */
async function settle(running: SoakedProcesses, github: GitHubDouble): Promise<void> {
  github.deliveries.route('send')
  await rest(running, github)
  log('settled; starting anew, so that what was lost is looked for')
  await running.replaceAll()
  // One replica does it for all.
  await Promise.race(running.all().map((served) => served.logged('reconciling')))
  await rest(running, github)
}

/** Nothing waits and nothing is asked for, for a while. */
async function rest(running: SoakedProcesses, github: GitHubDouble): Promise<void> {
  const quietMs = 8000
  const until = Date.now() + longestSettlingMs
  let quietSince = Date.now()
  let asked = -1
  let toldAt = 0
  while (Date.now() - quietSince < quietMs) {
    await github.deliveries.idle()
    const { waiting, active } = await readDepth(running.any().metricsUrl)
    if (Date.now() - toldAt > 15_000) {
      toldAt = Date.now()
      log(`${waiting} wait, ${active} are being done, ${github.requests.length} requests`)
    }
    const isQuiet = waiting + active === 0 && github.requests.length === asked
    asked = github.requests.length
    if (!isQuiet) quietSince = Date.now()
    if (Date.now() > until) {
      log(`not settled: ${waiting} wait and ${active} are being done`)
      return
    }
    await sleep(500)
  }
}

function formatResult(result: {
  readonly happened: object
  readonly kills: object
  readonly settledSeconds: number
  readonly looked: object
  readonly memory: object
  readonly writes: object
  readonly misses: readonly Miss[]
}): string {
  const { happened, kills, settledSeconds, looked, memory, writes, misses } = result
  const rows = Object.entries({
    ...{ happened: happened, killed: kills, 'looked at': looked, memory: memory, writes: writes },
  }).flatMap(([title, figures]) =>
    Object.entries(figures as Record<string, unknown>).map(
      ([what, figure]) => `${title.padEnd(10)}  ${what.padEnd(44)}  ${String(figure)}`,
    ),
  )
  return [
    ...rows,
    `settled     ${settledSeconds.toFixed(0)} s after the last event`,
    misses.length === 0 ? 'Nothing is missing, and nothing is there twice.' : `${misses.length} misses:`,
    ...misses.map(({ repository, what }) => `  ${repository} ${what}`),
  ].join('\n')
}

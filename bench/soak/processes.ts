import { readFileSync } from 'node:fs'
import { appEnvironment, startServed, type ServedProcess } from '../../test/app/served-process.ts'
import type { AppState } from '../../test/github/apps.ts'
import type { GitHubDouble } from '../../test/github/github-double.ts'
import { isCompiling, processesIn } from '../../test/e2e/app/left-behind.ts'
import type { SoakOptions } from './options.ts'

/** Resident memory of a process of the app. */
export interface MemorySample {
  readonly pid: number
  readonly atMs: number
  readonly bytes: number
}

/** The app's processes, one of which is killed now and then, and started again. */
export interface SoakedProcesses {
  /** One that lives. */
  any(): ServedProcess
  all(): readonly ServedProcess[]
  /** Kills one at once and starts another in its place. */
  replaceOne(): Promise<void>
  replaceAll(): Promise<void>
  /** Kills a process that compiles. False where there is none. */
  killChild(): boolean
  readonly kills: { readonly processes: number; readonly children: number }
  readonly memory: readonly MemorySample[]
  stop(): Promise<void>
}

export interface ProcessesOptions {
  readonly double: GitHubDouble
  readonly app: AppState
  readonly dataFolder: string
  readonly redisUrl: string | undefined
  readonly options: SoakOptions
  readonly random: () => number
}

/** Somebody who kills the same compile each time that it is tried would prove nothing. */
const mostKillsOfOne = 2
const sampleMs = 1000

export async function startProcesses(of: ProcessesOptions): Promise<SoakedProcesses> {
  const { double, app, dataFolder, redisUrl, options, random } = of
  const living: ServedProcess[] = []
  const memory: MemorySample[] = []
  const kills = { processes: 0, children: 0 }
  const killed = new Map<string, number>()
  let isStopped = false
  const start = async (): Promise<void> => {
    const env = {
      ...{ FLEETWRIGHT_DATA: dataFolder, ...appEnvironment(double, app) },
      ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
    }
    const served = await startServed({ env, cli: options.cli })
    living.push(served)
    void served.ended.then((code) => {
      if (isStopped || !living.includes(served)) return
      process.stderr.write(`the app ended by itself with ${String(code)}:\n${served.output().slice(-5000)}\n`)
    })
    route()
  }
  // As what balances load in front of replicas does: nothing goes to one that is known to be dead.
  const route = (): void => {
    const served = living[Math.floor(random() * living.length)]
    if (served) app.webhookUrl = `${served.url}/api/github/webhooks`
  }
  const replace = async (served: ServedProcess | undefined): Promise<void> => {
    if (served === undefined) return
    living.splice(living.indexOf(served), 1)
    route()
    kills.processes += 1
    await served.kill()
    await start()
  }
  for (let replica = 0; replica < options.replicas; replica += 1) await start()
  const timer = setInterval(() => {
    route()
    for (const { child } of living) {
      const bytes = residentBytes(child.pid)
      if (bytes !== undefined) memory.push({ pid: child.pid ?? 0, atMs: Date.now(), bytes })
    }
  }, sampleMs)
  return {
    ...{ kills, memory },
    all: () => [...living],
    any() {
      const [served] = living
      if (served === undefined) throw new Error('no process of the app lives')
      return served
    },
    replaceOne: () => replace(living[Math.floor(random() * living.length)]),
    async replaceAll() {
      for (const served of [...living]) await replace(served)
    },
    killChild() {
      const compiling = processesIn(dataFolder).filter(isCompiling)
      const chosen = compiling[Math.floor(random() * compiling.length)]
      if (chosen === undefined) return false
      const [pid = ''] = chosen.split(' ')
      const what = chosen.slice(pid.length).replace(/--report=\S+/, '')
      const times = killed.get(what) ?? 0
      if (times >= mostKillsOfOne) return false
      killed.set(what, times + 1)
      try {
        process.kill(Number(pid), 'SIGKILL')
        kills.children += 1
      } catch {
        // It ended meanwhile.
      }
      return true
    },
    async stop() {
      isStopped = true
      clearInterval(timer)
      await Promise.all(living.map((served) => served.kill()))
    },
  }
}

/** As Linux tells it. */
function residentBytes(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}

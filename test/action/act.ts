import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { GitHubDouble } from '../github/github-double.ts'
import type { Job } from './action-runner.ts'

const nodeFolder = resolve(import.meta.dirname, '../../node_modules/.bin')

/** The program that runs workflows on this machine: FLEETWRIGHT_ACT, else `act` of the path. */
export function findAct(): string | undefined {
  const named = process.env['FLEETWRIGHT_ACT']
  const folders = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'act'))
  const found = [...(named === undefined ? [] : [named]), ...folders].find((path) => existsSync(path))
  if (found === undefined && process.env['FLEETWRIGHT_REQUIRE_SHARED'] === '1')
    throw new Error(
      'FLEETWRIGHT_REQUIRE_SHARED is set and there is no act: neither FLEETWRIGHT_ACT nor in the path',
    )
  return found
}

export interface WorkflowRun {
  readonly act: string
  readonly action: string
  readonly double: GitHubDouble
  readonly job: Job
  readonly event: string
  readonly payload: object
  /** Steps of the only job, as YAML below `steps:`. */
  readonly steps: string
  readonly token?: string
}

/** Runs a workflow as a runner would: the action is loaded from its `action.yml`, inputs and contexts are the runner's. */
export function runWorkflow(run: WorkflowRun): Promise<{ readonly exitCode: number; readonly log: string }> {
  const { act, action, double, job, event, payload, steps, token = double.token } = run
  const [eventFile, workflow, home] = ['event.json', 'workflow.yml', 'act-home'].map((name) =>
    join(job.folder, name),
  ) as [string, string, string]
  mkdirSync(home, { recursive: true })
  writeFileSync(eventFile, JSON.stringify(payload))
  // In the place of actions/checkout: act takes it for a copy of the folder, and leaves the repository out.
  const all = `- run: cp -a "${job.workspace}/." .\n${steps}`
  writeFileSync(
    workflow,
    `name: fleetwright\non: ${event}\njobs:\n  fleetwright:\n    runs-on: ubuntu-latest\n    steps:\n${all.replace(/^/gm, '      ')}\n`,
  )
  const args = [
    ...[event, '-C', job.workspace, '-W', workflow, '-e', eventFile],
    ...['-P', 'ubuntu-latest=-self-hosted', '--no-cache-server'],
    ...['--local-repository', `fleetwright/fleetwright@v1=${action}`],
    ...['-s', `GITHUB_TOKEN=${token}`, '--env', `GITHUB_API_URL=${double.apiUrl}`],
    ...['--env', 'GITHUB_REPOSITORY=fleet/demo', '--env', `GITHUB_SERVER_URL=${double.url}`],
  ]
  const path = [nodeFolder, dirname(process.execPath), process.env['PATH'] ?? ''].join(':')
  const env = { PATH: path, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), GIT_CONFIG_NOSYSTEM: '1' }
  return new Promise((done, failed) => {
    const child = spawn(act, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let log = ''
    child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    child.on('error', failed)
    child.on('close', (code) => {
      done({ exitCode: code ?? -1, log })
    })
  })
}

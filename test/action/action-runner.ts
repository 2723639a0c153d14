import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { initFiles } from '../../src/cli/init-files.ts'
import type { GitHubDouble } from '../github/github-double.ts'
import type { RepositoryState } from '../github/state.ts'

/** A job on a runner: a checkout of the double's repository, and the files by which steps speak to the runner. */
export interface Job {
  readonly folder: string
  readonly workspace: string
  readonly temporaryFolder: string
  /** Runs the action in it, as the runner does. */
  run(step: Step): Promise<StepResult>
}

export interface Step {
  readonly event: string
  readonly payload?: object
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

export interface StepResult {
  readonly exitCode: number
  readonly log: string
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
}

/** Defaults of action.yml, which the runner fills in. */
const defaults = {
  ...{ command: 'auto', name: 'fleetwright', comment: 'true', check: 'true', remote: 'origin', repo: '.' },
}

/** Of `commit`, as shallow as actions/checkout makes it, with its credentials in the configuration of Git. */
export function checkOut(
  action: string,
  double: GitHubDouble,
  { commit, token = double.token }: { readonly commit: string; readonly token?: string },
): Job {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-job-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const workspace = join(folder, 'demo')
  const temporaryFolder = join(folder, 'temp')
  const home = join(folder, 'home')
  for (const each of [workspace, temporaryFolder, home]) mkdirSync(each)
  const base = { PATH: process.env['PATH'] ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1' }
  // Asynchronous would be needed if the double were asked; a local path is fetched without it.
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: workspace, env: base, encoding: 'utf8', stdio: 'pipe' }).trim()
  git('init', '--quiet')
  git('fetch', '--quiet', '--no-tags', '--depth=1', `file://${double.repository().git().folder}`, commit)
  git('remote', 'add', 'origin', `${double.url}/fleet/demo.git`)
  git('checkout', '--quiet', '--detach', commit)
  const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
  git('config', `http.${double.url}/.extraheader`, header)
  return {
    ...{ folder, workspace, temporaryFolder },
    run: ({ event, payload = {}, inputs = {}, env = {} }) => {
      const files = { event: 'event.json', output: 'output', summary: 'summary.md' }
      const paths = Object.fromEntries(
        Object.entries(files).map(([name, file]) => [name, join(folder, file)]),
      )
      writeFileSync(join(folder, files.event), JSON.stringify(payload))
      for (const file of [files.output, files.summary]) writeFileSync(join(folder, file), '')
      const given = { ...defaults, token, 'api-url': double.apiUrl, ...inputs }
      const child = spawn(process.execPath, [join(action, 'dist/action/main.js')], {
        cwd: workspace,
        env: {
          ...base,
          ...Object.fromEntries(
            Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
          ),
          ...{ GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: paths['event'] ?? '' },
          ...{ GITHUB_OUTPUT: paths['output'] ?? '', GITHUB_STEP_SUMMARY: paths['summary'] ?? '' },
          ...{ GITHUB_WORKSPACE: workspace, RUNNER_TEMP: temporaryFolder, GITHUB_SHA: commit },
          ...{ GITHUB_REPOSITORY: 'fleet/demo', GITHUB_SERVER_URL: double.url, GITHUB_RUN_ID: '77' },
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let log = ''
      child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
      return new Promise((resolve) => {
        child.on('close', (code) => {
          const outputs = parseOutputs(readFileSync(join(folder, files.output), 'utf8'))
          const summary = readFileSync(join(folder, files.summary), 'utf8')
          resolve({ exitCode: code ?? -1, log, outputs, summary })
        })
      })
    },
  }
}

/** `name<<delimiter`, value, delimiter. */
function parseOutputs(text: string): Record<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(\S+)\n([^]*?)\n\2$/gm)
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]))
}

const helloPath = 'fleet/hello.yaml'

/** A commit on a new branch that comes from main. */
export function branchOff(
  repository: RepositoryState,
  branch: string,
  files: Readonly<Record<string, string>>,
): string {
  repository.git().git('update-ref', `refs/heads/${branch}`, 'refs/heads/main')
  return repository.commit(branch, files)
}

/** What `pull_request` tells, as far as it is read. */
export function pullRequestPayload(
  number: number,
  { head, base, fork = 'fleet/demo' }: { head: string; base: string; fork?: string | null },
): object {
  return {
    number,
    pull_request: {
      number,
      head: { sha: head, ref: `change-${number}`, repo: fork === null ? null : { full_name: fork } },
      base: { sha: base, ref: 'main', repo: { full_name: 'fleet/demo' } },
    },
    repository: { full_name: 'fleet/demo', default_branch: 'main' },
  }
}

/** Two clusters have a chart; the change gives it another value. */
export function openChange(double: GitHubDouble, { from = 'fleet/demo' }: { readonly from?: string } = {}) {
  const repository = double.repository()
  const main = repository.commit('main', initFiles)
  // As GitHub does: files are left out of what is fetched, and come when they are read.
  repository.git().git('config', 'uploadpack.allowFilter', 'true')
  const written = initFiles[helloPath] ?? ''
  const changed = written.replace('greeting: hello from', 'greeting: welcome to')
  const head = branchOff(repository, 'change-1', { [helloPath]: changed })
  const pull = repository.openPullRequest({ headCommit: head, baseCommit: main, headRepository: from })
  return { repository, main, head, pull, payload: pullRequestPayload(1, { head, base: main, fork: from }) }
}

/** What `workflow_run` tells, as far as it is read. */
export function workflowRunPayload(head: {
  readonly head: string
  readonly repository: string
  readonly branch: string
  readonly event?: string
}): object {
  const { head: commit, repository, branch, event = 'pull_request' } = head
  return {
    action: 'completed',
    workflow_run: {
      ...{ id: 77, event, head_sha: commit, head_branch: branch },
      head_repository: { full_name: repository, owner: { login: repository.split('/')[0] } },
    },
    repository: { full_name: 'fleet/demo', default_branch: 'main' },
  }
}

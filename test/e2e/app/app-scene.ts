import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { initFiles } from '../../../src/cli/init-files.ts'
import { appEnvironment, startServed, type ServedProcess } from '../../app/served-process.ts'
import type { AppState } from '../../github/apps.ts'
import type { GitHubDouble } from '../../github/github-double.ts'
import type { PullRequestState, RepositoryState } from '../../github/state.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'
import { greetingFiles } from './greeting-files.ts'
import { readDepth } from './read-depth.ts'

/** The app as processes of their own, and GitHub with one fleet that it is installed for. */
export interface AppScene {
  readonly double: GitHubDouble
  readonly app: AppState
  readonly repository: RepositoryState
  /** That all processes of the app share. */
  readonly dataFolder: string
  /** Starts the app, or a replica more; webhooks go to the last one. Resolves when GitHub has taken its key. */
  start(env?: Readonly<Record<string, string>>): Promise<ServedProcess>
  /** Starts it, and waits until what it missed is done. */
  startAndCatchUp(env?: Readonly<Record<string, string>>): Promise<ServedProcess>
  /** Opens a pull request that gives every cluster another greeting. */
  openChange(greeting: string): Change
}

export interface Change {
  readonly pull: PullRequestState
  readonly branch: string
}

/** `files` are on `main` from the beginning. */
export async function createAppScene(files: Readonly<Record<string, string>> = initFiles): Promise<AppScene> {
  const double = await useGitHubDouble({ clock: 'real' })
  const app = double.createApp()
  app.install('fleet', ['fleet/demo'])
  const repository = double.repository()
  repository.collaborators.set('ada', { role: 'admin' })
  repository.commit('main', files)
  const dataFolder = mkdtempSync(join(tmpdir(), 'fleetwright-scene-'))
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 }))
  const scene: AppScene = {
    ...{ double, app, repository, dataFolder },
    async start(env = {}) {
      const served = await startServed({
        // One that waits takes a second to start, after each child: most of these processes do not live for another one.
        env: { FLEETWRIGHT_DATA: dataFolder, STANDBY: '0', ...appEnvironment(double, app), ...env },
      })
      onTestFinished(() => served.kill())
      app.webhookUrl = `${served.url}/api/github/webhooks`
      await served.logged('authenticated')
      return served
    },
    async startAndCatchUp(env) {
      const served = await scene.start(env)
      await served.logged('reconciling')
      await settled(scene, served)
      return served
    },
    openChange(greeting) {
      const number = repository.pullRequests.length + 1
      const branch = `change-${number}`
      const main = repository.branches().get('main') ?? ''
      repository.git().git('update-ref', `refs/heads/${branch}`, main)
      const headCommit = repository.commit(branch, greetingFiles(greeting), 'ada')
      return { branch, pull: repository.openPullRequest({ headCommit, baseCommit: main }) }
    },
  }
  return scene
}

/** Resolves when everything that was delivered is done. */
export async function settled(
  { double }: Pick<AppScene, 'double'>,
  { metricsUrl, output }: Pick<ServedProcess, 'metricsUrl' | 'output'>,
): Promise<void> {
  await double.deliveries.idle()
  const until = Date.now() + 90_000
  for (let seen = 0; seen < 2;) {
    const { waiting, active } = await readDepth(metricsUrl)
    seen = waiting + active === 0 ? seen + 1 : 0
    if (Date.now() > until)
      throw new Error(`${waiting} wait and ${active} are being done:\n${output().slice(-6000)}`)
    await setTimeout(50)
  }
  await double.deliveries.idle()
}

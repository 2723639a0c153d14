import { onTestFinished } from 'vitest'
import {
  createGitHubPorts,
  type ConnectedGitHubPorts,
  type GitHubPortsOptions,
} from '../../src/adapters/github/github-ports.ts'
import {
  createGitHubInstallations,
  type GitHubInstallations,
} from '../../src/adapters/github/installations.ts'
import type { AppState, InstallationState } from './apps.ts'
import type { GitHubDouble } from './github-double.ts'

export interface AppScene {
  readonly app: AppState
  readonly installation: InstallationState
  readonly installations: GitHubInstallations
  /** Of `fleet/demo`. */
  readonly ports: ConnectedGitHubPorts
  /** The waits that they wanted, in milliseconds: time passes by them alone. */
  readonly sleeps: number[]
  /** Another one, with a connection of its own. */
  readonly createPorts: (more?: Partial<GitHubPortsOptions>) => ConnectedGitHubPorts
}

/** An app that is installed for all of `fleet`, and the real adapters with its tokens, in the double's time. */
export function createAppScene(double: GitHubDouble): AppScene {
  const app = double.createApp()
  const installation = app.install('fleet', 'all')
  const sleeps: number[] = []
  const common = {
    ...{ apiUrl: double.apiUrl, userAgent: 'fleetwright/0.0.0-test', environment: {} },
    waiting: {
      sleep: (milliseconds: number) => {
        sleeps.push(milliseconds)
        double.world.time.advance(milliseconds)
        return Promise.resolve()
      },
      random: () => 0,
      now: () => double.world.time.now(),
    },
  }
  const installations = createGitHubInstallations({
    ...{ ...common, appId: String(app.id), privateKey: app.privateKey },
  })
  onTestFinished(() => installations.close())
  const repository = { installation: installation.id, owner: 'fleet', name: 'demo' }
  const createPorts = (more: Partial<GitHubPortsOptions> = {}): ConnectedGitHubPorts => {
    const ports = createGitHubPorts({
      ...{ ...common, repository },
      token: () => installations.token(repository),
      app: { id: app.id, login: () => installations.login() },
      ...more,
    })
    onTestFinished(() => ports.close())
    return ports
  }
  return { app, installation, installations, ports: createPorts(), sleeps, createPorts }
}

import { Octokit } from '@octokit/rest'
import { describe } from 'vitest'
import type { GitHubDoubleOptions } from '../github/github-double.ts'
import { listenForWebhooks } from '../github/listener.ts'
import { createAppScene } from '../github/test-ports.ts'
import { useGitHubDouble } from '../github/use-github-double.ts'
import { installationsContract, type InstallationsUnderTest } from './installations.ts'

const nothing = (): void => undefined
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

async function onGitHub(options: GitHubDoubleOptions): Promise<InstallationsUnderTest> {
  const double = await useGitHubDouble(options)
  const { app, installation, installations } = createAppScene(double)
  // Of what the scene made, nothing is to be found.
  installation.uninstall()
  const listener = await listenForWebhooks()
  const team = app.install('team', ['team/demo'])
  const { time } = double.world
  return {
    installations: {
      ...installations,
      listRepositories: async (only) =>
        (await installations.listRepositories(only)).filter((each) => each.installation !== team.id),
    },
    install(owner, names) {
      const made = app.install(
        owner,
        names.map((name) => `${owner}/${name}`),
      )
      return {
        id: made.id,
        suspend: () => {
          made.suspend()
        },
        uninstall: () => {
          made.uninstall()
        },
        remove: (name) => {
          made.remove(`${owner}/${name}`)
        },
      }
    },
    lose() {
      app.webhookUrl = listener.url
      double.deliveries.route('lose')
      double.repository('team/demo').openPullRequest()
      const lost = double.deliveries.all.at(-1)
      if (lost === undefined) throw new Error('nothing was to be told')
      return { guid: lost.guid }
    },
    pass: (milliseconds) => {
      time.advance(milliseconds)
    },
    now: () => new Date(time.now()).toISOString(),
    async arrived() {
      await double.deliveries.idle()
      return listener.heard.map(({ headers }) => String(headers['x-github-delivery']))
    },
    async reached(token) {
      try {
        const octokit = new Octokit({ baseUrl: double.apiUrl, auth: token, log })
        const { data } = await octokit.rest.apps.listReposAccessibleToInstallation()
        return data.repositories.map((each) => each.full_name)
      } catch (error) {
        if ((error as { status?: number }).status === 401) return undefined
        throw error
      }
    },
  }
}

describe('GitHub', () => {
  installationsContract(() => onGitHub({}))
})

describe('GitHub Enterprise', () => {
  installationsContract(() => onGitHub({ product: 'enterprise' }))
})

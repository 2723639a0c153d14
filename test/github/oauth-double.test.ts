import { exchangeWebFlowCode, getWebFlowAuthorizationUrl } from '@octokit/oauth-methods'
import { Octokit } from '@octokit/rest'
import { expect, test } from 'vitest'
import { useGitHubDouble } from './use-github-double.ts'

const back = 'http://127.0.0.1:1/fleet/callback'
const nothing = (): void => undefined
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

async function scene() {
  const double = await useGitHubDouble()
  const app = double.createApp({ callbackUrls: [back] })
  app.install('fleet', 'all')
  const ask = new Octokit({ baseUrl: double.url, log }).request
  const { clientId, clientSecret } = app
  const visit = async (): Promise<Response> => {
    const { url } = getWebFlowAuthorizationUrl({
      ...{ clientType: 'github-app', clientId, state: 'of-this-browser', redirectUrl: back, request: ask },
    })
    return fetch(url, { redirect: 'manual' })
  }
  const exchange = async (code: string, secret = clientSecret) => {
    const { authentication } = await exchangeWebFlowCode({
      ...{ clientType: 'github-app', clientId, clientSecret: secret, code, request: ask },
    })
    return authentication.token
  }
  return { double, visit, exchange }
}

test('somebody signs in by way of an app, once with each code', async () => {
  const { double, visit, exchange } = await scene()
  expect((await visit()).status).toBe(200)
  double.signIn('ada')
  const location = new URL((await visit()).headers.get('location') ?? '')
  expect(`${location.origin}${location.pathname}`).toBe(back)
  expect(location.searchParams.get('state')).toBe('of-this-browser')
  const code = location.searchParams.get('code') ?? ''
  await expect(exchange(code, 'guessed')).rejects.toThrow('incorrect_client_credentials')
  const octokit = new Octokit({ baseUrl: double.apiUrl, auth: await exchange(code), log })
  expect((await octokit.rest.users.getAuthenticated()).data.login).toBe('ada')
  await expect(exchange(code)).rejects.toThrow('bad_verification_code')
})

test('who may not read a private repository is told that there is none', async () => {
  const { double, visit, exchange } = await scene()
  const secret = double.repository('fleet/secret', { isPrivate: true })
  const other = double.repository('other/secret', { isPrivate: true })
  for (const each of [secret, other]) each.collaborators.set('ada', { role: 'read' })
  const see = async (login: string, owner: string): Promise<number> => {
    double.signIn(login)
    const code = new URL((await visit()).headers.get('location') ?? '').searchParams.get('code') ?? ''
    const octokit = new Octokit({ baseUrl: double.apiUrl, auth: await exchange(code), log })
    return octokit.rest.repos.get({ owner, repo: 'secret' }).then(
      ({ status }) => status,
      (error: unknown) => (error as { status: number }).status,
    )
  }
  expect(await see('ada', 'fleet')).toBe(200)
  expect(await see('eve', 'fleet')).toBe(404)
  // The app is not installed there.
  expect(await see('ada', 'other')).toBe(404)
})

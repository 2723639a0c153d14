import { expect, test } from 'vitest'
import { useGitHubDouble } from '../../github/use-github-double.ts'
import { appEnvironment, serveApp } from '../served-app.ts'

test('without a login there is no fleet page, and nothing of it', async () => {
  const double = await useGitHubDouble()
  const served = await serveApp(appEnvironment(double, double.createApp()))
  for (const path of ['/fleet/fleet/demo', '/fleet/', '/login', '/login/callback', '/logout'])
    expect([path, (await fetch(`${served.url}${path}`, { redirect: 'manual' })).status]).toEqual([path, 404])
  expect(await (await fetch(served.url)).text()).not.toContain('Sign in')
})

test('with one, the app says where to sign in and names no repository', async () => {
  const double = await useGitHubDouble()
  const app = double.createApp()
  app.install('fleet', 'all')
  const served = await serveApp({
    ...appEnvironment(double, app),
    ...{ GITHUB_CLIENT_ID: app.clientId, GITHUB_CLIENT_SECRET: app.clientSecret },
    ...{ SESSION_SECRET: 'sealed by this test, and by nobody else', PUBLIC_URL: 'https://fleet.example.com' },
  })
  const home = await (await fetch(served.url)).text()
  expect(home).toContain('<a href="/login">Sign in with GitHub</a>')
  expect(home).not.toContain('demo')
  const login = await fetch(`${served.url}/login`, { redirect: 'manual' })
  expect(login.headers.get('location')).toContain(`${double.url}/login/oauth/authorize?`)
  const page = await fetch(`${served.url}/fleet/fleet/demo`, { redirect: 'manual' })
  expect([page.status, page.headers.get('location')]).toEqual([303, '/login?return=%2Ffleet%2Ffleet%2Fdemo'])
  expect((await fetch(`${served.url}/metrics`)).status).toBe(404)
  expect(served.output()).not.toContain(app.clientSecret)
})

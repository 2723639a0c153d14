import { expect, test } from 'vitest'
import { sealData } from 'iron-session'
import { createTestBrowser } from './browser.ts'
import {
  createFleetPageRig,
  createQuickCli,
  fleetPath,
  sessionSecret,
  type FleetPageRig,
} from './fleet-page-rig.ts'

const quick = { cli: () => createQuickCli() }

/** What the browser is sent to GitHub with. */
async function begin({ browser }: FleetPageRig, path = '/login'): Promise<URL> {
  const response = await browser.ask(path)
  expect(response.status).toBe(303)
  return new URL(response.headers.get('location') ?? '')
}

test('who is not signed in is sent to GitHub, with a state and a challenge, and comes back to where they were', async () => {
  const rig = await createFleetPageRig(quick)
  const response = await rig.browser.ask(`${fleetPath}?cluster=prod`)
  expect([response.status, response.headers.get('location')]).toEqual([
    303,
    `/login?return=${encodeURIComponent(`${fleetPath}?cluster=prod`)}`,
  ])
  const there = await begin(rig, response.headers.get('location') ?? '')
  expect(`${there.origin}${there.pathname}`).toBe(`${rig.double.url}/login/oauth/authorize`)
  expect(Object.fromEntries(there.searchParams)).toMatchObject({
    client_id: rig.app.clientId,
    redirect_uri: `${rig.url}/login/callback`,
    code_challenge_method: 'S256',
    state: expect.stringMatching(/^[\w-]{43}$/) as string,
    code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
  })
  // Nothing was asked of GitHub for a stranger.
  expect(rig.double.requests).toEqual([])
  rig.double.signIn('ada')
  const page = await rig.browser.visit(there.href)
  expect(`${page.url.pathname}${page.url.search}`).toBe(`${fleetPath}?cluster=prod`)
})

test('cookies are out of reach of scripts and other sites, and of other protocols and hosts where there is HTTPS', async () => {
  const { browser } = await createFleetPageRig(quick)
  const [cookie] = (await browser.ask('/login')).headers.getSetCookie()
  expect(cookie).toMatch(/^fleetwright_login=[^;]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/)
  const secure = await createFleetPageRig({ ...quick, publicUrl: 'https://fleet.example.com' })
  const response = await secure.browser.ask('/login')
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^__Host-fleetwright_login=[^;]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    ),
  ])
  expect(response.headers.get('location')).toContain(
    `redirect_uri=${encodeURIComponent('https://fleet.example.com/login/callback')}`,
  )
})

test('a session is a cookie of eight hours that holds nothing that could be read', async () => {
  const rig = await createFleetPageRig(quick)
  const browser = await rig.signIn('ada')
  const value = browser.cookies.get('fleetwright_session') ?? ''
  expect(value).not.toBe('')
  expect(Buffer.from(value, 'base64').toString()).not.toMatch(/ghu_|ada/)
  expect(value).not.toMatch(/ghu_|ada/)
  rig.pass(8 * 3_600_000 - 1)
  expect((await browser.ask(fleetPath)).status).not.toBe(303)
  rig.pass(1)
  expect((await browser.ask(fleetPath)).headers.get('location')).toBe('/login?return=%2Ffleet%2Ffleet%2Fdemo')
})

test.each([
  ['made up', () => Promise.resolve('Fe26.2*1*abc*def*ghi*jkl*mno*pqr~2')],
  ['nonsense', () => Promise.resolve('%%%')],
  ['of another secret', () => seal({}, 'another secret that is long enough for sealing')],
  ['over', () => seal({ endsAt: 1 }, sessionSecret)],
  ['of another kind', () => seal({ kind: 'login' }, sessionSecret)],
])('a session that is %s is none', async (_, make) => {
  const rig = await createFleetPageRig(quick)
  rig.browser.cookies.set('fleetwright_session', await make())
  const response = await rig.browser.ask(fleetPath)
  expect([response.status, response.headers.get('location')]).toEqual([
    303,
    '/login?return=%2Ffleet%2Ffleet%2Fdemo',
  ])
  expect(rig.double.requests).toEqual([])
})

function seal(more: object, password: string): Promise<string> {
  const session = {
    kind: 'session',
    login: 'ada',
    token: 'ghu_x',
    proof: 'x',
    endsAt: Number.MAX_SAFE_INTEGER,
  }
  return sealData({ ...session, ...more }, { password, ttl: 0 })
}

test('a sign-in ends in the browser in which it began, once', async () => {
  const rig = await createFleetPageRig(quick)
  const { browser, double } = rig
  double.signIn('ada')
  const back = async (url: URL): Promise<string> =>
    (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? ''
  const callback = await back(await begin(rig))
  // Another browser, and a state that somebody made up.
  const stranger = createTestBrowser(rig.url)
  expect(await (await stranger.ask(callback)).text()).toContain('This sign-in is not known here')
  const forged = callback.replace(/state=[^&]+/, 'state=forged')
  const refused = await browser.ask(forged)
  expect([refused.status, refused.headers.getSetCookie()]).toEqual([
    400,
    ['fleetwright_login=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'],
  ])
  expect(await refused.text()).toContain('<a href="/login">Sign in with GitHub</a>')
  // Which ended it: whoever tries states gets no second one.
  expect((await browser.ask(callback)).status).toBe(400)
  const second = await back(await begin(rig))
  const kept = new Map(browser.cookies)
  expect((await browser.ask(second)).status).toBe(303)
  expect(browser.cookies.has('fleetwright_session')).toBe(true)
  expect((await browser.ask(second)).status).toBe(400)
  // With the cookie as it was: GitHub takes no code twice.
  for (const [name, value] of kept) browser.cookies.set(name, value)
  const replayed = await browser.ask(second)
  expect([replayed.status, await replayed.text()]).toEqual([
    400,
    expect.stringContaining('This sign-in has ended'),
  ])
})

test('a code that was got for another sign-in is not taken', async () => {
  const rig = await createFleetPageRig(quick)
  rig.double.signIn('mallory')
  const other = await fetch(await begin({ ...rig, browser: createTestBrowser(rig.url) }), {
    redirect: 'manual',
  })
  const code = new URL(other.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const state = (await begin(rig)).searchParams.get('state') ?? ''
  const response = await rig.browser.ask(`/login/callback?code=${code}&state=${state}`)
  expect([response.status, rig.browser.cookies.has('fleetwright_session')]).toEqual([400, false])
})

test('who does not authorize the app, or waits too long, is told what to do', async () => {
  const rig = await createFleetPageRig(quick)
  const state = async (): Promise<string> =>
    (await begin(rig, `/login?return=${fleetPath}`)).searchParams.get('state') ?? ''
  const denied = await rig.browser.ask(`/login/callback?error=access_denied&state=${await state()}`)
  expect(denied.status).toBe(403)
  expect(await denied.text()).toContain('<a href="/login?return&#x3D;%2Ffleet%2Ffleet%2Fdemo">')
  const late = await state()
  rig.pass(10 * 60_000)
  expect((await rig.browser.ask(`/login/callback?code=x&state=${late}`)).status).toBe(400)
  expect((await rig.browser.ask('/login/callback')).status).toBe(400)
})

test.each([
  'https://evil.example/',
  '//evil.example/fleet/',
  '/\\evil.example',
  '/fleet/..//evil.example',
  '/fleet/%2e%2e//evil.example',
  '/fleet/../logout',
  '/logout',
  'javascript:alert(1)',
  '/fleet/\t/../..//evil.example',
  'fleet/x',
])('after signing in nobody is sent to %s', async (wanted) => {
  const rig = await createFleetPageRig(quick)
  rig.double.signIn('ada')
  const there = await begin(rig, `/login?return=${encodeURIComponent(wanted)}`)
  const callback = (await fetch(there, { redirect: 'manual' })).headers.get('location') ?? ''
  expect((await rig.browser.ask(callback)).headers.get('location')).toBe('/')
})

test('signing out takes a form of a page of the app', async () => {
  const rig = await createFleetPageRig(quick)
  const browser = await rig.signIn('ada')
  const { text } = await browser.visit('/fleet/x/y')
  expect(text).toContain('Signed in as ada')
  const [, proof = ''] = /name="proof" value="([\w-]+)"/.exec(text) ?? []
  const post = (body: string): Promise<Response> =>
    browser.ask('/logout', {
      ...{ method: 'POST', body },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  expect((await browser.ask('/logout')).status).toBe(405)
  for (const body of ['', 'proof=forged', `proof=${proof}&x=${'x'.repeat(5000)}`])
    expect((await post(body)).status).toBe(403)
  expect(browser.cookies.has('fleetwright_session')).toBe(true)
  const out = await post(`proof=${proof}`)
  expect([out.status, out.headers.get('location')]).toEqual([303, '/'])
  expect(browser.cookies.has('fleetwright_session')).toBe(false)
  expect((await post('')).status).toBe(303)
})

test('a sign-in that GitHub does not answer is told as that, and the secret of the app stays unsaid', async () => {
  const rig = await createFleetPageRig(quick)
  rig.double.signIn('ada')
  const there = await begin(rig)
  const callback = (await fetch(there, { redirect: 'manual' })).headers.get('location') ?? ''
  rig.double.next({ method: 'GET', path: /^\/user$/, times: 20 }, { type: 'status', status: 502 })
  const response = await rig.browser.ask(callback)
  expect([response.status, await response.text()]).toEqual([
    502,
    expect.stringContaining('Signing in failed'),
  ])
  expect(rig.logged).toContain('sign-in-failed')
})

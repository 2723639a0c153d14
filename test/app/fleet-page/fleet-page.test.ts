import { expect, onTestFinished, test, vi } from 'vitest'
import { initFiles } from '../../../src/cli/init-files.ts'
import type { AppPorts } from '../../../src/app/types.ts'
import { runCommand } from '../../cli/run-command.ts'
import { readTags } from '../../report/page/read-tags.ts'
import { createFleetPageRig, createQuickCli, fleetPath, type FleetPageRig } from './fleet-page-rig.ts'

const quick = { cli: () => createQuickCli() }

/** Whose page `ada` may see. */
async function useFleet(cli?: () => AppPorts['cli']): Promise<FleetPageRig> {
  const rig = await createFleetPageRig(cli && { cli })
  rig.state.commit('main', initFiles)
  rig.state.collaborators.set('ada', { role: 'read' })
  return rig
}

test('a reader sees the fleet as its branches have it, with what changed and what waits', async () => {
  const rig = await useFleet()
  const { state, double, app } = rig
  const compiled = await runCommand(state.git().folder, ['compile', '--commit', 'main'])
  expect(compiled.exitCode).toBe(0)
  const source = state.git().git('rev-parse', 'main').trim()
  const rendered = state.git().git('rev-parse', 'rendered').trim()
  state.git().git('update-ref', 'refs/heads/fleetwright/rollback/fleet/staging-abc', source)
  const pull = state.openPullRequest({
    ...{ title: 'Roll back <b>staging</b>', author: double.world.account(app.login) },
    ...{ headBranch: 'fleetwright/rollback/fleet/staging-abc', headCommit: source, baseCommit: source },
  })
  const browser = await rig.signIn('ada')
  const { status, text, headers } = await rig.whenMade(browser)
  expect(status).toBe(200)
  const { text: said, tags } = readTags(text)
  const cells = said.replace(/\s+/g, ' ')
  for (const part of [
    'fleet/production',
    'fleet/staging',
    'env=production',
    'v1.34.0',
    'never observed',
    '0.1.0',
    'policy-fleet-quotas',
    'All 2 clusters',
    `#${pull.number} Roll back <b>staging</b>`,
    'a rollback',
    'Render',
    'fleet/staging: new +helm-hello-hello +namespaces',
  ])
    expect(cells).toContain(part)
  const links = tags.flatMap(({ attributes }) => attributes.get('href') ?? [])
  expect(links).toEqual(
    expect.arrayContaining([
      `${double.url}/fleet/demo/commit/${source}`,
      `${double.url}/fleet/demo/commit/${rendered}`,
      `${double.url}/fleet/demo/pull/${pull.number}`,
    ]) as string[],
  )
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  })
  // Nothing was written: the branch is where it was, and the private one is gone.
  expect(state.git().git('rev-parse', 'rendered').trim()).toBe(rendered)
  expect(
    rig.calls.map(({ command, args }) => [command, args.some((arg) => arg.startsWith('--push'))]),
  ).toEqual([
    ['show config', false],
    ['show clusters', false],
    ['show conflicts', false],
    ['compile', false],
  ])
  expect(readTags((await rig.whenMade(browser, `${fleetPath}?addon=quotas`)).text).text).toContain(
    '1 cluster',
  )
}, 120_000)

test('what a stranger may not read is as if it were not there', async () => {
  const rig = await useFleet(() => createQuickCli())
  const { double } = rig
  const hidden = double.repository('fleet/secret', { isPrivate: true })
  hidden.collaborators.set('ada', { role: 'read' })
  double.repository('other/public')
  const eve = await rig.signIn('eve')
  const missing = await eve.visit('/fleet/fleet/nothing')
  expect(missing.status).toBe(404)
  for (const path of [
    '/fleet/fleet/secret',
    // Everybody may read it, and the app is not installed there.
    '/fleet/other/public',
    '/fleet/fleet',
    '/fleet/fleet/demo/more',
    '/fleet/fleet/..%2fdemo',
    '/fleet/fleet/%3Cscript%3E',
    '/fleet/',
  ]) {
    const { status, text } = await eve.visit(path)
    expect([path, status, text]).toEqual([path, 404, missing.text])
  }
  expect(rig.calls).toEqual([])
  const ada = await rig.signIn('ada')
  expect((await ada.visit('/fleet/fleet/secret')).status).not.toBe(404)
})

test('a public repository is for everybody who signed in, whatever the case of its name', async () => {
  const rig = await useFleet(() => createQuickCli())
  const eve = await rig.signIn('eve')
  expect((await rig.whenMade(eve, '/fleet/FLEET/Demo')).text).toContain('fleet/two')
})

test('a repository without a fleet is as if it were not there', async () => {
  const rig = await createFleetPageRig(quick)
  const ada = await rig.signIn('ada')
  const missing = await ada.visit('/fleet/fleet/nothing')
  const found = await rig.whenMade(ada)
  expect([found.status, found.text]).toEqual([404, missing.text])
  expect(rig.calls).toEqual([])
})

test('who may read it no more sees it for a minute at most', async () => {
  const rig = await createFleetPageRig(quick)
  const secret = rig.double.repository('fleet/secret', { isPrivate: true })
  secret.collaborators.set('ada', { role: 'read' })
  rig.state.commit('main', initFiles)
  const ada = await rig.signIn('ada')
  const asked = (): number => rig.double.requests.filter(({ path }) => path === '/repos/fleet/secret').length
  expect((await rig.whenMade(ada, '/fleet/fleet/secret')).status).toBe(200)
  const before = asked()
  secret.collaborators.delete('ada')
  rig.pass(59_000)
  expect((await ada.visit('/fleet/fleet/secret')).status).toBe(200)
  expect(asked()).toBe(before)
  rig.pass(1000)
  expect((await ada.visit('/fleet/fleet/secret')).status).toBe(404)
})

test('a sign-in that GitHub does not take any more ends, with a way to begin again', async () => {
  const rig = await useFleet(() => createQuickCli())
  const ada = await rig.signIn('ada')
  const token = rig.double.requests
    .flatMap(({ headers }) => headers.authorization?.split(' ')[1] ?? [])
    .find((each) => each.startsWith('ghu_'))
  rig.double.revoke(token ?? '')
  const { status, text } = await ada.visit(fleetPath)
  expect([status, ada.cookies.has('fleetwright_session')]).toEqual([401, false])
  expect(text).toContain('href="/login?return&#x3D;%2Ffleet%2Ffleet%2Fdemo"')
  const again = await rig.signIn('ada', fleetPath)
  expect((await rig.whenMade(again)).status).toBe(200)
})

test('a state is made once for all who look, and visitors are answered meanwhile', async () => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const cli = createQuickCli()
  const rig = await useFleet(() => async (call) => {
    await held
    return cli(call)
  })
  const [ada, eve] = [await rig.signIn('ada'), await rig.signIn('eve')]
  const waiting = await Promise.all([ada, eve, ada].map((browser) => browser.visit(fleetPath)))
  for (const { status, text } of waiting) {
    expect(status).toBe(202)
    expect(text).toContain('<meta http-equiv="refresh" content="3">')
  }
  release()
  expect((await rig.whenMade(eve)).text).not.toContain('http-equiv="refresh"')
  expect((await ada.visit(fleetPath)).status).toBe(200)
  expect(rig.calls.filter(({ command }) => command === 'compile')).toHaveLength(1)
})

test('what children print of a fleet is read in another thread than the one that answers', async () => {
  const read = vi.spyOn(JSON, 'parse')
  onTestFinished(() => read.mockRestore())
  const rig = await useFleet(() => createQuickCli('held by a test of threads'))
  const ada = await rig.signIn('ada')
  expect((await rig.whenMade(ada)).text).toContain('held by a test of threads')
  const texts = read.mock.calls.map(([text]) => text)
  expect(texts.length).toBeGreaterThan(0)
  expect(texts.filter((text) => text.includes('held by a test of threads'))).toEqual([])
})

test('a child that prints no result fails the page, and nothing else', async () => {
  const rig = await useFleet(() => async (call) => {
    const result = await createQuickCli()(call)
    return call.command === 'compile' ? { ...result, exitCode: 1, stdout: '{}' } : result
  })
  const ada = await rig.signIn('ada')
  const { status, text } = await rig.whenMade(ada)
  expect([status, text]).toEqual([502, expect.stringContaining('could not be worked out')])
  expect(rig.logged).toContain('fleet-page-failed')
})

test('when a branch moves, the page as it was says so until there is a newer one', async () => {
  let held = Promise.resolve()
  let release: () => void = () => undefined
  const rig = await useFleet(() => async (call) => {
    await held
    return createQuickCli(`held at ${call.args[0] ?? ''}`)(call)
  })
  const ada = await rig.signIn('ada')
  const first = await rig.whenMade(ada)
  held = new Promise((resolve) => (release = resolve))
  const commit = rig.state.commit('main', { 'README.md': 'another\n' })
  // Heads are asked for every few seconds only.
  expect((await ada.visit(fleetPath)).text).toBe(first.text)
  rig.pass(5000)
  const old = await ada.visit(fleetPath)
  expect(old.text).toContain('a newer state is being worked out')
  expect(old.text).toContain('http-equiv="refresh"')
  release()
  await vi.waitFor(
    async () => expect((await ada.visit(fleetPath)).text).toContain(`held at --commit&#x3D;${commit}`),
    { timeout: 20_000 },
  )
})

test('what cannot be worked out is said, without what went wrong, and tried again after a minute', async () => {
  let isBroken = false
  const rig = await useFleet(
    () => (call) =>
      isBroken
        ? Promise.resolve({ exitCode: 3, stdout: '', stderr: 'proxy.internal said no', durationMs: 1 })
        : createQuickCli()(call),
  )
  const ada = await rig.signIn('ada')
  isBroken = true
  const none = await rig.whenMade(ada)
  expect([none.status, none.text]).toEqual([502, expect.stringContaining('could not be worked out')])
  expect(none.text).not.toContain('proxy.internal')
  const count = rig.calls.length
  isBroken = false
  expect((await ada.visit(fleetPath)).status).toBe(502)
  expect(rig.calls).toHaveLength(count)
  rig.pass(60_000)
  expect((await rig.whenMade(ada)).status).toBe(200)
  isBroken = true
  rig.state.commit('main', { 'README.md': 'another\n' })
  rig.pass(5000)
  await vi.waitFor(
    async () =>
      expect((await ada.visit(fleetPath)).text).toContain('the newer state could not be worked out'),
    { timeout: 20_000 },
  )
})

test('where GitHub does not answer, that is said', async () => {
  const rig = await useFleet(() => createQuickCli())
  const ada = await rig.signIn('ada')
  rig.double.next(
    { method: 'GET', path: /^\/repos\/fleet\/demo$/, times: 20 },
    { type: 'status', status: 503 },
  )
  const { status, text } = await ada.visit(fleetPath)
  expect([status, text]).toEqual([502, expect.stringContaining('GitHub does not answer')])
})

test('ages are those of whichever is younger: what the branch records, or what the watch saw', async () => {
  const at = (hour: number): string => `2026-01-02T0${hour}:00:00Z`
  const shown = (cluster: string, observedAt: string) => ({
    ...{
      cluster,
      type: 'configured',
      version: 'v1.34.0',
      paused: false,
      workers: [],
      pods: [],
      services: [],
    },
    ...{ labels: [], addons: 0, observed: { observedAt, reachable: true } },
  })
  const clusters = { clusters: ['one', 'two', 'three'].map((name) => shown(`fleet/${name}`, at(1))) }
  const rig = await createFleetPageRig({
    cli: () => createQuickCli('', { 'show clusters': clusters }),
    isWatched: true,
  })
  rig.state.commit('main', initFiles)
  const put = (rows: object): Promise<void> =>
    rig.ports.state.put(
      new Map([
        [`${rig.repository.installation}/fleet/demo/facts/.fleetwright/observed.json`, JSON.stringify(rows)],
      ]),
    )
  await put({
    'fleet/one': { observedAt: at(3), reachable: true },
    'fleet/two': { observedAt: at(0), reachable: true },
    'fleet/three': { observedAt: at(1), reachable: false, reason: 'no connection' },
  })
  const ada = await rig.signIn('ada')
  const ages = (html: string) =>
    [...html.matchAll(/>fleet\/(one|two|three)<.*?>(\d+\w ago[^<]*)</gs)]
      .slice(0, 3)
      .map(([, name, age]) => [name, age])
  // It is 03:04:05.
  expect(ages((await rig.whenMade(ada)).text)).toEqual([
    ['one', '4m ago'],
    ['three', '2h ago, does not answer'],
    ['two', '2h ago'],
  ])
  await put({ 'fleet/two': { observedAt: '2026-01-02T03:04:05Z', reachable: true } })
  rig.pass(60_000)
  expect(ages((await rig.whenMade(ada)).text)).toContainEqual(['two', '1m ago'])
  expect(rig.calls.filter(({ command }) => command === 'compile')).toHaveLength(1)
})

test('where the app lacks a permission, that is said, with where to give it', async () => {
  const rig = await useFleet(() => createQuickCli())
  const ada = await rig.signIn('ada')
  rig.app.permissions = { ...rig.app.permissions, issues: 'read' }
  const { status, text } = await ada.visit(fleetPath)
  expect(status).toBe(502)
  const { text: said } = readTags(text)
  expect(said).toContain('The app lacks a permission in fleet/demo that it asks for: issues: write.')
  expect(said).toContain(`${rig.double.url}/settings/installations/${rig.repository.installation}.`)
})

test('the style is a file of its content, for good', async () => {
  const rig = await useFleet(() => createQuickCli())
  const { text } = await rig.browser.visit('/login/callback')
  const [, path = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(text) ?? []
  const response = await rig.browser.ask(path)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
})

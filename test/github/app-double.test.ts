import { createAppAuth } from '@octokit/auth-app'
import { verify } from '@octokit/webhooks-methods'
import { Octokit } from '@octokit/rest'
import { describe, expect, test } from 'vitest'
import type { AppState } from './apps.ts'
import type { GitHubDouble } from './github-double.ts'
import { listenForWebhooks } from './listener.ts'
import { useGitHubDouble } from './use-github-double.ts'

const at = { owner: 'fleet', repo: 'demo' }

const nothing = (): void => undefined
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

function asApp(double: GitHubDouble, { id, privateKey }: Pick<AppState, 'id' | 'privateKey'>): Octokit {
  return new Octokit({
    baseUrl: double.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId: id, privateKey },
    log,
  })
}

async function scene() {
  const double = await useGitHubDouble()
  const app = double.createApp()
  const installation = app.install('fleet', ['fleet/demo'])
  const octokit = asApp(double, app)
  const createToken = async (wanted: object = {}): Promise<string> => {
    const created = await octokit.rest.apps.createInstallationAccessToken({
      ...{ installation_id: installation.id, ...wanted },
    })
    return created.data.token
  }
  const withToken = (token: string) => new Octokit({ baseUrl: double.apiUrl, auth: token, log })
  return { double, app, installation, octokit, createToken, withToken }
}

describe('an app', () => {
  test('signs in with its key, and with no other', async () => {
    const { double, app, octokit } = await scene()
    expect((await octokit.rest.apps.getAuthenticated()).data).toMatchObject({
      ...{ id: app.id, slug: 'fleetwright' },
    })
    const other = double.createApp({ slug: 'other' })
    await expect(
      asApp(double, { id: app.id, privateKey: other.privateKey }).rest.apps.getAuthenticated(),
    ).rejects.toMatchObject({ status: 401 })
  })

  test('whose clock is wrong is told so, and GitHub says what time it is', async () => {
    const { double, octokit } = await scene()
    double.world.time.advance(-3_600_000)
    const { status } = await octokit.rest.apps.getAuthenticated()
    expect(status).toBe(200)
    expect(double.requests.map((request) => request.status)).toEqual([401, 200])
  })

  test('reaches what its token is for, until that expires', async () => {
    const { double, createToken, withToken } = await scene()
    double.repository('fleet/secret', { isPrivate: true })
    const token = await createToken({ repositories: ['demo'], permissions: { issues: 'read' } })
    const octokit = withToken(token)
    const { data } = await octokit.rest.apps.listReposAccessibleToInstallation()
    expect(data.repositories.map((each) => each.full_name)).toEqual(['fleet/demo'])
    await expect(octokit.rest.repos.get({ ...at, repo: 'secret' })).rejects.toMatchObject({ status: 404 })
    const commenting = octokit.rest.issues.createComment({ ...at, issue_number: 1, body: 'x' })
    await expect(commenting).rejects.toMatchObject({ status: 403 })
    double.world.time.advance(3_600_001)
    await expect(octokit.rest.repos.get(at)).rejects.toMatchObject({ status: 401 })
  })

  test('gets no token for what it was not given, and none where it is suspended or gone', async () => {
    const { double, createToken, installation } = await scene()
    double.repository('fleet/other')
    await expect(createToken({ repositories: ['other'] })).rejects.toMatchObject({ status: 422 })
    await expect(createToken({ permissions: { actions: 'write' } })).rejects.toMatchObject({ status: 422 })
    installation.suspend()
    await expect(createToken()).rejects.toMatchObject({ status: 403 })
    installation.unsuspend()
    await createToken()
    installation.uninstall()
    await expect(createToken()).rejects.toMatchObject({ status: 404 })
  })
})

async function listening() {
  const double = await useGitHubDouble()
  const app = double.createApp()
  const listener = await listenForWebhooks()
  app.webhookUrl = listener.url
  const installation = app.install('fleet', 'all')
  const repository = double.repository()
  const names = async (): Promise<string[]> => {
    await double.deliveries.idle()
    return listener.heard.map(
      ({ headers, payload }) =>
        `${String(headers['x-github-event'])} ${(payload['action'] as string | undefined) ?? ''}`,
    )
  }
  return { double, app, listener, installation, repository, names, octokit: asApp(double, app) }
}

describe('webhooks', () => {
  test('are signed, and tell what people do', async () => {
    const { double, app, listener, repository, names } = await listening()
    const ada = repository.as('ada')
    const { number } = ada.openPullRequest({ draft: true })
    ada.markReady(number)
    ada.moveHead(number, 'a'.repeat(40))
    ada.label(number, 'fleet')
    const { id } = ada.comment(number, '/fleet diff')
    ada.editComment(id, '/fleet compile')
    ada.queue({ head: 'b'.repeat(40), base: 'main', baseCommit: 'c'.repeat(40) })
    ada.dispatch('compile', { cluster: 'prod' })
    ada.close(number)
    ada.reopen(number)
    ada.close(number, { merged: true })
    expect((await names()).toSorted()).toEqual(
      [
        ...['installation created', 'pull_request opened', 'pull_request ready_for_review'],
        ...['pull_request synchronize', 'pull_request labeled', 'issue_comment created'],
        ...['issue_comment edited', 'merge_group checks_requested', 'repository_dispatch compile'],
        ...['pull_request closed', 'pull_request reopened', 'pull_request closed'],
      ].toSorted(),
    )
    for (const { headers, text } of listener.heard) {
      expect(await verify(app.webhookSecret, text, String(headers['x-hub-signature-256']))).toBe(true)
    }
    const moved = double.deliveries.all.find(({ action }) => action === 'synchronize')
    expect(moved?.payload).toMatchObject({
      ...{ number, after: 'a'.repeat(40), sender: { login: 'ada', type: 'User' } },
      pull_request: { number, head: { sha: 'a'.repeat(40), ref: 'change-1' }, base: { ref: 'main' } },
      repository: { full_name: 'fleet/demo', owner: { login: 'fleet' } },
    })
  })

  test('tell of pushes and of the pull requests that they move', async () => {
    const { double, repository, names } = await listening()
    const base = repository.commit('main', { 'a.yaml': '1\n' })
    repository.git().git('branch', 'change', base)
    repository.openPullRequest({ headBranch: 'change', headCommit: base })
    const head = repository.as('ada').push('change', { 'b.yaml': '2\n' })
    expect((await names()).slice(1).toSorted()).toEqual([
      ...['pull_request opened', 'pull_request synchronize', 'push ', 'push '],
    ])
    expect(double.deliveries.all.findLast(({ event }) => event === 'push')?.payload).toMatchObject({
      ...{ ref: 'refs/heads/change', before: base, after: head, created: false, forced: false },
      ...{ commits: [{ id: head, added: ['b.yaml'] }], sender: { login: 'ada' } },
    })
  })

  test('tell of buttons only the app that put them there, and only of those that are there', async () => {
    const { double, app, repository, installation } = await listening()
    double.createApp({ slug: 'other' }).install('fleet', 'all')
    const { data } = await asApp(double, app).rest.apps.createInstallationAccessToken({
      installation_id: installation.id,
    })
    const { data: check } = await new Octokit({
      baseUrl: double.apiUrl,
      auth: data.token,
    }).rest.checks.create({
      ...{ ...at, name: 'fleetwright', head_sha: 'a'.repeat(40), status: 'completed', conclusion: 'failure' },
      actions: [{ label: 'Compile again', description: 'Compiles it again', identifier: 'compile' }],
    })
    const ada = repository.as('ada')
    ada.press(check.id, 'compile')
    ada.rerunCheck(check.id)
    ada.rerunSuite('fleetwright', 'a'.repeat(40))
    expect(() => {
      ada.press(check.id, 'ok:1')
    }).toThrow('no button')
    const told = double.deliveries.all.slice(1)
    expect(told.map(({ event, action }) => `${event} ${action}`)).toEqual([
      ...['check_run requested_action', 'check_run rerequested', 'check_suite rerequested'],
    ])
    expect(told[0]?.payload).toMatchObject({
      requested_action: { identifier: 'compile' },
      check_run: { id: check.id, app: { slug: 'fleetwright' } },
    })
  })

  test('tell of installations and what is in them', async () => {
    const { double, app, names } = await listening()
    const installation = app.install('team', ['team/one'])
    installation.add('team/two')
    installation.remove('team/one')
    installation.uninstall()
    expect((await names()).slice(1).toSorted()).toEqual([
      ...['installation created', 'installation deleted'],
      ...['installation_repositories added', 'installation_repositories removed'],
    ])
    expect(double.deliveries.all.find(({ action }) => action === 'added')?.payload).toMatchObject({
      installation: { id: installation.id, account: { login: 'team' } },
      repositories_added: [{ full_name: 'team/two' }],
    })
  })

  test('come late, twice, out of order, or not at all', async () => {
    const { double, listener, repository } = await listening()
    double.deliveries.route('hold')
    const ada = repository.as('ada')
    for (const text of ['one', 'two', 'three']) ada.comment(ada.openPullRequest().number, text)
    await double.deliveries.idle()
    expect(listener.heard).toHaveLength(1)
    const [, first, , second, , third] = double.deliveries.held()
    if (!first || !second || !third) throw new Error('three comments are held')
    expect(await double.deliveries.send(third)).toBe(200)
    await double.deliveries.send(first)
    await double.deliveries.send(first)
    double.deliveries.lose(second)
    const bodies = listener.heard.slice(1).map(({ payload }) => payload['comment'] as { body: string })
    expect(bodies.map(({ body }) => body)).toEqual(['three', 'one', 'one'])
    const guids = listener.heard.slice(1).map(({ headers }) => headers['x-github-delivery'])
    expect(guids).toEqual([third.guid, first.guid, first.guid])
  })

  test('that were lost are listed, and sent again when the app asks for it', async () => {
    const { double, listener, repository, octokit } = await listening()
    await double.deliveries.idle()
    double.deliveries.route('lose')
    const { number } = repository.openPullRequest()
    const listed = await octokit.rest.apps.listWebhookDeliveries({ per_page: 1 })
    const [lost] = listed.data
    expect(lost).toMatchObject({
      event: 'pull_request',
      action: 'opened',
      status_code: 502,
      redelivery: false,
    })
    expect(listed.headers.link).toContain('rel="next"')
    await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: lost?.id ?? 0 })
    await double.deliveries.idle()
    expect(listener.heard.at(-1)?.payload).toMatchObject({ action: 'opened', number })
    const { data } = await octokit.rest.apps.listWebhookDeliveries()
    expect(data[0]).toMatchObject({ guid: lost?.guid, status_code: 200, redelivery: true, status: 'OK' })
  })
})

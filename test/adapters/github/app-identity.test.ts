import { describe, expect, test } from 'vitest'
import { createAppScene } from '../../github/test-ports.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'

async function scene() {
  const double = await useGitHubDouble()
  const made = createAppScene(double)
  const repository = { installation: made.installation.id, owner: 'fleet', name: 'demo' }
  return { double, repository, ...made }
}

const creating = { method: 'POST', path: /\/access_tokens$/ }

describe('a token of an installation', () => {
  test('is made once for all who ask at the same time, for one repository and with what the app needs', async () => {
    const { double, installations, repository } = await scene()
    const tokens = await Promise.all([1, 2, 3].map(() => installations.token(repository)))
    expect(new Set(tokens).size).toBe(1)
    const made = double.requests.filter(({ path }) => creating.path.test(path))
    expect(made.map(({ body }) => body)).toEqual([
      {
        repositories: ['demo'],
        permissions: {
          ...{ checks: 'write', contents: 'write', issues: 'write' },
          ...{ metadata: 'read', pull_requests: 'write' },
        },
      },
    ])
  })

  test('is renewed in the middle of work, without a request that fails', async () => {
    const { double, ports } = await scene()
    await ports.host.describe()
    double.world.time.advance(59 * 60_000)
    await ports.host.describe()
    const made = double.requests.filter(({ path, status }) => creating.path.test(path) && status === 201)
    expect(made).toHaveLength(2)
    const asked = double.requests.filter(({ path }) => path === '/repos/fleet/demo')
    expect(asked.map(({ status }) => status)).toEqual([200, 200])
  })

  test.each(['lost-answer', 'lost-request'] as const)('is asked for again: %s', async (type) => {
    const { double, installations, repository } = await scene()
    double.next(creating, { type })
    expect(await installations.token(repository)).toMatch(/^ghs_/)
  })

  test('lives as long as GitHub says, whatever the time is here', async () => {
    const { double, app, repository, installations } = await scene()
    // GitHub is an hour ahead of the clock that signs.
    double.world.time.advance(3_600_000)
    expect(await installations.token(repository)).toMatch(/^ghs_/)
    expect(double.requests.map(({ status }) => status)).toEqual([401, 201])
    expect(app.installations).toHaveLength(1)
  })

  test('is not to be had with permissions that nobody granted, and says which', async () => {
    const { app, double, installation, repository, installations } = await scene()
    const missing = 'contents: write, issues: write, pull-requests: write'
    app.permissions = { metadata: 'read', checks: 'write' }
    await expect(installations.token(repository)).rejects.toMatchObject({
      ...{ reason: 'forbidden', retryable: false, permission: missing },
      message: `the app lacks a permission in fleet/demo that it asks for: ${missing}`,
      hint: `whoever owns fleet accepts the new permissions of the app at ${double.url}/settings/installations/${installation.id}`,
    })
  })

  test('is another one after GitHub refused it, but not again and again', async () => {
    const { double, repository, installations, createPorts } = await scene()
    const ports = createPorts({ refused: (token) => installations.refused(repository, token) })
    const made = () =>
      double.requests.filter(({ path, status }) => creating.path.test(path) && status === 201).length
    await ports.host.describe()
    double.revoke(await installations.token(repository))
    await expect(ports.host.describe()).rejects.toMatchObject({ reason: 'unauthorized' })
    await expect(ports.host.describe()).rejects.toMatchObject({ reason: 'unauthorized' })
    expect(made()).toBe(1)
    double.world.time.advance(60_000)
    await expect(ports.host.describe()).rejects.toMatchObject({ reason: 'unauthorized' })
    await ports.host.describe()
    expect(made()).toBe(2)
  })

  test('is not kept when it could not be made', async () => {
    const { installation, repository, installations } = await scene()
    installation.suspend()
    await expect(installations.token(repository)).rejects.toMatchObject({ reason: 'forbidden' })
    installation.unsuspend()
    expect(await installations.token(repository)).toMatch(/^ghs_/)
  })
})

test('a token that nobody gave is not let in', async () => {
  const { createPorts } = await scene()
  const forged = createPorts({ token: () => Promise.resolve('ghs_forged') })
  await expect(forged.host.describe()).rejects.toMatchObject({ reason: 'unauthorized', retryable: false })
})

test('a custom role counts as what it builds on', async () => {
  const { double, ports } = await scene()
  double.repository().collaborators.set('ada', { role: 'write', customName: 'release-captain' })
  expect(await ports.conversation.readPermission('ada')).toBe('write')
  expect(await ports.conversation.readPermission('0nobody')).toBe('none')
})

test('many open pull requests cost few requests', async () => {
  const { double, ports } = await scene()
  for (let index = 0; index < 120; index += 1) double.repository().openPullRequest()
  expect(await ports.host.listOpenPullRequests('fleetwright')).toHaveLength(120)
  expect(double.requests.filter(({ path }) => path === '/graphql')).toHaveLength(3)
  expect(double.requests.filter(({ path }) => path.startsWith('/repos'))).toEqual([])
})

describe('a check', () => {
  const check = {
    ...{ name: 'fleetwright', commit: 'a'.repeat(40), state: 'failure' as const },
    ...{ title: 'stopped', summary: '12 objects would be deleted.', annotations: [] },
    actions: [
      { label: 'Compile again', description: 'Compiles this commit again', identifier: 'compile' },
      {
        label: 'Approve deletions',
        description: 'Applies this very tree',
        identifier: 'ok:0123456789abcdef',
      },
    ],
  }

  test('has its buttons, and they come back when somebody presses them', async () => {
    const { double, ports, app } = await scene()
    app.webhookUrl = double.url
    double.deliveries.route('hold')
    await ports.reviewer.writeCheck({ ...check, run: 1000 })
    const standing = await ports.host.findCheck(check.commit, 'fleetwright')
    double
      .repository()
      .as('ada')
      .press(standing?.id ?? 0, 'ok:0123456789abcdef')
    expect(double.deliveries.held().map(({ payload }) => payload)).toMatchObject([
      { action: 'requested_action', requested_action: { identifier: 'ok:0123456789abcdef' } },
    ])
  })

  test('that is done again is another one of the same name', async () => {
    const { double, ports } = await scene()
    await ports.reviewer.writeCheck({ ...check, run: 1000 })
    const { actions: _actions, ...rest } = check
    await ports.reviewer.writeCheck({ ...rest, run: 2000, state: 'queued', title: 'queued' })
    await ports.reviewer.writeCheck({ ...rest, run: 2000, state: 'in_progress', title: 'compiling' })
    await ports.reviewer.writeCheck({ ...check, run: 2000 })
    const runs = double.repository().checkRuns
    expect(runs.map(({ status, conclusion }) => [status, conclusion])).toEqual([
      ['completed', 'failure'],
      ['completed', 'failure'],
    ])
    expect(runs.map(({ suite }) => suite)).toEqual([runs[0]?.suite, runs[0]?.suite])
    expect(await ports.host.findCheck(check.commit, 'fleetwright')).toMatchObject({
      run: 2000,
      id: runs[1]?.id,
    })
  })
})

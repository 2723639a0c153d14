import { execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Octokit } from '@octokit/rest'
import { describe, expect, test } from 'vitest'
import { createGitHubDouble, type GitHubDouble } from './github-double.ts'
import { useGitHubDouble } from './use-github-double.ts'

/** What is said when the double is closed. */
async function violationsOf(misuse: (double: GitHubDouble) => Promise<unknown>): Promise<string> {
  const double = await createGitHubDouble()
  double.repository().openPullRequest()
  await misuse(double)
  return double.close().then(
    () => 'none',
    (error: unknown) => String(error),
  )
}

function send(double: GitHubDouble, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${double.apiUrl}${path}`, {
    method,
    headers: { authorization: `token ${double.token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

describe('a test fails that asks for', () => {
  const commenting = ['POST', '/repos/fleet/demo/issues/1/comments'] as const
  const annotations = Array.from({ length: 51 }, () => ({
    ...{ path: 'a', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' },
  }))
  test.each<readonly [string, readonly [string, string, unknown?], string]>([
    ['what GitHub does not have', ['GET', '/repos/fleet/demo/nothing'], 'GitHub has no such endpoint'],
    ['what the double does not have', ['GET', '/emojis'], 'the double has no such endpoint yet'],
    ['a parameter that is none', ['GET', '/repos/fleet/demo/pulls?stat=open'], 'stat'],
    ['a value that is none', ['GET', '/repos/fleet/demo/pulls?state=opened'], '/state'],
    ['a page of no size', ['GET', '/repos/fleet/demo/pulls?per_page=many'], '/per_page'],
    ['nothing where something is needed', [...commenting, {}], "required property 'body'"],
    ['no body at all', [...commenting], 'must be object'],
    ['more than there is', [...commenting, { body: 'x', silent: true }], '"additionalProperty":"silent"'],
    [
      'too many annotations',
      [
        ...(['POST', '/repos/fleet/demo/check-runs'] as const),
        {
          ...{ name: 'n', head_sha: 'x', conclusion: 'success' },
          output: { title: 't', summary: 's', annotations },
        },
      ],
      '/output/annotations must NOT have more than 50 items',
    ],
  ])('%s', async (_, request, expected) => {
    expect(await violationsOf((double) => send(double, ...request))).toContain(expected)
  })

  test.each([
    ['what GraphQL does not have', 'pulls', 'Cannot query field'],
    ['what GraphQL has and the double does not', 'diskUsage isFork', 'does not know'],
  ])('%s', async (_, field, expected) => {
    const query = { query: `{ repository(owner: "fleet", name: "demo") { ${field} } }` }
    expect(await violationsOf((double) => send(double, 'POST', '/graphql', query))).toContain(expected)
  })

  test('the comment of somebody else', async () => {
    const said = await violationsOf(async (double) => {
      const { id } = double.repository().comment(1, 'ada', 'mine')
      await send(double, 'DELETE', `/repos/fleet/demo/issues/comments/${id}`)
    })
    expect(said).toContain('deletes the comment of somebody else')
  })

  test('nothing of the kind', async () => {
    expect(await violationsOf((double) => send(double, 'GET', '/repos/fleet/demo/pulls/1'))).toBe('none')
  })
})

test('answers have all that GitHub promises, whatever a test says of them', async () => {
  const double = await useGitHubDouble()
  const octokit = new Octokit({ baseUrl: double.apiUrl, auth: double.token })
  double.repository().openPullRequest({ headRepository: undefined, draft: true })
  const at = { owner: 'fleet', repo: 'demo' }
  const { data } = await octokit.rest.pulls.get({ ...at, pull_number: 1 })
  expect(data).toMatchObject({
    number: 1,
    draft: true,
    head: { repo: null },
    base: { repo: { full_name: 'fleet/demo' } },
  })
  expect(data).toHaveProperty('_links.comments.href')
  expect((await octokit.rest.repos.get(at)).data).toMatchObject({ default_branch: 'main', private: false })
})

test('a repository is cloned and pushed to, and its pull requests follow', async () => {
  const double = await useGitHubDouble()
  const repository = double.repository('fleet/secret', { isPrivate: true })
  const base = repository.commit('main', { 'fleet.yaml': 'a: 1\n' })
  repository.git().git('branch', 'change', base)
  const pull = repository.openPullRequest({ headBranch: 'change', headCommit: base })
  const next = repository.commit('change', { 'fleet.yaml': 'a: 2\n' })
  expect(pull.headCommit).toBe(next)

  const folder = await mkdtemp(join(tmpdir(), 'fleetwright-clone-'))
  const run = promisify(execFile)
  const git = async (token: string, ...args: string[]): Promise<string> => {
    const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
    const { stdout } = await run(
      'git',
      [...identity, '-c', `http.extraHeader=${header}`, '-C', folder, ...args],
      {
        env: { PATH: process.env['PATH'], GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', HOME: folder },
      },
    )
    return stdout.trim()
  }
  const url = `${double.url}/fleet/secret.git`
  await expect(git('nobody', 'clone', url, 'clone')).rejects.toThrow('clone')
  await git(double.token, 'clone', '--quiet', url, '.')
  await git(double.token, 'fetch', '--quiet', 'origin', `refs/pull/${pull.number}/head`)
  expect(await git(double.token, 'rev-parse', 'FETCH_HEAD')).toBe(next)

  await writeFile(join(folder, 'fleet.yaml'), 'a: 3\n')
  await git(double.token, 'commit', '--quiet', '--all', '--message', 'Three')
  const push = ['push', '--quiet', 'origin', 'HEAD:main']
  await expect(git(double.token, ...push)).rejects.toThrow('403')
  double.setPermissions(double.token, { contents: 'write' })
  await git(double.token, ...push)
  expect(repository.git().git('show', 'main:fleet.yaml')).toBe(
    await readFile(join(folder, 'fleet.yaml'), 'utf8').then((text) => text.trim()),
  )
})

test('what a workflow run left behind is found by its id, and had without the token', async () => {
  const double = await useGitHubDouble()
  const octokit = new Octokit({ baseUrl: double.apiUrl, auth: double.token })
  const at = { owner: 'fleet', repo: 'demo' }
  const archive = Buffer.from('a zip')
  const { id } = double.repository().addWorkflowRun({
    headRepository: 'stranger/demo',
    headBranch: 'change',
    artifacts: [{ name: 'report', archive }],
  })
  const { data: run } = await octokit.rest.actions.getWorkflowRun({ ...at, run_id: id })
  expect(run).toMatchObject({ event: 'pull_request', head_repository: { full_name: 'stranger/demo' } })
  const { data } = await octokit.rest.actions.listWorkflowRunArtifacts({ ...at, run_id: id, name: 'report' })
  expect(data).toMatchObject({ total_count: 1, artifacts: [{ name: 'report', expired: false }] })
  const [artifact] = data.artifacts
  const downloaded = await octokit.rest.actions.downloadArtifact({
    ...{ ...at, artifact_id: artifact?.id ?? 0, archive_format: 'zip' },
  })
  expect(Buffer.from(downloaded.data as ArrayBuffer).toString()).toBe('a zip')
})

test('an Enterprise server has its API below /api/v3, and its own description', async () => {
  const double = await useGitHubDouble({ product: 'enterprise' })
  expect(double.apiUrl).toBe(`${double.url}/api/v3`)
  const octokit = new Octokit({ baseUrl: double.apiUrl, auth: double.token })
  expect(await octokit.graphql('query { viewer { login } }')).toEqual({
    viewer: { login: 'github-actions[bot]' },
  })
})

import { describe, expect, test } from 'vitest'
import type { GitHubDouble } from '../../github/github-double.ts'
import { createAppScene, type AppScene } from '../../github/test-ports.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'

const branch = 'fleetwright/fleet/prod/eu'
const proposal = { head: branch, base: 'main', title: 'Compile', body: 'prod-eu now serves 1.34.' }
const issue = { title: 'prod/eu is not reached', body: '<!-- stale prod/eu -->\nIts facts are old.' }

async function scene() {
  const double = await useGitHubDouble()
  const repository = double.repository()
  repository.commit('main', { 'a.yaml': '1\n' })
  repository.commit(branch, { 'a.yaml': '2\n' })
  return { double, repository, ...createAppScene(double) }
}

const deeds: readonly (readonly [
  string,
  { readonly method: string; readonly path: RegExp },
  (scene: AppScene & { readonly double: GitHubDouble }) => Promise<unknown>,
])[] = [
  [
    'opens a pull request',
    { method: 'POST', path: /\/pulls$/ },
    ({ ports }) => ports.proposals.open(proposal),
  ],
  ['opens an issue', { method: 'POST', path: /\/issues$/ }, ({ ports }) => ports.issues.open(issue)],
  [
    'says why it closes one',
    { method: 'POST', path: /\/comments$/ },
    async ({ ports }) => {
      const { number } = await ports.proposals.open(proposal)
      await ports.proposals.close(number, 'The reason is gone.')
    },
  ],
  [
    'closes one',
    { method: 'PATCH', path: /\/pulls\/\d+$/ },
    async ({ ports }) => {
      const { number } = await ports.proposals.open(proposal)
      await ports.proposals.close(number, 'The reason is gone.')
    },
  ],
  [
    'reacts',
    { method: 'POST', path: /\/reactions$/ },
    async ({ ports, double }) => {
      const { number } = double.repository().openPullRequest()
      const { id } = double.repository().comment(number, 'ada', '/fleet diff')
      await ports.conversation.react(id, 'eyes')
    },
  ],
  [
    'deletes a branch',
    { method: 'DELETE', path: /\/git\/refs\// },
    ({ ports, double }) =>
      ports.proposals.deleteBranch(branch, double.repository().branches().get(branch) ?? ''),
  ],
]

/** What stands, without ids and times. */
function standing(double: GitHubDouble): unknown {
  const repository = double.repository()
  const { pullRequests, issues, comments } = repository
  return {
    pulls: pullRequests.map(({ state, title }) => ({ state, title })),
    issues: issues.map(({ state, title }) => ({ state, title })),
    comments: comments.map(({ body, reactions }) => ({ body, reactions: reactions.length })),
    branches: [...repository.branches().keys()],
  }
}

describe.each(deeds)('who %s', (_, target, deed) => {
  test.each(['lost-answer', 'lost-request'] as const)('does it once whatever is lost: %s', async (type) => {
    const calm = await scene()
    await deed(calm)
    const stormy = await scene()
    stormy.double.next(target, { type })
    await deed(stormy)
    expect(standing(stormy.double)).toEqual(standing(calm.double))
  })

  test('does it once when GitHub fails before', async () => {
    const calm = await scene()
    await deed(calm)
    const stormy = await scene()
    stormy.double.next({ ...target, times: 2 }, { type: 'status', status: 502 })
    await deed(stormy)
    expect(standing(stormy.double)).toEqual(standing(calm.double))
  })
})

test('a pull request that the list does not show yet is found when GitHub refuses another', async () => {
  const { double, ports } = await scene()
  const { number } = await ports.proposals.open(proposal)
  // As before there was one.
  double.next({ method: 'GET', path: /\/pulls$/ }, { type: 'old-answer' })
  expect((await ports.proposals.open(proposal)).number).toBe(number)
  expect(double.requests.filter(({ method }) => method === 'POST').map(({ status }) => status)).toContain(422)
  expect(double.repository().pullRequests).toHaveLength(1)
})

test('what cannot be opened is refused, and not tried again', async () => {
  const { double, ports } = await scene()
  const opening = ports.proposals.open({ ...proposal, head: 'nothing' })
  await expect(opening).rejects.toMatchObject({ reason: 'refused', retryable: false })
  expect(
    double.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/pulls')),
  ).toHaveLength(1)
})

test('what says it already is not written', async () => {
  const { double, ports } = await scene()
  const { number } = await ports.proposals.open(proposal)
  const { number: stale } = await ports.issues.open(issue)
  const before = double.requests.length
  await ports.proposals.update(number, proposal)
  await ports.issues.update(stale, issue)
  expect(double.requests.slice(before).map(({ method }) => method)).toEqual(['GET', 'GET'])
})

test('a locked conversation is closed without a word', async () => {
  const { double, ports } = await scene()
  const { number } = await ports.proposals.open(proposal)
  const [pull] = double.repository().pullRequests
  if (pull) pull.locked = true
  await ports.proposals.close(number, 'The reason is gone.')
  expect(pull?.state).toBe('closed')
  expect(double.repository().comments).toEqual([])
})

import { describe, expect, test } from 'vitest'
import { commandWork } from '../../../src/app/work/command-work.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import { changedHello, openChange } from '../work/work-rig.ts'
import { createCommandRig, type CommandRig } from './command-rig.ts'

const timeout = 300_000

/** Production loses what it has. */
const withoutClusters = {
  'fleet/hello.yaml': (initFiles['fleet/hello.yaml'] ?? '').replace(
    '{ key: env, operator: Exists }',
    '{ key: env, operator: In, values: [staging] }',
  ),
}

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.acme.dev }
spec:
  group: acme.dev
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
`

describe('a command with real children', { timeout }, () => {
  test('diff, explain and what-if tell of the head', async () => {
    const { state, say, noteHead, compile, calls } = await createCommandRig()
    const { head } = openChange(state)
    await compile()
    await noteHead(head)
    const diff = await say('/fleet diff fleet/staging')
    expect(diff).toContain('`fleet/staging` changes hello.')
    expect(diff).toContain('+ welcome to staging')
    expect(diff).not.toContain('production')
    expect(diff).not.toContain('<!-- fleetwright-state')
    expect(await say('/fleet diff staging')).toContain(
      '`staging` is none of 2 clusters; did you mean `fleet/staging`?',
    )
    expect(await say('/fleet explain fleet/staging/helm-hello-hello')).toContain('selects it by env')
    const whatIf = await say('/fleet what-if cluster=staging label:env=production')
    expect(whatIf).toContain('`fleet/staging` gains policy-fleet-quotas.')
    const supposed = calls.at(-1)?.args ?? []
    expect(supposed).toContain(`--trust=${state.git().git('rev-parse', 'main').trim()}`)
    expect(supposed).not.toContain('--untrusted')
    expect(await say('/fleet what-if cluster=stagin label:env=x')).toContain(
      'There is no cluster `stagin`; did you mean `staging`?',
    )
  })

  test('what-if of a stranger’s head trusts the base alone', async () => {
    const { state, say, noteHead, compile, calls } = await createCommandRig()
    const { head } = openChange(state, { from: 'stranger/demo' })
    await compile()
    await noteHead(head)
    expect(await say('/fleet what-if cluster=staging label:env=production')).toContain('gains')
    expect(calls.at(-1)?.args).toEqual(
      expect.arrayContaining([
        `--trust=${state.git().git('rev-parse', 'main').trim()}`,
        '--untrusted',
      ]) as unknown,
    )
  })

  test('diff of clusters that the change leaves alone says so', async () => {
    const { state, say, noteHead, compile } = await createCommandRig()
    const { head } = openChange(state, { files: withoutClusters })
    await compile()
    await noteHead(head)
    expect(await say('/fleet diff env=staging')).toContain(
      'Nothing changes on 1 cluster that matches `env=staging`.',
    )
  })

  test('approve-delete approves the tree of the head, and no other', async () => {
    const { state, say, noteHead, compile, ports, repository, queued } = await createCommandRig()
    const main = state.commit('main', { ...initFiles, 'charts/hello/templates/crd.yaml': crd })
    await compile()
    state.git().git('update-ref', 'refs/heads/change-1', main)
    const head = state.commit('change-1', { 'charts/hello/templates/crd.yaml': '' })
    state.openPullRequest({ headCommit: head, baseCommit: main })
    await noteHead(head)
    await ports.github(repository).reviewer.writeCheck({
      ...{ name: 'fleetwright', commit: head, run: 1, state: 'failure', title: 'Stopped', annotations: [] },
      summary: '<!-- fleetwright-approve 0123456789abcdef0123456789abcdef01234567 -->\nOther deletions wait.',
    })
    expect(await say('/fleet approve-delete')).toContain('Other deletions wait now')
    expect(await queued()).toEqual([{ type: 'review', repository, pullRequest: 1, again: true }])
    state.checkRuns.length = 0
    const first = await say('/fleet approve-delete')
    const digest = /tree `([0-9a-f]{40})` are approved/.exec(first ?? '')?.[1]
    expect(first).toContain('loses `CustomResourceDefinition widgets.acme.dev`, which is protected')
    expect(first).toContain(
      '- `CustomResourceDefinition/widgets.acme.dev` of `helm-hello-hello` on 2 clusters',
    )
    const kept = await ports.state.list(`${repository.installation}/fleet/demo/approvals/`)
    expect([...kept.values()].map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { digest, by: 'ada', via: 'comment' },
    ])
    expect(await queued()).toEqual([{ type: 'review', repository, pullRequest: 1, again: true }])
    expect(await say('/fleet approve-delete')).toContain(`tree \`${digest ?? ''}\` were approved before`)
    const other = state.commit('change-1', changedHello())
    expect(await say('/fleet approve-delete')).toContain('say it again')
    await noteHead(other)
    const second = await say('/fleet approve-delete')
    expect(second).toContain('are approved')
    expect(second).not.toContain(digest)
  })

  test('approve-delete of what nothing stops approves nothing', async () => {
    const { state, say, noteHead, compile, ports, repository } = await createCommandRig()
    const { head } = openChange(state)
    await compile()
    await noteHead(head)
    expect(await say('/fleet approve-delete')).toContain('there is nothing to approve')
    expect(await ports.state.list(`${repository.installation}/fleet/demo/approvals/`)).toEqual(new Map())
  })
})

/** A pull request to speak below, and a fleet whose history of the default branch is compiled commit by commit. */
async function createHistory(...steps: readonly (readonly Readonly<Record<string, string>>[])[]) {
  const rig = await createCommandRig()
  const { state } = rig
  const commits: string[] = []
  for (const step of [[initFiles], ...steps]) {
    for (const files of step) commits.push(state.commit('main', files))
    await rig.compile()
  }
  const main = commits.at(-1) ?? ''
  state.git().git('update-ref', 'refs/heads/change-1', main)
  const head = state.commit('change-1', { 'README.md': 'x' })
  state.openPullRequest({ headCommit: head, baseCommit: main })
  await rig.noteHead(head)
  return { ...rig, commits }
}

const show = ({ state }: CommandRig, ref: string, path: string): string =>
  `${state.git().git('show', `${ref}:${path}`)}\n`

describe('rollback', { timeout }, () => {
  test('opens one pull request that reverts those commits of the last change that changed the cluster', async () => {
    const rig = await createHistory([
      changedHello('first'),
      { 'README.md': 'not about any cluster' },
      { 'fleet/production.yaml': (initFiles['fleet/production.yaml'] ?? '').replace('"20"', '"30"') },
    ])
    const { state, commits, say, run, comment, answerTo } = rig
    const [, hello = ''] = commits
    const answer = await say('/fleet rollback staging')
    const pull = state.pullRequests.at(-1)
    expect(answer).toContain('#2 reverts what last changed `fleet/staging`')
    expect(pull).toMatchObject({
      headBranch: `fleetwright/rollback/fleet/staging-${commits.at(-1)?.slice(0, 12) ?? ''}`,
      ...{ baseBranch: 'main', title: 'Roll back fleet/staging: revert "test"' },
    })
    expect(pull?.body).toContain(`- \`${hello.slice(0, 12)}\` test\n`)
    expect(pull?.body).toContain('`ada` asked for it [in a comment](')
    const head = pull?.headCommit ?? ''
    expect(show(rig, head, 'fleet/hello.yaml')).toBe(initFiles['fleet/hello.yaml'])
    expect(show(rig, head, 'fleet/production.yaml')).toContain('"30"')
    expect(state.git().git('log', '-1', '--format=%an%n%s%n%b', head).split('\n')).toEqual([
      'fleetwright[bot]',
      'Revert "test"',
      `This reverts commit ${hello}.`,
      '',
      'Rolls-Back: fleet/staging',
      'Asked-By: ada',
      expect.stringMatching(/^Asked-In: .*#issuecomment-\d+$/),
    ])
    const again = comment('/fleet rollback fleet/staging')
    await run(commandWork, again)
    expect(answerTo(again)).toContain('#2 is open for that already.')
    expect(state.pullRequests).toHaveLength(2)
  })

  test('of what is changed since on the same lines names the files, and writes nothing', async () => {
    const rig = await createHistory([changedHello('first')])
    rig.state.commit('main', changedHello('second'))
    expect(await rig.say('/fleet rollback staging')).toContain('- `fleet/hello.yaml`\n')
    expect([...rig.state.branches().keys()].sort()).toEqual(['change-1', 'main', 'rendered'])
  })

  test('of what is reverted already says so', async () => {
    const rig = await createHistory([changedHello('first')])
    rig.state.commit('main', initFiles)
    expect(await rig.say('/fleet rollback staging')).toContain('was reverted already')
  })

  test('of what the intent did not change says so, and opens nothing', async () => {
    const rig = await createHistory()
    const build = show(rig, 'rendered', '.fleetwright/build.json')
    rig.state.commit('rendered', {
      '.fleetwright/build.json': build,
      'clusters/fleet/staging/seen.yaml': 'from other facts',
    })
    const answer = await rig.say('/fleet rollback staging')
    expect(answer).toContain('was not the intent: the facts of the cluster changed, or fleetwright itself.')
    expect(rig.state.pullRequests).toHaveLength(1)
  })

  test('of what never had another state, or is no cluster, says so', async () => {
    const rig = await createHistory()
    expect(await rig.say('/fleet rollback staging')).toContain('there is no state to go back to')
    expect(await rig.say('/fleet rollback stagin')).toContain('The rendered branch has no cluster `stagin`.')
  })
})

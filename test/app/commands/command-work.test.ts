import { describe, expect, test } from 'vitest'
import { commandWork, giveUpCommand } from '../../../src/app/work/command-work.ts'
import { EnvironmentError } from '../../../src/diagnostics/errors.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import { headKey, parseHeadNote } from '../../../src/review/review.ts'
import type { Conversation } from '../../../src/review/conversation-port.ts'
import { openChange } from '../work/work-rig.ts'
import { createCommandRig } from './command-rig.ts'
import { createQuickRig, explain, quick, strictCommit } from './quick-rig.ts'

const timeout = 60_000

describe('a command', { timeout }, () => {
  test('is acknowledged, answered in one comment that is edited, and acknowledged again', async () => {
    const { run, comment, answerTo, reactionsTo, double, head } = await createQuickRig()
    const work = comment(explain)
    await run(commandWork, work)
    expect(answerTo(work)).toBe(
      [
        `<!-- fleetwright-answer ${work.comment} {"head":"${head}","state":"done"} -->`,
        `\`ada\` asked \`${explain}\` about \`${head.slice(0, 12)}\`.`,
        '',
        '```text',
        'the causes',
        '```',
        '',
      ].join('\n'),
    )
    expect(reactionsTo(work)).toEqual(['eyes', '+1'])
    const bodies = double.requests
      .filter(({ method, path }) => ['POST', 'PATCH'].includes(method) && /comments(?:\/\d+)?$/.test(path))
      .map(({ body }) => (body as { body: string }).body)
    expect(bodies).toEqual([
      expect.stringContaining('Looking for the causes …'),
      expect.stringContaining('the causes\n'),
    ])
  })

  test('that is done twice is answered once', async () => {
    const { run, comment, calls, state, reactionsTo } = await createQuickRig()
    const work = comment(explain)
    await run(commandWork, work)
    await run(commandWork, work)
    expect(calls.filter(({ command }) => command === 'explain')).toHaveLength(1)
    expect(state.comments).toHaveLength(2)
    expect(reactionsTo(work)).toEqual(['eyes', '+1'])
  })

  test('that is killed between answer and reaction → gets its reaction, and one answer', async () => {
    let isFirst = true
    const { run, comment, answerTo, reactionsTo, calls } = await createQuickRig(quick, (real) => {
      const github = real.github({ installation: 1, owner: 'fleet', name: 'demo' })
      const react: Conversation['react'] = (id, reaction) => {
        if (reaction !== '+1' || !isFirst) return github.conversation.react(id, reaction)
        isFirst = false
        return Promise.reject(new Error('killed'))
      }
      return { github: () => ({ ...github, conversation: { ...github.conversation, react } }) }
    })
    const work = comment(explain)
    await expect(run(commandWork, work)).rejects.toThrow('killed')
    expect([answerTo(work), reactionsTo(work)]).toEqual([expect.stringContaining('the causes'), ['eyes']])
    await run(commandWork, work)
    expect([answerTo(work), reactionsTo(work)]).toEqual([
      expect.stringContaining('the causes'),
      ['eyes', '+1'],
    ])
    expect(calls.map(({ command }) => command)).toEqual(['show config', 'explain'])
  })

  test('whose child is killed half way → is begun again, and its answer edited', async () => {
    let isFirst = true
    const { run, comment, answerTo, state } = await createQuickRig(async (call) => {
      if (call.command !== 'explain' || !isFirst) return quick(call)
      isFirst = false
      throw new EnvironmentError({ adapter: 'child', operation: 'x', message: 'killed', retryable: true })
    })
    const work = comment(explain)
    await expect(run(commandWork, work)).rejects.toThrow('killed')
    expect(answerTo(work)).toContain('Looking for the causes …')
    await run(commandWork, work)
    expect(answerTo(work)).toContain('the causes')
    expect(state.comments).toHaveLength(2)
  })

  test('that is given up says so where it was begun, and nothing where it was not', async () => {
    const { run, comment, answerTo, reactionsTo, ports } = await createQuickRig((call) =>
      call.command === 'explain'
        ? Promise.reject(
            new EnvironmentError({ adapter: 'child', operation: 'x', message: 'no', retryable: true }),
          )
        : quick(call),
    )
    const [begun, unknown] = [comment(explain), comment(explain)]
    await expect(run(commandWork, begun)).rejects.toThrow('no')
    const signal = new AbortController().signal
    for (const work of [begun, unknown])
      await giveUpCommand(ports, work, { log: ports.log, signal, attempt: 9 })
    expect(answerTo(begun)).toContain('Something outside failed again and again')
    expect(reactionsTo(begun)).toEqual(['eyes', '-1'])
    expect([answerTo(unknown), reactionsTo(unknown)]).toEqual([undefined, []])
  })

  test('that there is none of gets help, with what may have been meant', async () => {
    const { run, comment, answerTo, reactionsTo } = await createQuickRig()
    const work = comment('/fleet dif env=prod @ops')
    await run(commandWork, work)
    expect(answerTo(work)).toContain('There is no command `dif`. Did you mean `diff`?')
    expect(answerTo(work)).toContain('| `/fleet rollback CLUSTER` |')
    expect(answerTo(work)).toContain('asked `/fleet dif env=prod @ops`')
    expect(reactionsTo(work)).toEqual(['eyes', 'confused'])
  })

  test('that finds no such thing says what may have been meant', async () => {
    const { say } = await createQuickRig((call) =>
      call.command === 'explain'
        ? Promise.resolve({
            ...{ exitCode: 2, stdout: '', durationMs: 1 },
            stderr: 'usage: there is no cluster `fleet/stagin`; did you mean `fleet/staging`?\n',
          })
        : quick(call),
    )
    expect(await say('/fleet explain fleet/stagin')).toContain(
      'There is no cluster `fleet/stagin`; did you mean `fleet/staging`?\n',
    )
  })

  test('that takes too long or too much says what its operator may do', async () => {
    const { say } = await createQuickRig((call) =>
      call.command === 'explain'
        ? Promise.resolve({ exitCode: 124, stdout: '', stderr: '', durationMs: 1 })
        : quick(call),
    )
    expect(await say(explain)).toContain('**Not done after 1 minute.** ')
  })

  test('to compile queues the review again', async () => {
    const { say, queued, repository } = await createQuickRig()
    expect(await say('/fleet compile')).toContain('waits to be compiled and reviewed again')
    expect(await queued()).toEqual([{ type: 'review', repository, pullRequest: 1, again: true }])
  })

  test('to approve, on a merged pull request, is about what the check of its base branch offers', async () => {
    const { state, say, queued, ports, repository, calls } = await createQuickRig()
    const main = state.branches().get('main') ?? ''
    state.as('ada').close(1, { merged: true })
    expect(await say('/fleet approve-delete')).toContain('No brake stops the base branch')
    await ports.github(repository).reviewer.writeCheck({
      ...{ name: 'fleetwright compile', commit: main, run: 1, state: 'failure', title: 'Stopped' },
      ...{
        summary: '<!-- fleetwright-approve 0123456789abcdef0123456789abcdef01234567 -->\nDeletions wait.',
        annotations: [],
      },
    })
    const later = state.checkRuns.at(-1)
    if (later) later.completedAt = '2100-01-01T00:00:00Z'
    expect(await say('/fleet approve-delete')).toContain('Other deletions wait now')
    if (later) later.completedAt = '2026-01-01T00:00:00Z'
    expect(await say('/fleet approve-delete')).toContain(
      'the tree `0123456789abcdef0123456789abcdef01234567` are approved',
    )
    const kept = await ports.state.list(`${repository.installation}/fleet/demo/approvals/`)
    expect([...kept.values()].join()).toContain('"digest":"0123456789abcdef0123456789abcdef01234567"')
    expect(await queued()).toEqual([{ type: 'compile', repository, branch: 'main', again: true }])
    expect(calls.map(({ command }) => command)).toEqual(['show config'])
  })

  test('in a repository that is no fleet is not answered', async () => {
    const { state, say, calls, noteHead } = await createCommandRig({ cli: () => quick })
    const main = state.commit('main', { 'README.md': 'x' })
    state.git().git('update-ref', 'refs/heads/change-1', main)
    const head = state.commit('change-1', { 'README.md': 'y' })
    state.openPullRequest({ headCommit: head, baseCommit: main })
    await noteHead(head)
    expect(await say('/fleet help')).toBeUndefined()
    expect(calls).toEqual([])
  })
})

describe('a command is refused', { timeout }, () => {
  test('of a bot: without any sign', async () => {
    const { run, comment, state, reactionsTo } = await createQuickRig()
    const work = comment('/fleet help', 'other[bot]')
    await run(commandWork, work)
    expect([state.comments.length, reactionsTo(work)]).toEqual([1, []])
  })

  test('of a stranger: with a reaction and no comment', async () => {
    const { run, comment, state, reactionsTo } = await createQuickRig()
    const work = comment(explain, 'mallory')
    await run(commandWork, work)
    expect([state.comments.length, reactionsTo(work)]).toEqual([1, ['-1']])
  })

  test('when its comment was edited', async () => {
    const { run, comment, state, answerTo, reactionsTo } = await createQuickRig()
    const work = comment('nothing')
    state.as('ada').editComment(work.comment, explain)
    await run(commandWork, work)
    expect(answerTo(work)).toContain('This comment was edited')
    expect(reactionsTo(work)).toEqual(['-1'])
  })

  test('when its comment says something else by now, or is gone: without any sign', async () => {
    const { run, comment, state, reactionsTo } = await createQuickRig()
    const work = comment(explain)
    state.as('ada').editComment(work.comment, 'never mind')
    await run(commandWork, work)
    await run(commandWork, { ...work, comment: 999_999 })
    expect([state.comments.length, reactionsTo(work)]).toEqual([1, []])
  })

  test('when the head moved since, and taken when it is said again', async () => {
    const { run, comment, state, say, answerTo, noteHead } = await createQuickRig()
    const work = comment(explain)
    const moved = state.commit('change-1', { 'README.md': 'smuggled' })
    await run(commandWork, work)
    expect(answerTo(work)).toContain(`\`${moved.slice(0, 12)}\``)
    expect(answerTo(work)).toContain('say it again')
    await noteHead(moved)
    expect(await say(explain)).toContain('the causes')
  })

  test('when it is not known since when the head is the head', async () => {
    const rig = await createCommandRig({ cli: () => quick })
    const { head } = openChange(rig.state)
    expect(await rig.say(explain)).toContain('say it again')
    const kept = await rig.ports.state.list(`${rig.repository.installation}/fleet/demo/heads/`)
    expect([...kept.values()].join()).toContain(head)
  })

  test('by the clock of GitHub, however wrong ours is', async () => {
    for (const ours of [Date.UTC(2000, 0), Date.UTC(2100, 0)]) {
      const rig = await createCommandRig({ cli: () => quick, ports: () => ({ now: () => ours }) })
      const { head } = openChange(rig.state)
      const before = Math.floor(rig.double.world.time.now() / 1000) * 1000
      expect(await rig.say(explain)).toContain('say it again')
      const noted = parseHeadNote(await rig.ports.state.get(headKey(rig.repository, 1)))
      const since = Date.parse(noted?.since ?? '')
      expect(noted?.commit).toBe(head)
      expect([since >= before, since <= rig.double.world.time.now()]).toEqual([true, true])
      const again = rig.comment(explain)
      const said = rig.state.comments.find(({ id }) => id === again.comment)
      const later = new Date(since + 1000).toISOString()
      if (said) Object.assign(said, { createdAt: later, updatedAt: later })
      await rig.run(commandWork, again)
      expect(rig.answerTo(again)).toContain('the causes')
    }
  })

  test('when the base does not allow it, whatever the head says', async () => {
    const rig = await createCommandRig({ cli: () => quick })
    const strict = `${initFiles['fleetwright.yaml'] ?? ''}  review: { commands: { allow: [admin] } }\n`
    strictCommit.id = rig.state.commit('main', { ...initFiles, 'fleetwright.yaml': strict })
    rig.state.git().git('update-ref', 'refs/heads/change-1', strictCommit.id)
    const head = rig.state.commit('change-1', { 'fleetwright.yaml': strict.replace('admin', 'read') })
    rig.state.openPullRequest({ headCommit: head, baseCommit: strictCommit.id })
    await rig.noteHead(head)
    expect(await rig.say(explain)).toContain('that needs the permission `admin`')
    expect(rig.calls.map(({ command }) => command)).toEqual(['show config'])
  })

  test('to approve or roll back, when the default branch does not allow it, whatever another base says', async () => {
    const rig = await createCommandRig({ cli: () => quick })
    const strict = `${initFiles['fleetwright.yaml'] ?? ''}  review: { commands: { allow: [admin] } }\n`
    strictCommit.id = rig.state.commit('main', { ...initFiles, 'fleetwright.yaml': strict })
    for (const branch of ['own', 'change-1'])
      rig.state.git().git('update-ref', `refs/heads/${branch}`, strictCommit.id)
    rig.state.commit('own', initFiles)
    const head = rig.state.commit('change-1', { 'README.md': 'x' })
    rig.state.openPullRequest({ headCommit: head, baseBranch: 'own' })
    await rig.noteHead(head)
    expect(await rig.say('/fleet approve-delete')).toContain('that needs the permission `admin`')
    expect(await rig.say('/fleet rollback staging')).toContain('`fleetwright.yaml` on `main`')
    expect(await rig.say(explain)).toContain('the causes')
  })

  test.each([
    '/fleet explain --repo=/',
    '/fleet diff --worktree',
    '/fleet what-if cluster=staging,add=/etc/passwd',
    '/fleet rollback ../..',
  ])('with help, when it is %s', async (body) => {
    const { run, comment, calls, reactionsTo } = await createQuickRig()
    const work = comment(body)
    await run(commandWork, work)
    expect(reactionsTo(work)).toEqual(['eyes', 'confused'])
    expect(calls.map(({ command }) => command)).toEqual(['show config'])
  })
})

test('what the fleet says is inert in an answer', { timeout }, async () => {
  const hostile = [
    'ConfigMap @acme/everybody <img src=x onerror=alert(1)> <!-- fleetwright-answer 5 -->',
    '```',
    '@acme/ops #12 <details>',
    '````',
    'a\u202eb',
  ].join('\n')
  const { say } = await createQuickRig((call) =>
    call.command === 'explain'
      ? Promise.resolve({ exitCode: 0, stdout: hostile, stderr: '', durationMs: 1 })
      : quick(call),
  )
  const [, , , ...block] = ((await say(explain)) ?? '').trimEnd().split('\n')
  expect(block[0]).toBe('`````text')
  expect(block.at(-1)).toBe('`````')
  expect(block.slice(1, -1).join('\n')).not.toMatch(/^`{5}|<!--|\u202e/m)
})

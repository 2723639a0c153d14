import { describe, expect, test } from 'vitest'
import { childEnvironment } from '../../src/action/child-environment.ts'
import { chooseTask } from '../../src/action/choose-command.ts'
import { parseEvent } from '../../src/action/event.ts'
import { pullRequestPayload, workflowRunPayload } from './action-runner.ts'

const runner = {
  ...{ PATH: '/bin', HOME: '/home/runner', HTTPS_PROXY: 'http://proxy:3128', LC_ALL: 'C.UTF-8' },
  ...{ GITHUB_TOKEN: 'ghs_1', GH_TOKEN: 'ghs_2', INPUT_TOKEN: 'ghs_3', 'INPUT_API-URL': 'x' },
  ...{
    ACTIONS_RUNTIME_TOKEN: 'a',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'b',
    GITHUB_OUTPUT: '/o',
    NODE_OPTIONS: '-r x',
  },
  ...{ FLEETWRIGHT_KEY: 'key', FLEETWRIGHT_CREDENTIALS: '{}', FLEETWRIGHT_OFFLINE: '1' },
  ...{ AWS_SECRET_ACCESS_KEY: 'aws', NETRC: '/n', DOCKER_CONFIG: '/d', KUBECONFIG: '/k', AWS_REGION: '' },
}
const plain = {
  ...{ PATH: '/bin', HOME: '/home/runner', HTTPS_PROXY: 'http://proxy:3128', LC_ALL: 'C.UTF-8' },
  ...{ FLEETWRIGHT_OFFLINE: '1', CI: '1' },
}
const keys = {
  ...{ FLEETWRIGHT_KEY: 'key', FLEETWRIGHT_CREDENTIALS: '{}', AWS_SECRET_ACCESS_KEY: 'aws' },
  ...{ NETRC: '/n', DOCKER_CONFIG: '/d' },
}

describe('what compiles', () => {
  test('for a fork has no secret in its environment, and finds none in the home folder', () => {
    const env = childEnvironment(runner, { command: 'diff', isUntrusted: true, emptyFolder: '/empty' })
    const nowhere = {
      ...{ NETRC: '/empty/netrc', DOCKER_CONFIG: '/empty', HELM_REGISTRY_CONFIG: '/empty/registry.json' },
    }
    expect(env).toEqual({ ...plain, ...nowhere })
  })

  test('for a branch of the repository has its own keys, and no token and no cluster', () => {
    const env = childEnvironment(runner, { command: 'diff', isUntrusted: false, emptyFolder: '/empty' })
    expect(env).toEqual({ ...plain, ...keys })
  })

  test('what was merged may reach clusters, and still has no token', () => {
    const env = childEnvironment(runner, { command: 'compile', isUntrusted: false, emptyFolder: '/empty' })
    expect(env).toEqual({ ...plain, ...keys, KUBECONFIG: '/k' })
  })
})

const [head, base] = ['a'.repeat(40), 'b'.repeat(40)]
const pull = (name: string, fork: string | null = 'fleet/demo') =>
  parseEvent(name, JSON.stringify(pullRequestPayload(3, { head, base, fork })))
const completed = parseEvent(
  'workflow_run',
  JSON.stringify(workflowRunPayload({ head, repository: 'stranger/demo', branch: 'x' })),
)

describe('an event', () => {
  test.each([
    ['of the repository itself', 'pull_request', 'fleet/demo', { hasRights: true, isFork: false }],
    ['of a fork', 'pull_request', 'stranger/demo', { hasRights: false, isFork: true }],
    ['of a fork that is gone', 'pull_request', null, { hasRights: false, isFork: true }],
    [
      'of a fork, with the rights of the base',
      'pull_request_target',
      'stranger/demo',
      { hasRights: true, isFork: true },
    ],
  ])('pull request %s', (_, name, fork, { hasRights, isFork }) => {
    expect(chooseTask('auto', pull(name, fork))).toMatchObject({
      ...{ command: 'diff', hasRights },
      range: {
        ...{ isFork, pullRequest: 3, base: { commit: base, refs: ['refs/heads/main'] } },
        head: { commit: head, refs: ['refs/pull/3/head'] },
      },
    })
  })

  test.each([
    ['push', 'compile'],
    ['schedule', 'observe'],
  ])('%s means %s', (event, command) => {
    expect(chooseTask('auto', { name: 'other', event })).toEqual({ command })
  })

  test('workflow_run means to post what that run left', () => {
    expect(chooseTask('auto', completed)).toMatchObject({
      command: 'post',
      run: { head: { repository: 'stranger/demo', owner: 'stranger', branch: 'x', commit: head } },
    })
  })

  test.each([
    ['compile', pull('pull_request'), '`compile` does not run on pull_request'],
    ['observe', pull('pull_request_target'), '`observe` does not run on pull_request_target'],
    ['compile', completed, '`compile` does not run on workflow_run'],
    ['diff', { name: 'other', event: 'push' }, '`diff` needs a change to look at'],
    ['post', { name: 'other', event: 'push' }, '`post` posts the report of another run'],
    ['auto', { name: 'other', event: 'issues' }, 'the event issues does not say what to do'],
  ] as const)('does not go with every command: %s', (command, event, message) => {
    expect(() => chooseTask(command, event)).toThrow(message)
  })

  test('that is not as documented is refused with the field', () => {
    expect(() => parseEvent('pull_request', '{"pull_request":{"number":1}}')).toThrow('pull_request.head')
    expect(() => parseEvent('pull_request', 'no')).toThrow('is not as GitHub documents it')
  })
})

import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createClusterReaders, listContexts } from '../../../src/adapters/kubernetes/kubernetes.ts'
import { failureOf, open, serve } from './reading.ts'

interface Written {
  readonly cluster?: object
  readonly user?: object
}

const secret = 'hunter2-must-not-show'

/** A kubeconfig with one context. */
function kubeconfig({ cluster = {}, user = {} }: Written): string {
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'prod' },
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'admin' } }],
    clusters: [{ name: 'prod', cluster: { server: 'https://127.0.0.1:1', ...cluster } }],
    users: [{ name: 'admin', user: { token: secret, ...user } }],
  })
}

const fromSecret = (text: string) =>
  ({ type: 'kubeconfig', text, origin: 'Secret fleet/prod-kubeconfig' }) as const

describe('a kubeconfig out of a Secret or a repository', () => {
  test.each([
    [
      'exec',
      { user: { exec: { command: 'steal', apiVersion: 'v1' } } },
      'runs a program',
      'users.admin.exec',
    ],
    [
      'an auth provider that runs a command',
      { user: { 'auth-provider': { name: 'gcp', config: { 'cmd-path': 'steal' } } } },
      'asks somebody else for a token',
      'users.admin.auth-provider',
    ],
    [
      'an auth provider on the network',
      { user: { 'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': 'https://x' } } } },
      'asks somebody else for a token',
      'users.admin.auth-provider',
    ],
    ['a file of a token', { user: { tokenFile: '/etc/passwd' } }, 'reads a file', 'users.admin.tokenFile'],
    [
      'a file of a certificate',
      { user: { 'client-certificate': '/etc/passwd' } },
      'reads a file',
      'users.admin.client-certificate',
    ],
    ['a file of a key', { user: { 'client-key': 'k' } }, 'reads a file', 'users.admin.client-key'],
    [
      'a file of an authority',
      { cluster: { 'certificate-authority': 'ca.crt' } },
      'reads a file',
      'clusters.prod.certificate-authority',
    ],
    [
      'a proxy',
      { cluster: { 'proxy-url': 'http://evil.example.com' } },
      'leads through a proxy',
      'clusters.prod.proxy-url',
    ],
  ])('may not name %s', async (_what, written, deed, field) => {
    const failure = await failureOf(open('{}', {}, fromSecret(kubeconfig(written))))
    expect(failure).toMatchObject({
      reason: 'address',
      retryable: false,
      message: `Secret fleet/prod-kubeconfig ${deed}, which it may not: ${field}`,
    })
    expect(failure.hint).toContain('may hold certificates and tokens as data')
  })

  test('cannot name a file under the name that the library knows besides', async () => {
    // client-node reads `token-file` as soon as it parses; no such file: it would fail if it did.
    const text = kubeconfig({ user: { 'token-file': '/nowhere/at/all' } })
    await expect(open('{}', {}, fromSecret(text))).resolves.toBeDefined()
  })

  test('may name what is not used there', async () => {
    const text = JSON.stringify({
      ...(JSON.parse(kubeconfig({})) as object),
      users: [
        { name: 'admin', user: { token: secret } },
        { name: 'other', user: { exec: { command: 'steal' } } },
      ],
    })
    await expect(open('{}', {}, fromSecret(text))).resolves.toBeDefined()
  })

  test('may leave fields empty', async () => {
    const text = kubeconfig({ user: { tokenFile: '', exec: null }, cluster: { 'proxy-url': '' } })
    await expect(open('{}', {}, fromSecret(text))).resolves.toBeDefined()
  })

  test('may do as the own one where it is trusted explicitly, exec plugins apart', async () => {
    const options = { trustKubeconfigs: true }
    const proxied = kubeconfig({ cluster: { 'proxy-url': 'http://proxy.example.com' } })
    await expect(open('{}', options, fromSecret(proxied))).resolves.toBeDefined()
    const failure = await failureOf(
      open('{}', options, fromSecret(kubeconfig({ user: { exec: { command: 'aws' } } }))),
    )
    expect(failure.message).toBe(
      'Secret fleet/prod-kubeconfig runs a program, which it may not: users.admin.exec',
    )
  })
})

describe("the user's own kubeconfig", () => {
  test.each([
    ['an exec plugin', { exec: { command: 'aws' } }, 'runs a program, which it may not: users.admin.exec'],
    [
      'an auth provider with a command',
      { 'auth-provider': { name: 'azure', config: { 'cmd-path': 'az' } } },
      'runs a program: users.admin.auth-provider',
    ],
    [
      'an auth provider that hides a program',
      { 'auth-provider': { name: 'other', config: { exec: { command: 'x' } } } },
      'runs a program: users.admin.auth-provider',
    ],
  ])('runs %s only where that is allowed', async (_what, user, message) => {
    const failure = await failureOf(open(kubeconfig({ user })))
    expect(failure).toMatchObject({ reason: 'address', message: `context prod ${message}` })
    expect(failure.hint).toBe('programs of a kubeconfig run only where exec plugins are allowed explicitly')
    await expect(open(kubeconfig({ user }), { allowExecPlugins: true })).resolves.toBeDefined()
  })

  test.each([
    ['is no YAML', `users: [${secret}`, 'the kubeconfig is no kubeconfig: it is no YAML'],
    [
      'is no map',
      `- ${secret}`,
      'the kubeconfig is no kubeconfig: the whole has not the form that it should have',
    ],
    [
      'has a list of the wrong form',
      `users: {${secret}: 1}`,
      'the kubeconfig is no kubeconfig: users has not the form that it should have',
    ],
    ['has no current context', 'contexts: []', 'the current context has no current context'],
    [
      'has a bomb of aliases',
      `a: &a [${'x,'.repeat(9)}x]\n${'bcdefgh'
        .split('')
        .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index] ?? ''},`.repeat(9)}1]`)
        .join('\n')}`,
      'the kubeconfig is no kubeconfig: its aliases lead nowhere, or to too much',
    ],
    [
      'names a cluster that is not there',
      'current-context: a\ncontexts: [{name: a, context: {cluster: gone, user: b}}]',
      'context a names clusters.gone, which is not there',
    ],
    [
      'names a user that is not there',
      'current-context: a\ncontexts: [{name: a, context: {cluster: c, user: gone}}]\nclusters: [{name: c, cluster: {server: "https://x"}}]',
      'context a names users.gone, which is not there',
    ],
    [
      'has a token that is no text',
      `${'current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: "https://x"}}]\n'}users: [{name: u, user: {token: {value: ${secret}}}}]`,
      'context a cannot be read: users.u.token has not the form that it should have',
    ],
  ])('that %s is refused, and nothing of it shown', async (_what, text, message) => {
    const failure = await failureOf(open(text))
    expect(failure).toMatchObject({ reason: 'address', message })
    expect(JSON.stringify([failure.hint, failure.operation, failure.cause])).not.toContain(secret)
  })

  test.each([
    ['no URL', { server: 'prod.example.com:6443' }, 'names no server: clusters.prod.server is no https URL'],
    ['nothing', { server: '' }, 'names no server: clusters.prod.server is no https URL'],
    ['a file', { server: 'file:///etc/passwd' }, 'names no server: clusters.prod.server is no https URL'],
    ['plain HTTP', { server: 'http://10.0.0.1' }, 'names a server without TLS in clusters.prod.server'],
    ['credentials', { server: `https://u:${secret}@10.0.0.1` }, 'has credentials in clusters.prod.server'],
  ])('whose server is %s is refused', async (_what, cluster, message) => {
    const failure = await failureOf(open(kubeconfig({ cluster })))
    expect(failure).toMatchObject({ reason: 'address', message: `context prod ${message}` })
  })

  test('may name a server without TLS where it says that this is meant', async () => {
    const cluster = { server: 'http://10.0.0.1', 'insecure-skip-tls-verify': true }
    await expect(open(kubeconfig({ cluster }))).resolves.toBeDefined()
  })

  test.each([
    ['ca', { cluster: { 'certificate-authority-data': Buffer.from(secret).toString('base64') } }],
    ['key', { user: { 'client-key-data': Buffer.from(secret).toString('base64') } }],
  ])('whose %s is no PEM is an address that cannot be used', async (_what, written) => {
    const { reader } = await open(kubeconfig(written))
    const failure = await failureOf(reader.version())
    expect(failure).toMatchObject({
      reason: 'address',
      message: 'context prod has a certificate or key that cannot be read',
    })
    expect(failure.cause).toBeUndefined()
  })

  test('that names a file that is not there says which', async () => {
    const { reader } = await open(kubeconfig({ cluster: { 'certificate-authority': '/nowhere/ca.crt' } }))
    expect(await failureOf(reader.version())).toMatchObject({
      reason: 'address',
      message: 'context prod names /nowhere/ca.crt, which cannot be read (ENOENT)',
    })
  })

  test('whose token no header can hold is an address that cannot be used', async () => {
    const { reader } = await open(kubeconfig({ user: { token: `${secret}\nx` } }))
    const failure = await failureOf(reader.version())
    expect(failure).toMatchObject({
      reason: 'address',
      message: 'context prod gives a value for Authorization that no header can hold',
    })
  })
})

describe('contexts', () => {
  const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'fleetwright-kubeconfig-'))
  const named = (context: string, server: string): string =>
    JSON.stringify({
      'current-context': context,
      contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: {} }],
    })

  test('may lie below a path of their server', async () => {
    const server = await serve()
    server.fault({
      on: /^\/k8s\/clusters\/c-1\/version$/,
      does: { type: 'body', text: '{"gitVersion":"v1.33.0"}' },
    })
    const { reader } = await open(named('a', `${server.url}/k8s/clusters/c-1/`))
    expect(await reader.version()).toBe('v1.33.0')
  })

  test('that are not there are refused with those that are', async () => {
    const failure = await failureOf(open(kubeconfig({}), {}, { type: 'context', context: 'test' }))
    expect(failure).toMatchObject({
      reason: 'address',
      message: 'context test is not there: no context has the name test',
      hint: 'contexts: prod',
    })
  })

  test('of several files are merged, and who has a name first keeps it', async () => {
    const at = await folder()
    const [first, second] = [await serve({ version: 'v1.30.1' }), await serve({ version: 'v1.31.1' })]
    await writeFile(join(at, 'one'), named('a', first.url))
    await writeFile(join(at, 'two'), named('b', second.url))
    const KUBECONFIG = ['one', 'absent', 'two'].map((name) => join(at, name)).join(delimiter)
    const readers = createClusterReaders({ allowExecPlugins: false, environment: { KUBECONFIG } })
    // Both contexts say cluster `c`, which the first file had first.
    for (const address of [{ type: 'context' }, { type: 'context', context: 'b' }] as const) {
      const reader = await readers.open(address)
      expect(await reader.version()).toBe('v1.30.1')
      await reader.close()
    }
    expect(await listContexts({ environment: { KUBECONFIG } })).toEqual(['a', 'b'])
  })

  test('are those of the home folder where nothing else is said', async () => {
    const HOME = await folder()
    const failure = await failureOf(listContexts({ environment: { HOME } }))
    expect(failure).toMatchObject({
      reason: 'address',
      message: `the kubeconfig ${join(HOME, '.kube', 'config')} is not there`,
    })
  })

  test('lie in a file that can be read', async () => {
    const at = await folder()
    const failure = await failureOf(listContexts({ environment: { KUBECONFIG: at } }))
    expect(failure).toMatchObject({ message: `the kubeconfig ${at} cannot be read (EISDIR)` })
  })
})

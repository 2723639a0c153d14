import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createClusterReaders } from '../../../src/adapters/kubernetes/kubernetes.ts'
import { createAuthority } from '../../kubernetes-server/certificates.ts'
import type { KubernetesServer } from '../../kubernetes-server/kubernetes-server.ts'
import { configMap, configMaps, failureOf, namesIn, open, pagesOf, serve } from './reading.ts'

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'fleetwright-credentials-'))

function authorizationOf({ requests }: KubernetesServer): (string | undefined)[] {
  return requests.map(({ headers }) => headers.authorization)
}

/** A plugin that prints what it is told, and notes its environment; in its own folder. */
async function plugin(script: string): Promise<{ path: string; at: string }> {
  const at = await folder()
  const path = join(at, 'plugin')
  await writeFile(path, `#!/bin/sh\ncd '${at}'\necho run >> runs\n${script}\n`)
  await chmod(path, 0o755)
  return { path, at }
}

const credential = (status: object): string =>
  `printf %s '${JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status })}'`

async function runsOf(at: string): Promise<number> {
  return (await readFile(join(at, 'runs'), 'utf8')).trim().split('\n').length
}

const environment = { PATH: process.env['PATH'] }
const allowed = { allowExecPlugins: true, environment }

describe('who asks', () => {
  test('is said by a token', async () => {
    const server = await serve({ tokens: ['t1'] })
    const { reader } = await open(server.kubeconfig({ token: 't1' }))
    expect(await reader.version()).toBe('v1.34.2')
  })

  test('is said by a name and a password', async () => {
    const server = await serve()
    const { reader } = await open(server.kubeconfig({ username: 'u', password: 'p:w' }))
    await reader.version()
    expect(authorizationOf(server)).toEqual([`Basic ${Buffer.from('u:p:w').toString('base64')}`])
  })

  test('is nobody where the kubeconfig says nobody', async () => {
    const server = await serve()
    const { reader } = await open(server.kubeconfig())
    await reader.version()
    expect(authorizationOf(server)).toEqual([undefined])
  })

  test('may be said to be somebody else, with his groups', async () => {
    const server = await serve()
    const user = {
      ...{ as: 'viewer', 'as-uid': '7', 'as-groups': ['a', 'b'] },
      'as-user-extra': { 'example.org/team': ['x'] },
    }
    const { reader } = await open(server.kubeconfig(user))
    await reader.version()
    expect(server.requests[0]?.headers).toMatchObject({
      ...{ 'impersonate-user': 'viewer', 'impersonate-uid': '7', 'impersonate-group': 'a, b' },
      'impersonate-extra-example.org%2fteam': 'x',
    })
  })
})

describe('a token that expires', () => {
  test('in a file is read again, and the request made again', async () => {
    const at = await folder()
    const path = join(at, 'token')
    await writeFile(path, 'old\n')
    const server = await serve({ tokens: ['old'], objects: [configMap('a')] })
    const { reader } = await open(server.kubeconfig({ tokenFile: path, token: 'ignored' }))
    await reader.version()
    await writeFile(path, 'new\n')
    server.acceptTokens(['new'])
    expect((await pagesOf(reader.list(configMaps))).flatMap(namesIn)).toEqual(['a'])
    expect(authorizationOf(server)).toEqual(['Bearer old', 'Bearer old', 'Bearer new'])
  })

  test('in the middle of a list loses nothing', async () => {
    const path = join(await folder(), 'token')
    await writeFile(path, 'old')
    const objects = Array.from({ length: 5 }, (_, index) => configMap(`c-${index}`))
    const server = await serve({ tokens: ['old'], objects })
    const { reader } = await open(server.kubeconfig({ tokenFile: path }), { limits: { pageSize: 2 } })
    const seen: string[] = []
    for await (const page of reader.list(configMaps)) {
      seen.push(...namesIn(page))
      await writeFile(path, 'new')
      server.acceptTokens(['new'])
    }
    expect(seen).toEqual(['c-0', 'c-1', 'c-2', 'c-3', 'c-4'])
  })

  test('in the kubeconfig itself is read again from there', async () => {
    const path = join(await folder(), 'config')
    const server = await serve({ tokens: ['new'] })
    await writeFile(path, server.kubeconfig({ token: 'old' }))
    const kubeconfig = { type: 'files', paths: [path] } as const
    const { reader } = await open('', { kubeconfig })
    await writeFile(path, server.kubeconfig({ token: 'new' }))
    expect(await reader.version()).toBe('v1.34.2')
  })

  test('and stays refused → unauthorized after one more attempt, which shows no token', async () => {
    const server = await serve({ tokens: ['other'] })
    const { reader, sleeps } = await open(server.kubeconfig({ token: 'hunter2' }))
    const failure = await failureOf(reader.version())
    expect(failure).toMatchObject({
      reason: 'unauthorized',
      retryable: false,
      message: `context server (${server.host}) does not take the credentials for GET /version (401 Unauthorized)`,
    })
    expect(JSON.stringify([failure, failure.stack])).not.toContain('hunter2')
    expect([server.requests.length, sleeps]).toEqual([2, []])
  })

  test('for many requests at once is renewed once', async () => {
    const { path, at } = await plugin(
      `[ -e second ] && ${credential({ token: 'new' })} && exit; touch second; ${credential({ token: 'old' })}`,
    )
    const server = await serve({ tokens: ['new'] })
    const { reader } = await open(server.kubeconfig({ exec: { command: path } }), allowed)
    const versions = await Promise.all(Array.from({ length: 8 }, () => reader.version()))
    expect(new Set(versions)).toEqual(new Set(['v1.34.2']))
    expect(await runsOf(at)).toBe(2)
  })
})

describe('an exec plugin', () => {
  test('gives the token, once for many requests', async () => {
    const { path, at } = await plugin(credential({ token: 'from-plugin' }))
    const server = await serve({ tokens: ['from-plugin'] })
    const { reader } = await open(server.kubeconfig({ exec: { command: path } }), allowed)
    await Promise.all([reader.version(), reader.discover(), reader.version()])
    await reader.version()
    expect(await runsOf(at)).toBe(1)
  })

  test('is told what it is asked for, by its own arguments and variables, and sees no others', async () => {
    const { path, at } = await plugin(`env > seen; echo "$@" >> seen\n${credential({ token: 't' })}`)
    const server = await serve()
    const exec = {
      ...{ command: path, args: ['get-token', '--cluster=x'], provideClusterInfo: true },
      ...{
        apiVersion: 'client.authentication.k8s.io/v1beta1',
        env: [{ name: 'AWS_PROFILE', value: 'fleet' }],
      },
    }
    process.env['FLEETWRIGHT_TEST_AMBIENT'] = 'not for plugins'
    const { reader } = await open(server.kubeconfig({ exec }), allowed)
    await reader.version()
    delete process.env['FLEETWRIGHT_TEST_AMBIENT']
    const seen = await readFile(join(at, 'seen'), 'utf8')
    expect(seen).toContain('AWS_PROFILE=fleet\n')
    expect(seen).toContain('get-token --cluster=x\n')
    expect(seen).not.toContain('FLEETWRIGHT_TEST_AMBIENT')
    const info = /^KUBERNETES_EXEC_INFO=(.*)$/m.exec(seen)?.[1] ?? '{}'
    expect(JSON.parse(info)).toMatchObject({
      ...{ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1beta1' },
      spec: { interactive: false, cluster: { server: server.url } },
    })
  })

  test('by a relative path lies beside the kubeconfig', async () => {
    const { path } = await plugin(credential({ token: 't' }))
    const server = await serve({ tokens: ['t'] })
    const config = join(dirname(path), 'config')
    await writeFile(config, server.kubeconfig({ exec: { command: './plugin' } }))
    const kubeconfig = { type: 'files', paths: [config] } as const
    const { reader } = await open('', { ...allowed, kubeconfig })
    expect(await reader.version()).toBe('v1.34.2')
  })

  test('that fails → unauthorized, and nothing of what it printed', async () => {
    const { path } = await plugin('echo hunter2 >&2; echo hunter2; exit 1')
    const server = await serve()
    const { reader } = await open(server.kubeconfig({ exec: { command: path } }), allowed)
    const failure = await failureOf(reader.version())
    expect(failure).toMatchObject({
      reason: 'unauthorized',
      message: `the exec plugin ${path} gave no credentials for context server`,
    })
    expect(JSON.stringify([failure, failure.stack, failure.cause])).not.toContain('hunter2')
  })

  test.each(['echo hunter2', 'echo {}', 'true'])(
    'that prints no credential (%s) → unauthorized',
    async (script) => {
      const { path } = await plugin(script)
      const server = await serve()
      const { reader } = await open(server.kubeconfig({ exec: { command: path } }), allowed)
      const failure = await failureOf(reader.version())
      expect(failure.reason).toBe('unauthorized')
      expect(JSON.stringify([failure, failure.stack, failure.cause])).not.toContain('hunter2')
    },
  )

  test('that is not there → an address that cannot be used', async () => {
    const server = await serve()
    const { reader } = await open(server.kubeconfig({ exec: { command: 'no-such-plugin' } }), allowed)
    expect(await failureOf(reader.version())).toMatchObject({
      reason: 'address',
      message: 'context server names the exec plugin no-such-plugin, which cannot be started (ENOENT)',
    })
  })

  test('that asks a person is answered with nothing', async () => {
    const { path } = await plugin(`read -r password; ${credential({ token: 't' })}`)
    const server = await serve({ tokens: ['t'] })
    const { reader } = await open(server.kubeconfig({ exec: { command: path } }), allowed)
    expect(await reader.version()).toBe('v1.34.2')
  })

  test('that hangs is ended, with what it started', async () => {
    const { path } = await plugin('sleep 600')
    const server = await serve()
    const limits = { pluginTimeoutMs: 300 }
    const { reader } = await open(server.kubeconfig({ exec: { command: path } }), { ...allowed, limits })
    expect(await failureOf(reader.version())).toMatchObject({ reason: 'unauthorized' })
  })
})

test('connections that a plugin secures anew are closed with the others', async () => {
  const authority = await createAuthority()
  const certificate = await authority.issue({ addresses: ['127.0.0.1'] })
  const server = await serve({ certificate, tokens: ['a'], objects: [configMap('a')] })
  const client = await authority.issue({})
  const once = credential({ token: 'a' })
  const then = credential({
    token: 'b',
    clientCertificateData: client.certificate,
    clientKeyData: client.key,
  })
  const { path } = await plugin(`[ -e second ] && ${then} && exit; touch second; ${once}`)
  const { reader } = await open(server.kubeconfig({ exec: { command: path } }), allowed)
  const watch = reader.watch(configMaps, '1', new AbortController().signal)[Symbol.asyncIterator]()
  const end = failureOf(watch.next())
  await expect.poll(() => server.watches.count).toBe(1)
  server.acceptTokens(['b'])
  expect(await reader.version()).toBe('v1.34.2')
  await reader.close()
  expect(await end).toMatchObject({ reason: 'unreachable' })
})

describe('in a pod', () => {
  async function serviceAccount(authority: string): Promise<string> {
    const account = join(await folder(), 'serviceaccount')
    await mkdir(account)
    await writeFile(join(account, 'token'), 't1')
    await writeFile(join(account, 'ca.crt'), authority)
    return account
  }

  test('the service account says who asks, and its token is read again', async () => {
    const authority = await createAuthority()
    const certificate = await authority.issue({ addresses: ['127.0.0.1'] })
    const server = await serve({ certificate, tokens: ['t1'] })
    const account = await serviceAccount(authority.certificate)
    const readers = createClusterReaders({
      allowExecPlugins: false,
      environment: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: `${server.port}` },
      serviceAccountFolder: account,
    })
    const reader = await readers.open({ type: 'in-cluster' })
    expect(await reader.version()).toBe('v1.34.2')
    await writeFile(join(account, 'token'), 't2')
    server.acceptTokens(['t2'])
    expect(await reader.version()).toBe('v1.34.2')
    await reader.close()
  })

  test('outside of one there is no such address', async () => {
    expect(await failureOf(open('{}', {}, { type: 'in-cluster' }))).toMatchObject({
      reason: 'address',
      hint: 'outside of a pod, name a context of a kubeconfig',
    })
  })
})

import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MemoryObject } from '../../src/adapters/memory/memory-clusters.ts'
import type { ClusterError } from '../../src/diagnostics/cluster-error.ts'
import type { ClusterReader, ListRequest } from '../../src/observe/cluster-reader-port.ts'
import { failureOf, namesIn, open, pagesOf, serve } from '../adapters/kubernetes/reading.ts'
import { createClusterWriter, type ClusterWriter } from '../contracts/real-cluster.ts'
import { createAuthority } from '../kubernetes-server/certificates.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { databaseDefinition } from './app/watched-fleet.ts'
import { startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'

const portBase = 23_000 + (process.pid % 90) * 10
const configMaps: ListRequest = {
  ...{ group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespace: 'many' },
  ...{ labelSelector: '', fieldSelector: '', metadataOnly: false },
}
const uncached = '--watch-cache=false'
const names = Array.from({ length: 60 }, (_, index) => `c-${String(index).padStart(2, '0')}`)

function configMap(name: string): MemoryObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'many', name }, data: {} }
}

describe.skipIf(sharedFolder() === undefined)('reading a real kube-apiserver', () => {
  let cluster: KubernetesCluster
  let writer: ClusterWriter
  let kubeconfig: string

  beforeAll(async () => {
    // Without its cache, what etcd has given up is gone for who reads.
    cluster = await startCluster(requireShared(), `reader-${process.pid}`, portBase, [uncached])
    kubeconfig = await readFile(cluster.kubeconfig, 'utf8')
    writer = await createClusterWriter(cluster.kubeconfig)
    await writer.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'many' } })
    await writer.put(...names.map(configMap))
  }, 180_000)
  afterAll(async () => {
    await writer.close()
    await cluster.stop()
  })

  /** The kubeconfig with another user or another authority. */
  async function rewritten(change: {
    token?: string
    tokenFile?: string
    authority?: string
  }): Promise<string> {
    const { token, tokenFile, authority } = change
    const path = join(await mkdtemp(join(tmpdir(), 'fleetwright-reader-')), 'config')
    await writeFile(path, kubeconfig)
    const set = (...args: readonly string[]) => cluster.kubectl('config', '--kubeconfig', path, ...args)
    if (authority !== undefined) {
      await writeFile(`${path}.ca`, authority)
      const [, name = ''] = /current-context: (\S+)/.exec(kubeconfig) ?? []
      await set('set-cluster', name, `--certificate-authority=${path}.ca`, '--embed-certs')
    }
    if (token !== undefined) await set('set-credentials', 'other', `--token=${token}`)
    if (tokenFile !== undefined) await set('set', 'users.other.tokenFile', tokenFile)
    if (token !== undefined || tokenFile !== undefined) {
      await set('set-context', '--current', '--user=other')
    }
    return readFile(path, 'utf8')
  }

  const paged = { limits: { pageSize: 20 } }

  /** Gives up every older version, as a server does every few minutes. */
  async function compact(): Promise<void> {
    // A watch may begin at the version that is the oldest left, so two come after those that are known.
    for (const _time of [1, 2]) await writer.put(configMap(`new-${await revision()}`))
    const body = JSON.stringify({ revision: await revision(), physical: true })
    const { statusCode } = await request(`http://127.0.0.1:${portBase}/v3/kv/compaction`, {
      method: 'POST',
      body,
    })
    expect(statusCode).toBe(200)
  }

  async function revision(): Promise<string> {
    const body = JSON.stringify({ key: Buffer.from('x').toString('base64') })
    const answer = await request(`http://127.0.0.1:${portBase}/v3/kv/range`, { method: 'POST', body })
    return ((await answer.body.json()) as { header: { revision: string } }).header.revision
  }

  test('finds what the small server of the tests says that such a server serves', async () => {
    const { reader } = await open(kubeconfig)
    const version = await reader.version()
    const double = await open((await serve({ version })).kubeconfig())
    const [real, played] = await Promise.all([reader.discover(), double.reader.discover()])
    expect(played.resources).toEqual(real.resources)
    expect(played.unavailable).toEqual(real.unavailable)
    expect(Object.keys(played.versions ?? {})).toEqual(Object.keys(real.versions ?? {}))
  })

  test('starts a list over whose version etcd has given up', async () => {
    const { reader } = await open(kubeconfig, paged)
    const pages = reader.list(configMaps)[Symbol.asyncIterator]()
    expect(await pages.next()).toMatchObject({ done: false })
    await compact()
    const rest = await pagesOf({ [Symbol.asyncIterator]: () => pages })
    expect(rest[0]?.restart).toBe(true)
    expect(rest.flatMap(namesIn)).toEqual(expect.arrayContaining(names))
  })

  test('finds that a watch cannot go on from a version that etcd has given up', async () => {
    const { reader } = await open(kubeconfig)
    const [page] = await pagesOf(reader.list(configMaps))
    await compact()
    const watch = reader.watch(configMaps, page?.resourceVersion ?? '', new AbortController().signal)
    expect(await failureOf(watch[Symbol.asyncIterator]().next())).toMatchObject({ reason: 'expired' })
  })

  test('is kept by a role from one kind, and not from another', async () => {
    await cluster.apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'many', name: 'reader' } },
      {
        ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reader' } },
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
      },
      {
        ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' },
        metadata: { name: 'reader' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'many', name: 'reader' }],
      },
    ])
    const token = (await cluster.kubectl('create', 'token', 'reader', '-n', 'many')).trim()
    const { reader } = await open(await rewritten({ token }))
    expect((await pagesOf(reader.list(configMaps))).flatMap(namesIn)).toEqual(expect.arrayContaining(names))
    const secrets = { ...configMaps, kind: 'Secret', resource: 'secrets' }
    const failure = await failureOf(pagesOf(reader.list(secrets)))
    expect(failure).toMatchObject({ reason: 'forbidden' })
    expect(failure.message).toMatch(/ forbids GET \/api\/v1\/namespaces\/many\/secrets \(403 Forbidden\)$/)
  })

  test('is let in again by a new token in its file', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'fleetwright-token-')), 'token')
    await writeFile(path, 'hunter2')
    const { reader } = await open(await rewritten({ tokenFile: path }))
    // Anonymous users may see the version: only a token that is wrong is refused.
    const failure = await failureOf(reader.discover())
    expect(failure).toMatchObject({ reason: 'unauthorized' })
    expect(failure.message).not.toContain('hunter2')
    const good = await readFile(join(dirname(cluster.kubeconfig), 'pki/admin.token'), 'utf8')
    await writeFile(path, `${good}\n`)
    expect((await reader.discover()).resources.length).toBeGreaterThan(50)
  })

  test('reaches nobody whose certificate another authority signed', async () => {
    const { certificate } = await createAuthority()
    const { reader } = await open(await rewritten({ authority: certificate }))
    expect(await failureOf(reader.version())).toMatchObject({ reason: 'certificate' })
  })

  test('hears of what changes as metadata alone', async () => {
    const { reader } = await open(kubeconfig)
    const list = { ...configMaps, metadataOnly: true, fieldSelector: 'metadata.name=watched' }
    const [page] = await pagesOf(reader.list(list))
    await writer.put({ ...configMap('watched'), data: { large: 'x'.repeat(500_000) } })
    for await (const event of reader.watch(list, page?.resourceVersion ?? '', new AbortController().signal)) {
      expect([event.type, Object.keys(event.object).sort()]).toEqual([
        'added',
        ['apiVersion', 'kind', 'metadata'],
      ])
      break
    }
  })

  test('that begins anew serves all that it was taught, or does not answer yet', async () => {
    await cluster.apply([databaseDefinition])
    await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s')
    const retries = { attempts: 1, firstDelayMs: 0, maxDelayMs: 0, maxRetryAfterMs: 0 }
    const { reader } = await open(kubeconfig, { retries })
    const seen = new Set<string>()
    const restarting = { isOver: false }
    const restarted = cluster.restart(uncached).finally(() => (restarting.isOver = true))
    while (!restarting.isOver) {
      const answer = reader
        .discover()
        .then(({ versions = {} }) => ('example.com' in versions ? 'all' : 'some'))
      seen.add(await answer.catch((error: ClusterError) => error.reason))
    }
    await restarted
    expect([...seen].sort()).toEqual(['all', 'unreachable'])
  }, 60_000)

  test('that is killed in the middle of a list is unreachable', async () => {
    const { reader } = await open(kubeconfig, paged)
    const pages: AsyncIterator<unknown> = (reader satisfies ClusterReader)
      .list(configMaps)
      [Symbol.asyncIterator]()
    expect(await pages.next()).toMatchObject({ done: false })
    const pid = Number(await readFile(join(dirname(cluster.kubeconfig), 'apiserver.pid'), 'utf8'))
    process.kill(pid, 'SIGKILL')
    expect(await failureOf(pages.next())).toMatchObject({ reason: 'unreachable', retryable: true })
  })
})

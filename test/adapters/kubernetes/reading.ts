import { onTestFinished } from 'vitest'
import {
  createClusterReaders,
  type ClusterReadersOptions,
} from '../../../src/adapters/kubernetes/kubernetes.ts'
import type { MemoryObject } from '../../../src/adapters/memory/memory-clusters.ts'
import { ClusterError } from '../../../src/diagnostics/cluster-error.ts'
import type {
  ClusterAddress,
  ClusterReader,
  ListPage,
  ListRequest,
} from '../../../src/observe/cluster-reader-port.ts'
import {
  startKubernetesServer,
  type KubernetesServer,
  type KubernetesServerOptions,
} from '../../kubernetes-server/kubernetes-server.ts'

/** A server for the length of one test. */
export async function serve(options: KubernetesServerOptions = {}): Promise<KubernetesServer> {
  const server = await startKubernetesServer(options)
  onTestFinished(() => server.stop())
  return server
}

/** The real adapter, with time that does not pass between its attempts. `sleeps` are the waits that it wanted. */
export async function open(
  kubeconfig: string,
  options: Partial<ClusterReadersOptions> = {},
  address: ClusterAddress = { type: 'context' },
): Promise<{ reader: ClusterReader; sleeps: number[] }> {
  const sleeps: number[] = []
  const readers = createClusterReaders({
    kubeconfig: { type: 'text', text: kubeconfig },
    allowExecPlugins: false,
    environment: {},
    waiting: {
      sleep: (milliseconds) => {
        sleeps.push(milliseconds)
        return Promise.resolve()
      },
      random: () => 0,
      now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
    },
    ...options,
  })
  const reader = await readers.open(address)
  onTestFinished(() => reader.close())
  return { reader, sleeps }
}

/** Both: a server, and a reader of it. */
export async function serveAndOpen(
  server: KubernetesServerOptions = {},
  options: Partial<ClusterReadersOptions> = {},
) {
  const served = await serve(server)
  return { server: served, ...(await open(served.kubeconfig(), options)) }
}

export const configMaps: ListRequest = {
  ...{ group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespace: '' },
  ...{ labelSelector: '', fieldSelector: '', metadataOnly: false },
}

export function configMap(name: string, data: Readonly<Record<string, string>> = {}): MemoryObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name }, data }
}

export function manyConfigMaps(count: number): MemoryObject[] {
  return Array.from({ length: count }, (_, index) => configMap(`c-${String(index).padStart(5, '0')}`))
}

export async function pagesOf(pages: AsyncIterable<ListPage>): Promise<ListPage[]> {
  const all: ListPage[] = []
  for await (const page of pages) all.push(page)
  return all
}

export function namesIn({ objects }: Pick<ListPage, 'objects'>): string[] {
  return objects.map((object) => String((object['metadata'] as { name?: unknown }).name))
}

/** The ClusterError that a call ends in. */
export async function failureOf(work: Promise<unknown>): Promise<ClusterError> {
  const outcome: unknown = await work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (outcome instanceof ClusterError) return outcome
  throw outcome
}

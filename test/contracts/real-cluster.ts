import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import { parse } from 'yaml'
import type { MemoryObject, MemoryReference } from '../../src/adapters/memory/memory-clusters.ts'
import { groupOf } from '../../src/kubernetes/object-key.ts'

/** Writes objects to a real API server by plain requests: what is under test has no part in it. */
export interface ClusterWriter {
  put(...objects: readonly MemoryObject[]): Promise<void>
  remove(reference: MemoryReference): Promise<void>
  close(): Promise<void>
}

interface WrittenKubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string }
  }[]
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string }
  }[]
}

export async function createClusterWriter(kubeconfigPath: string): Promise<ClusterWriter> {
  const { clusters, users } = parse(await readFile(kubeconfigPath, 'utf8')) as WrittenKubeconfig
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user]
  const pem = (data: string | undefined): string => Buffer.from(data ?? '', 'base64').toString('utf8')
  const dispatcher = new Agent({
    connections: 20,
    connect: {
      ca: pem(cluster?.['certificate-authority-data']),
      cert: pem(user?.['client-certificate-data']),
      key: pem(user?.['client-key-data']),
    },
  })
  const call = async (method: 'PATCH' | 'DELETE', path: string, body?: string): Promise<void> => {
    const response = await request(`${cluster?.server ?? ''}${path}`, {
      ...{ dispatcher, method, headers: { 'content-type': 'application/apply-patch+yaml' } },
      ...(body !== undefined && { body }),
    })
    const text = await response.body.text()
    if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${text}`)
  }
  return {
    async put(...objects) {
      const apply = '?fieldManager=test&force=true'
      await Promise.all(
        objects.map((object) => call('PATCH', pathOf(object) + apply, JSON.stringify(object))),
      )
    },
    remove: (reference) => call('DELETE', pathOf(reference)),
    close: () => dispatcher.destroy(),
  }
}

function pathOf({ apiVersion, kind, metadata: { namespace, name } }: MemoryReference): string {
  const root = groupOf(apiVersion) === '' ? 'api' : 'apis'
  const within = namespace === undefined ? '' : `/namespaces/${namespace}`
  return `/${root}/${apiVersion}${within}/${kind.toLowerCase()}s/${name}`
}

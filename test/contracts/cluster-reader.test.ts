import { describe } from 'vitest'
import { createClusterReaders } from '../../src/adapters/kubernetes/kubernetes.ts'
import { createMemoryClusters } from '../../src/adapters/memory/memory-clusters.ts'
import { startCluster } from '../e2e/kubernetes-cluster.ts'
import { createAuthority } from '../kubernetes-server/certificates.ts'
import {
  startKubernetesServer,
  type KubernetesServerOptions,
} from '../kubernetes-server/kubernetes-server.ts'
import { builtInResources, customResource } from '../kubernetes-server/served-resources.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { testClusterReader, widgetGroup, type ClusterUnderTest } from './cluster-reader.ts'
import { createClusterWriter } from './real-cluster.ts'

const widgets = ['v1', 'v1beta1'].map((version) => customResource(`${widgetGroup}/${version}`, 'Widget'))

describe('memory', () => {
  testClusterReader(async () => {
    const resources = [...builtInResources('v1.34.2'), ...widgets]
    const clusters = createMemoryClusters(new Map([['c', { version: 'v1.34.2', resources, objects: [] }]]))
    const reader = await clusters.open({ type: 'context', context: 'c' })
    return {
      reader,
      put(...objects) {
        for (const object of objects) clusters.put('c', object)
        return Promise.resolve()
      },
      remove(reference) {
        clusters.remove('c', reference)
        return Promise.resolve()
      },
      expiredVersion() {
        clusters.forget('c')
        return Promise.resolve('1')
      },
      close: () => reader.close(),
    }
  })
})

async function served(options: KubernetesServerOptions): Promise<ClusterUnderTest> {
  const server = await startKubernetesServer({ ...options, customResources: widgets })
  const readers = createClusterReaders({
    kubeconfig: { type: 'text', text: server.kubeconfig() },
    allowExecPlugins: false,
    environment: {},
  })
  const reader = await readers.open({ type: 'context' })
  return {
    reader,
    put(...objects) {
      for (const object of objects) server.objects.put(object)
      return Promise.resolve()
    },
    remove(reference) {
      server.objects.remove(reference)
      return Promise.resolve()
    },
    expiredVersion() {
      server.forget()
      return Promise.resolve('1')
    },
    async close() {
      await reader.close()
      await server.stop()
    },
  }
}

describe('a server of 1.24, which knows the old discovery', () => {
  testClusterReader(() => served({ version: 'v1.24.17' }))
})

describe('a server of 1.27, whose discovery is in beta', () => {
  testClusterReader(() => served({ version: 'v1.27.16' }))
})

describe('a server of 1.34 over TLS', () => {
  testClusterReader(async () => {
    const authority = await createAuthority()
    return served({ certificate: await authority.issue({ addresses: ['127.0.0.1'] }) })
  })
})

describe.skipIf(sharedFolder() === undefined)('a real kube-apiserver', () => {
  testClusterReader(async () => {
    const cluster = await startCluster(
      requireShared(),
      `contract-${process.pid}`,
      22_000 + (process.pid % 100) * 10,
    )
    const version = { served: true, schema: { openAPIV3Schema: openSchema } }
    await cluster.apply([
      {
        ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
        metadata: { name: `widgets.${widgetGroup}` },
        spec: {
          ...{ group: widgetGroup, scope: 'Namespaced' },
          names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
          versions: [
            { ...version, name: 'v1', storage: true },
            { ...version, name: 'v1beta1', storage: false },
          ],
        },
      },
    ])
    await cluster.kubectl('wait', '--for=condition=Established', `crd/widgets.${widgetGroup}`)
    const writer = await createClusterWriter(cluster.kubeconfig)
    const readers = createClusterReaders({
      kubeconfig: { type: 'files', paths: [cluster.kubeconfig] },
      allowExecPlugins: false,
      environment: {},
    })
    const reader = await readers.open({ type: 'context' })
    return {
      reader,
      put: (...objects) => writer.put(...objects),
      remove: (reference) => writer.remove(reference),
      // The server's cache of a kind begins when its definition comes.
      expiredVersion: () => Promise.resolve('1'),
      async close() {
        await reader.close()
        await writer.close()
        await cluster.stop()
      },
    }
  })
})

const openSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

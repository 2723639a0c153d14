import type { MemoryObject } from '../src/adapters/memory/memory-objects.ts'
import { createAuthority } from '../test/kubernetes-server/certificates.ts'
import {
  kubeconfigOf,
  startKubernetesServer,
  type KubernetesServer,
} from '../test/kubernetes-server/kubernetes-server.ts'
import { customResource } from '../test/kubernetes-server/served-resources.ts'

/**
 * A fleet that `bench/observe.ts` observes, in a process of its own: `node bench/observe-servers.ts CLUSTERS DEAD SLOW`
 * prints the kubeconfig of the management cluster in one line once all answer, and ends with its standard input.
 */
const [count = 0, dead = 0, slow = 0] = process.argv.slice(2).map(Number)
const objectsOfAKind = 100

const authority = await createAuthority()
const certificate = await authority.issue({ addresses: ['127.0.0.1'] })

const clusters: MemoryObject[] = []
for (let index = 0; index < count; index += 1) {
  const name = `cluster-${String(index).padStart(3, '0')}`
  const server = await startKubernetesServer({ version: 'v1.33.1', certificate, objects: workload(name) })
  if (index < dead) await server.stop()
  else if (index < dead + slow) slowDown(server, index % 2 === 0)
  clusters.push(...registered(name, server.kubeconfig()))
}
const management = await startKubernetesServer({
  ...{ version: 'v1.33.1', certificate, objects: clusters },
  customResources: [
    customResource('cluster.x-k8s.io/v1beta2', 'Cluster'),
    customResource('lib.projectsveltos.io/v1beta1', 'SveltosCluster'),
  ],
})
const { url } = management
process.stdout.write(`${kubeconfigOf({ hub: { url, authority: certificate.authority } })}\n`)
process.stdin.on('close', () => process.exit(0)).resume()

/** Half of them say nothing, the others a byte every now and then. */
function slowDown(server: KubernetesServer, isSilent: boolean): void {
  server.fault({ on: /./, does: isSilent ? { type: 'silence' } : { type: 'trickle', everyMs: 200 } })
}

/** A Cluster of Cluster API with the Secret that leads to it. */
function registered(name: string, kubeconfig: string): MemoryObject[] {
  return [
    {
      ...{ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster' },
      metadata: { name, namespace: 'fleet', labels: { env: 'production' } },
      spec: { clusterNetwork: { pods: { cidrBlocks: ['10.0.0.0/16'] } } },
      status: { initialization: { controlPlaneInitialized: true } },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'cluster.x-k8s.io/secret' },
      metadata: { name: `${name}-kubeconfig`, namespace: 'fleet' },
      data: { value: Buffer.from(kubeconfig).toString('base64') },
    },
  ]
}

/** Deployments, which a classifier asks for, and Services, which an event source asks for; about 1.5 KB each. */
function workload(cluster: string): MemoryObject[] {
  return Array.from({ length: objectsOfAKind }, (_, index) => {
    const name = `app-${index}`
    const labels = { app: name, 'app.kubernetes.io/part-of': cluster }
    const metadata = { name, namespace: `team-${index % 10}`, labels, managedFields: fieldsOf(name) }
    const container = { name, image: `registry.example.com/team/${name}:1.${index}.0` }
    const hasAddress = index % 50 === 0
    return [
      {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
        spec: {
          ...{ replicas: 3, selector: { matchLabels: { app: name } } },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
        status: { replicas: 3, readyReplicas: 3, availableReplicas: 3 },
      },
      {
        ...{ apiVersion: 'v1', kind: 'Service', metadata },
        spec: { type: 'LoadBalancer', selector: { app: name }, ports: [{ port: 80, protocol: 'TCP' }] },
        status: { loadBalancer: hasAddress ? { ingress: [{ ip: `203.0.113.${index % 256}` }] } : {} },
      },
    ]
  }).flat()
}

/** What servers keep for themselves, and send all the same. */
function fieldsOf(name: string): object {
  const fields = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`f:${name}-field-${index}`, { 'f:value': {} }]),
  )
  return [{ manager: 'kubectl', operation: 'Apply', apiVersion: 'v1', fieldsV1: { 'f:spec': fields } }]
}

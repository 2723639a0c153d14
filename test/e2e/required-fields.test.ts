import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedFolder } from '../shared.ts'
import { startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'
import { KubernetesRequests } from './kubernetes-requests.ts'
import { lackingObjects } from './required-fields.ts'

const shared = sharedFolder()
const portBase = 23_000 + (process.pid % 90) * 10

/** What the server says where it names another field than the one that is missing. */
const saidElsewhere: Readonly<Record<string, RegExp>> = {
  // It mixes them up.
  'admissionregistration.v1.ServiceReference.name': /clientConfig\.service\.namespace: Required/,
  'admissionregistration.v1.ServiceReference.namespace': /clientConfig\.service\.name: Required/,
  'apps.v1.DaemonSetSpec.selector': /`selector` does not match template `labels`/,
  'core.v1.ContainerResizePolicy.resourceName': /resizePolicy: Required/,
  'core.v1.ContainerResizePolicy.restartPolicy': /resizePolicy: (Required|Unsupported)/,
  'core.v1.DownwardAPIVolumeFile.path': /downwardAPI\.path: Required/,
  'core.v1.GCEPersistentDiskVolumeSource.pdName': /persistentDisk\.pdName: Required/,
  'core.v1.HTTPHeader.name': /httpHeaders: Invalid value: ""/,
  'core.v1.PodSchedulingGate.name': /schedulingGates\[0\]: Invalid value: ""/,
  'core.v1.ScopedResourceSelectorRequirement.operator': /matchExpressions\.operator: Invalid value: ""/,
  'core.v1.ScopedResourceSelectorRequirement.scopeName': /matchExpressions\.scopeName: Invalid value: ""/,
  'core.v1.ServiceAccountTokenProjection.path': /projected\.path: Required/,
  'core.v1.Taint.effect': /taints\[0\]\.effect: Required/,
  'core.v1.Taint.key': /taints\[0\]\.key: Invalid value: ""/,
}

/** The server looks into definitions no further while the outer fields are wrong; its validation asks for these. */
const definitionFields =
  /^apiextensions\.v1\.(CustomResourceColumnDefinition|CustomResourceSubresourceScale|SelectableField|ServiceReference|ValidationRule|WebhookConversion)\./

describe.skipIf(shared === undefined)('required fields against a real kube-apiserver', () => {
  let cluster: KubernetesCluster
  let server: KubernetesRequests
  let minor: number

  beforeAll(async () => {
    cluster = await startCluster(shared ?? '', `required-${process.pid}`, portBase)
    server = await KubernetesRequests.open(cluster.kubeconfig, portBase)
    minor = Number((await server.send('GET', '/version')).body['minor'])
  })
  afterAll(async () => {
    server.close()
    await cluster.stop()
  })

  test('the server refuses an object that lacks one, and names it', async () => {
    const fields = [...lackingObjects(minor)].filter(([field]) => !definitionFields.test(field))
    expect(fields.length).toBeGreaterThan(200)
    const without = await Promise.all(
      fields.map(async ([field, objects]) => {
        const answers = await Promise.all(
          objects.map(async ({ object, path }) => ({ path, answer: await server.tryCreate(object) })),
        )
        const isAsked = answers.some(({ path, answer }) => {
          const { causes = [] } = (answer.body['details'] ?? {}) as { causes?: { field?: string }[] }
          const isNamed = causes.some(
            ({ field: named = '' }) => named === path || named.startsWith(`${path}.`),
          )
          return answer.status === 422 && (isNamed || saidElsewhere[field]?.test(answer.message) === true)
        })
        return isAsked ? [] : [`${field}: ${answers[0]?.path ?? ''}: ${answers[0]?.answer.message ?? ''}`]
      }),
    )
    expect(without.flat()).toEqual([])
  })
})

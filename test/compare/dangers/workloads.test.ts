import { describe, expect, test } from 'vitest'
import { tell, tellGained, tellObjects, unit } from './told-dangers.ts'

const deployment = (spec: string, pod = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  ${spec}
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: web:1 }]
      ${pod}
`

describe('replicas-zero', () => {
  test('a workload that is scaled to nothing, whether it said before how many', async () => {
    expect(await tellObjects(deployment('replicas: 3'), deployment('replicas: 0'))).toEqual([
      'high replicas-zero: Deployment shop/web goes from 3 to 0 replicas',
    ])
    expect(await tellObjects(deployment(''), deployment('replicas: 0'))).toEqual([
      'high replicas-zero: Deployment shop/web goes to 0 replicas',
    ])
  })

  test('an autoscaler that may scale to nothing', async () => {
    const autoscaler = (least: number) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec: { minReplicas: ${least}, maxReplicas: 5 }
`
    expect(await tellObjects(autoscaler(2), autoscaler(0))).toEqual([
      'high replicas-zero: HorizontalPodAutoscaler shop/web goes from 2 to 0 minReplicas',
    ])
  })

  test.each([
    ['from none to some', 'replicas: 0', 'replicas: 3'],
    ['to fewer', 'replicas: 3', 'replicas: 1'],
    ['none as before', 'replicas: 0\n  paused: false', 'replicas: 0'],
    ['to whatever an autoscaler says', 'replicas: 3', ''],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(deployment(before), deployment(after))).toEqual([])
  })

  test('a workload that comes without replicas never ran', async () => {
    expect(await tellObjects('', deployment('replicas: 0'))).toEqual([])
  })
})

describe('selector-changed', () => {
  const service = (selector: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { selector: ${selector} }\n`
  const policy = (selector: string) =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: web, namespace: shop }\nspec: { podSelector: ${selector} }\n`

  test('a Service with other labels', async () => {
    expect(await tellObjects(service('{ app: web }'), service('{ app: store }'))).toEqual([
      'high selector-changed: Service shop/web selects {"app":"store"} instead of {"app":"web"}: it sends traffic to other pods, or to none',
    ])
  })

  test('a Service with one label more selects fewer pods', async () => {
    expect(await tellObjects(service('{ app: web }'), service('{ app: web, tier: front }'))).toHaveLength(1)
  })

  test('a workload, once, although the field is immutable too', async () => {
    const other = deployment('').replaceAll('app: web', 'app: store')
    expect(await tellObjects(deployment(''), other)).toEqual([
      'high selector-changed: Deployment shop/web selects {"matchLabels":{"app":"store"}} instead of {"matchLabels":{"app":"web"}}: the API refuses the change, and one that is made anew leaves the old pods behind',
    ])
  })

  test('policies', async () => {
    expect(await tellObjects(policy('{}'), policy('{ matchLabels: { app: web } }'))).toEqual([
      'high selector-changed: NetworkPolicy shop/web selects {"matchLabels":{"app":"web"}} instead of {}: other pods are isolated, and these no more',
    ])
  })

  test.each([
    ['labels in another order', service('{ app: web, tier: front }'), service('{ tier: front, app: web }')],
    [
      'values in another order',
      policy(
        '{ matchExpressions: [{ key: a, operator: In, values: [x, y] }, { key: b, operator: Exists }] }',
      ),
      policy(
        '{ matchExpressions: [{ key: b, operator: Exists }, { key: a, operator: In, values: [y, x] }] }',
      ),
    ],
    ['the empty selector in other words', policy('{}'), policy('{ matchLabels: {} }')],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(before, after)).toEqual([])
  })
})

describe('immutable-field', () => {
  test('a field that the API refuses to change, with both values', async () => {
    const storage = (provisioner: string) =>
      `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: fast }\nprovisioner: ${provisioner}\n`
    expect(await tellObjects(storage('a.example'), storage('b.example'))).toEqual([
      'high immutable-field: StorageClass fast changes provisioner from a.example to b.example, which the API refuses: volumes were made with it',
    ])
  })

  test('the pods of a Job, unless it is a hook or is made anew', async () => {
    const job = (image: string, annotations = '{}') =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: { name: load, namespace: shop, annotations: ${annotations} }\nspec: { template: { spec: { containers: [{ name: a, image: "${image}" }] } } }\n`
    expect(await tellObjects(job('a:1'), job('a:2'))).toEqual([
      'high immutable-field: Job shop/load changes spec.template.spec.containers, which the API refuses: the pods of a Job that has begun stay as they are',
    ])
    for (const annotations of [
      '{ helm.sh/hook: pre-upgrade }',
      '{ kustomize.toolkit.fluxcd.io/force: enabled }',
    ])
      expect(await tellObjects(job('a:1', annotations), job('a:2', annotations))).toEqual([])
  })

  test('a label, or what the server fills in, is no danger', async () => {
    const job = (labels: string) =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: { name: load, namespace: shop, labels: ${labels} }\nspec: { template: { spec: { containers: [{ name: a, image: a:1 }] } } }\n`
    expect(await tellObjects(job('{}'), job('{ a: b }'))).toEqual([])
  })
})

describe('privileged', () => {
  const pod = (context: string, more = '') =>
    deployment('', more).replace('image: web:1 }', `image: web:1, securityContext: ${context} }`)
  const strict = '{ allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: [ALL] } }'

  test('a container that becomes privileged', async () => {
    expect(await tellObjects(pod('{}'), pod('{ privileged: true }'))).toEqual([
      'high privileged: Deployment shop/web now runs privileged (container web)',
    ])
  })

  test('what a strict container gives up', async () => {
    expect(await tellObjects(pod(strict), pod('{}'))).toEqual([
      'high privileged: Deployment shop/web now may gain more privileges than its parent process (container web), drops its capabilities no more (container web) and may run as root (container web)',
    ])
    expect(await tellObjects(pod('{ runAsUser: 1000 }'), pod('{ runAsUser: 0 }'))).toEqual([
      'high privileged: Deployment shop/web now runs as root (container web)',
    ])
  })

  test('capabilities, by either spelling, with the API server’s own idea of what is harmless left out', async () => {
    const added = pod('{ capabilities: { add: [NET_BIND_SERVICE, CAP_SYS_ADMIN] } }')
    expect(await tellObjects(pod('{}'), added)).toEqual([
      'high privileged: Deployment shop/web now has the capability SYS_ADMIN (container web)',
    ])
    expect(await tellObjects(added, pod('{ capabilities: { add: [SYS_ADMIN, NET_BIND_SERVICE] } }'))).toEqual(
      [],
    )
  })

  test('a new pod that is privileged is told as less, and one that merely may run as root is not', async () => {
    expect(await tellGained(pod('{ privileged: true }'))).toEqual([
      'medium privileged: Deployment shop/web runs privileged (container web)',
    ])
    expect(await tellGained(pod('{ runAsUser: 0 }'))).toEqual([])
  })

  test('a new container in an old pod is new', async () => {
    const two = pod(strict).replace('containers: [', 'containers: [{ name: side, image: side:1 }, ')
    expect(await tellObjects(pod(strict), two)).toEqual([])
    const bad = two.replace('side:1', 'side:1, securityContext: { privileged: true }')
    expect(await tellObjects(pod(strict), bad)).toEqual([
      'high privileged: Deployment shop/web now runs privileged (container side)',
    ])
  })

  test.each([
    [
      'what the pod says instead of the container',
      pod('{ runAsNonRoot: true }'),
      pod('{}', 'securityContext: { runAsNonRoot: true }'),
    ],
    ['another user that is not root', pod('{ runAsUser: 1000 }'), pod('{ runAsUser: 2000 }')],
    ['not root instead of a user', pod('{ runAsUser: 1000 }'), pod('{ runAsNonRoot: true }')],
    ['to be less', pod('{ privileged: true, runAsUser: 0 }'), pod('{}')],
    [
      'privileged as before',
      pod('{ privileged: true }'),
      pod('{ privileged: true, readOnlyRootFilesystem: true }'),
    ],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(before, after)).toEqual([])
  })

  test('a Namespace that admits pods by a looser standard', async () => {
    const namespace = (level: string) =>
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { a: b${level} } }\n`
    const at = (level: string) => namespace(`, pod-security.kubernetes.io/enforce: ${level}`)
    expect(await tellObjects(at('restricted'), at('baseline'))).toEqual([
      'high privileged: Namespace shop admits pods by the standard baseline instead of restricted',
    ])
    expect(await tellObjects(at('baseline'), namespace(''))).toEqual([
      'high privileged: Namespace shop admits pods by the standard privileged instead of baseline',
    ])
    expect(await tellObjects(namespace(''), at('baseline'))).toEqual([])
  })

  test('a cluster that is new to the fleet gets what others have had before', async () => {
    const web = unit(pod('{ privileged: true }', 'hostNetwork: true'))
    expect(await tell({ 'fleet/prod': { web } }, { 'fleet/prod': { web }, 'fleet/new': { web } })).toEqual([])
    const other = unit(deployment(''))
    expect(
      await tell(
        { 'fleet/prod': { web }, 'fleet/old': { other } },
        { 'fleet/prod': { web }, 'fleet/old': { other, web } },
      ),
    ).toHaveLength(2)
  })
})

describe('host-access', () => {
  test('the namespaces, folders and ports of the node', async () => {
    const pod = `hostPID: true
      volumes: [{ name: run, hostPath: { path: /run } }]`
    const after = deployment('', pod).replace(
      'web:1 }',
      'web:1, ports: [{ containerPort: 80, hostPort: 8080 }] }',
    )
    expect(await tellObjects(deployment(''), after)).toEqual([
      'high host-access: Deployment shop/web now shares the processes of its node (hostPID), mounts /run of its node and takes port 8080/TCP of its node',
    ])
  })

  test('a new agent is told as less', async () => {
    expect(await tellGained(deployment('', 'hostNetwork: true'))).toEqual([
      'medium host-access: Deployment shop/web shares the network of its node (hostNetwork)',
    ])
  })

  test.each([
    [
      'a volume of another name',
      'volumes: [{ name: a, hostPath: { path: /run } }]',
      'volumes: [{ name: b, hostPath: { path: /run } }]',
    ],
    [
      'a port on the network that was that of the node',
      'hostNetwork: true',
      'hostNetwork: true\n      tolerations: []',
    ],
    ['less', 'hostNetwork: true', ''],
    ['a folder of its own', '', 'volumes: [{ name: a, emptyDir: {} }]'],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(deployment('', before), deployment('', after))).toEqual([])
  })

  test('a CronJob has its pod deeper', async () => {
    const cron = (pod: string) =>
      `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: load, namespace: shop }\nspec: { jobTemplate: { spec: { template: { spec: { ${pod}containers: [{ name: a, image: a:1 }] } } } } }\n`
    expect(await tellObjects(cron(''), cron('hostIPC: true, '))).toEqual([
      'high host-access: CronJob shop/load now shares the shared memory of its node (hostIPC)',
    ])
  })
})

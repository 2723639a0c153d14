import { describe, expect, test } from 'vitest'
import { compareWritten } from '../side-double.ts'
import { rest, tell, tellObjects, unit } from './told-dangers.ts'

const service =
  'apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { selector: { app: web } }\n'
const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web, tier: front } }
    spec: { containers: [{ name: web, image: web:1 }] }
`
const claim = (annotations = '{}') => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop, annotations: ${annotations} }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`
const statefulSet = (name: string, claims: string, more = '') => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: shop }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: db:1 }] }
  volumeClaimTemplates: ${claims}
  ${more}
`
const dataClaim = '[{ metadata: { name: data }, spec: { resources: { requests: { storage: 1Gi } } } }]'

describe('add-ons and clusters', () => {
  const other = unit(rest)

  test('a unit that goes is told once, with how many objects go', async () => {
    const web = unit(`${service}---${deployment}`)
    expect(await tell({ 'fleet/prod': { web, other } }, { 'fleet/prod': { other } })).toEqual([
      'high unit-removed: web is removed with its 2 objects',
    ])
  })

  test('a unit whose objects are left behind loses no service, but its updates', async () => {
    const web = unit(service, { settings: { leave: true }, chart: { name: 'web', version: '1.2.0' } })
    expect(await tell({ 'fleet/prod': { web, other } }, { 'fleet/prod': { other } })).toEqual([
      'medium unit-removed: web (chart web 1.2.0) is removed; its 1 object stay in the cluster, and nobody updates them any more',
    ])
  })

  test('a unit whose objects all move is told with who gets them', async () => {
    expect(
      await tell({ 'fleet/prod': { web: unit(service) } }, { 'fleet/prod': { 'web-next': unit(service) } }),
    ).toEqual([
      'medium unit-removed: web is removed and its objects move to web-next: what goes before the other applies it is gone for that long',
    ])
  })

  test('a cluster that loses everything is told instead of its add-ons, namespaces of ours not counted', async () => {
    const namespaces = unit('apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n', {
      settings: { kind: 'namespaces', profile: '' },
    })
    const before = { 'fleet/prod': { namespaces, web: unit(service), other }, 'fleet/test': { other } }
    expect(await tell(before, { 'fleet/prod': { namespaces }, 'fleet/test': { other } })).toEqual([
      'high cluster-emptied: The cluster loses everything that it runs: 2 add-ons',
    ])
    expect(await tell(before, { 'fleet/test': { other } })).toEqual([
      'high cluster-emptied: The cluster is no part of the fleet any more and loses everything that it runs: 2 add-ons',
    ])
  })

  test('a Namespace that goes with the unit that rendered it is told once, there', async () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n'
    const namespaces = (text: string) => unit(text, { settings: { kind: 'namespaces', profile: '' } })
    const before = {
      namespaces: namespaces(`${rest}---\n${namespace}`),
      web: unit(`${service}---\n${namespace}`),
    }
    const after = { namespaces: namespaces(rest), web: unit(service) }
    const { dangers } = await compareWritten({ 'fleet/prod': before }, { 'fleet/prod': after })
    expect(dangers.map(({ message, unit: name }) => [name, message])).toEqual([
      ['web', 'Namespace shop is removed from the tree; delivery leaves it and what is in it in the cluster'],
    ])
  })

  test('a cluster that exchanges its only add-on is not emptied', async () => {
    expect(
      await tell(
        { 'fleet/prod': { web: unit(service) } },
        { 'fleet/prod': { db: unit(statefulSet('db', '[]')) } },
      ),
    ).toEqual(['high unit-removed: web is removed with its 1 object'])
  })
})

describe('objects', () => {
  test('an object of a unit that stays', async () => {
    expect(await tellObjects(service, '')).toEqual(['medium object-removed: Service shop/web is removed'])
  })

  test('an object that Flux is told not to prune stays in the cluster', async () => {
    const kept = service.replace(
      'namespace: shop',
      'namespace: shop, annotations: { kustomize.toolkit.fluxcd.io/prune: disabled }',
    )
    expect(await tellObjects(kept, '')).toEqual([
      'medium object-removed: Service shop/web is removed from the tree; it stays in the cluster, and nobody updates it any more',
    ])
  })

  test.each([
    ['a new label', service, service.replace('namespace: shop', 'namespace: shop, labels: { a: b }')],
    [
      'another hash in the name',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web-5f7d8g9h2k, namespace: shop }\ndata: { a: "1" }\n',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web-9b2cf4tm6d, namespace: shop }\ndata: { a: "2" }\n',
    ],
    [
      'another version of the API',
      'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: { name: web, namespace: shop }\nspec: { maxUnavailable: 1 }\n',
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web, namespace: shop }\nspec: { maxUnavailable: 1 }\n',
    ],
    [
      'a hook that the chart no longer has',
      'apiVersion: batch/v1\nkind: Job\nmetadata: { name: migrate, namespace: shop, annotations: { helm.sh/hook: pre-upgrade } }\n',
      '',
    ],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(before, after)).toEqual([])
  })

  test('an object that moves to another unit is none that is removed', async () => {
    const before = { web: unit(`${rest}---\n${service}`), other: unit(deployment) }
    const after = { web: unit(rest), other: unit(`${deployment}---\n${service}`) }
    expect(await tell({ 'fleet/prod': before }, { 'fleet/prod': after })).toEqual([])
  })
})

describe('what holds data', () => {
  test('a claim that goes, alone or with its unit', async () => {
    const message =
      'high volume-claim-removed: PersistentVolumeClaim shop/data is removed, and its data with it unless its reclaim policy keeps them'
    expect(await tellObjects(claim(), '')).toEqual([message])
    const lost = await tell(
      { 'fleet/prod': { other: unit(rest), web: unit(claim()) } },
      { 'fleet/prod': { other: unit(rest) } },
    )
    expect(lost).toEqual(['high unit-removed: web is removed with its 1 object', message])
  })

  test('a claim that is not pruned', async () => {
    expect(
      await tellObjects(claim('{ argocd.argoproj.io/sync-options: "Replace=true, Prune=false" }'), ''),
    ).toEqual([
      'medium volume-claim-removed: PersistentVolumeClaim shop/data is removed from the tree; it stays in the cluster',
    ])
  })

  test('a claim that moves may be pruned in between', async () => {
    const before = { a: unit(`${rest}---\n${claim()}`), b: unit(service) }
    const after = { a: unit(rest), b: unit(`${service}---\n${claim()}`) }
    expect(await tell({ 'fleet/prod': before }, { 'fleet/prod': after })).toEqual([
      'medium volume-claim-removed: PersistentVolumeClaim shop/data moves to b: its data are lost if the old unit prunes it before the new one applies it',
    ])
  })

  test('a claim that grows is no danger', async () => {
    expect(await tellObjects(claim(), claim().replace('1Gi', '2Gi'))).toEqual([])
  })

  test('a StatefulSet that goes leaves its volumes, unless it says otherwise', async () => {
    expect(await tellObjects(statefulSet('db', dataClaim), '')).toEqual([
      'medium volume-claim-removed: StatefulSet shop/db is removed; its volumes (data) stay behind, used by nobody',
    ])
    const deleting = statefulSet(
      'db',
      dataClaim,
      'persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }',
    )
    expect(await tellObjects(deleting, '')).toEqual([
      'high volume-claim-removed: StatefulSet shop/db is removed, and the data of data with it (whenDeleted: Delete)',
    ])
  })

  test('a StatefulSet under another name starts empty', async () => {
    expect(await tellObjects(statefulSet('db', dataClaim), statefulSet('database', dataClaim))).toEqual([
      'medium volume-claim-removed: StatefulSet shop/db is removed; its volumes (data) stay behind, used by nobody',
    ])
  })

  test('a StatefulSet without claims is an object as any other', async () => {
    expect(await tellObjects(statefulSet('db', '[]'), '')).toEqual([
      'medium object-removed: StatefulSet shop/db is removed',
    ])
  })

  test('a claim template that is renamed', async () => {
    const renamed = statefulSet('db', dataClaim.replace('data', 'storage'))
    expect(await tellObjects(statefulSet('db', dataClaim), renamed)).toEqual([
      'high volume-claim-removed: StatefulSet shop/db loses volume claim data: the API refuses the change, and a set that is made anew starts without these data',
    ])
  })

  test('a claim template that is changed is refused', async () => {
    const larger = statefulSet('db', dataClaim.replace('1Gi', '2Gi'))
    expect(await tellObjects(statefulSet('db', dataClaim), larger)).toEqual([
      'high immutable-field: StatefulSet shop/db changes spec.volumeClaimTemplates, which the API refuses: of a StatefulSet only replicas, the template and the way of updating may change',
    ])
  })

  test('another image in a StatefulSet with claims is no danger', async () => {
    const image = statefulSet('db', dataClaim).replace('db:1', 'db:2')
    expect(await tellObjects(statefulSet('db', dataClaim), image)).toEqual([])
  })
})

describe('what guards pods', () => {
  const budget = (selector: string) => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { maxUnavailable: 1, selector: ${selector} }
`
  const policy = (selector: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: ${selector}, policyTypes: [Ingress] }
`
  const web = '{ matchLabels: { app: web } }'

  test('a PodDisruptionBudget that goes while its pods stay', async () => {
    expect(await tellObjects(`${deployment}---${budget(web)}`, deployment)).toEqual([
      'medium disruption-budget-removed: PodDisruptionBudget shop/web is removed: a drain may evict all pods that it guards at once',
    ])
  })

  test('a NetworkPolicy that goes while its pods stay, in a unit that nobody reads too', async () => {
    expect(await tellObjects(policy('{}'), '')).toEqual([
      'high network-policy-removed: NetworkPolicy shop/web is removed: pods that no other policy selects accept every connection',
    ])
  })

  test('both going with all that they select is told as the removal of that', async () => {
    expect(await tellObjects(`${deployment}---${budget(web)}---${policy(web)}`, '')).toEqual([
      'medium object-removed: Deployment shop/web is removed',
    ])
  })

  test('one of two workloads that stays is still guarded by nobody', async () => {
    const second = deployment
      .replace('name: web, namespace', 'name: front, namespace')
      .replace('app: web, tier', 'app: front, tier')
    const both = '{ matchLabels: { tier: front } }'
    expect(await tellObjects(`${deployment}---${second}---${policy(both)}`, second)).toContain(
      'high network-policy-removed: NetworkPolicy shop/web is removed: pods that no other policy selects accept every connection',
    )
  })

  test('one that another of the same name replaces is no danger', async () => {
    const other = budget(web).replace('maxUnavailable: 1', 'minAvailable: 50%')
    expect(await tellObjects(`${deployment}---${budget(web)}`, `${deployment}---${other}`)).toEqual([])
  })
})

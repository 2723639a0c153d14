import { describe, expect, test } from 'vitest'
import {
  apiVersionList,
  builtInScopes,
  knownMinors,
  minorOf,
  nearestMinor,
  servedApis,
} from '../../src/kubernetes/api-versions.ts'

/** Facts of the deprecation guide of Kubernetes: served before, gone from the minor named. */
const removals: readonly (readonly [api: string, goneIn: number])[] = [
  ['policy/v1beta1/PodDisruptionBudget', 25],
  ['policy/v1beta1/PodSecurityPolicy', 25],
  ['batch/v1beta1/CronJob', 25],
  ['discovery.k8s.io/v1beta1/EndpointSlice', 25],
  ['events.k8s.io/v1beta1/Event', 25],
  ['autoscaling/v2beta1/HorizontalPodAutoscaler', 25],
  ['node.k8s.io/v1beta1/RuntimeClass', 25],
  ['autoscaling/v2beta2/HorizontalPodAutoscaler', 26],
  ['flowcontrol.apiserver.k8s.io/v1beta1/FlowSchema', 26],
  ['storage.k8s.io/v1beta1/CSIStorageCapacity', 27],
  ['flowcontrol.apiserver.k8s.io/v1beta2/FlowSchema', 29],
  ['flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema', 32],
]

/** Facts of the release notes: first served by default in the minor named. */
const arrivals: readonly (readonly [api: string, since: number])[] = [
  ['flowcontrol.apiserver.k8s.io/v1/FlowSchema', 29],
  ['admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy', 30],
  ['networking.k8s.io/v1/ServiceCIDR', 33],
  ['resource.k8s.io/v1/ResourceClaim', 34],
]

describe('built-in APIs per minor version', () => {
  test('the table goes from 1.24 on without gaps', () => {
    const minors = knownMinors()
    expect(minors[0]).toBe(24)
    expect(minors).toEqual(minors.map((_, index) => 24 + index))
    expect(minors.length).toBeGreaterThanOrEqual(14)
  })

  test.each(removals)('%s is served up to the minor before 1.%i', (api, goneIn) => {
    expect(apiVersionList(goneIn - 1)).toContain(api)
    expect(apiVersionList(goneIn)).not.toContain(api)
  })

  test.each(arrivals)('%s is served from 1.%i on', (api, since) => {
    expect(apiVersionList(since - 1)).not.toContain(api)
    expect(apiVersionList(since)).toContain(api)
  })

  test('alpha versions and beta versions that are off by default are left out of every minor', () => {
    const lists = knownMinors().flatMap((minor) => apiVersionList(minor))
    expect(lists.filter((api) => /\/v\d+alpha\d+/.test(api))).toEqual([])
    expect(apiVersionList(33)).not.toContain('networking.k8s.io/v1beta1')
    expect(apiVersionList(30)).not.toContain('admissionregistration.k8s.io/v1beta1/ValidatingAdmissionPolicy')
  })

  test('a group version goes as its last kind goes', () => {
    expect(apiVersionList(24)).toContain('policy/v1beta1')
    expect(apiVersionList(25)).not.toContain('policy/v1beta1')
  })

  test("the list has Helm's form, with kinds of subresources, sorted and without duplicates", () => {
    const list = apiVersionList(35)
    expect(list).toEqual(
      expect.arrayContaining([
        'v1',
        'v1/Pod',
        'apps/v1',
        'apps/v1/Deployment',
        'apps/v1/Scale',
        'v1/Eviction',
      ]),
    )
    expect(list).toEqual([...new Set(list)].sort())
  })

  test('kinds of subresources have no endpoint of their own and no scope', () => {
    expect(servedApis(35).filter((api) => api.group === 'apps' && api.kind === 'Scale')).toEqual([])
    expect(builtInScopes(35)).not.toHaveProperty('apps/Scale')
  })

  test('scopes are those of the API server', () => {
    expect(builtInScopes(35)).toMatchObject({
      '/Pod': true,
      '/Namespace': false,
      '/Node': false,
      'apps/Deployment': true,
      'rbac.authorization.k8s.io/ClusterRole': false,
      'rbac.authorization.k8s.io/Role': true,
      'networking.k8s.io/IngressClass': false,
      'authorization.k8s.io/LocalSubjectAccessReview': true,
      'apiextensions.k8s.io/CustomResourceDefinition': false,
    })
    expect(builtInScopes(24)).toMatchObject({ 'policy/PodSecurityPolicy': false })
  })

  test('beyond the ends of the table its nearest minor answers, and the caller learns that', () => {
    const newest = Math.max(...knownMinors())
    expect(nearestMinor(newest)).toEqual({ minor: newest, asked: 'known' })
    expect(nearestMinor(newest + 3)).toEqual({ minor: newest, asked: 'newer' })
    expect(nearestMinor(19)).toEqual({ minor: 24, asked: 'older' })
    expect(apiVersionList(newest + 3)).toEqual(apiVersionList(newest))
    expect(servedApis(19)).toEqual(servedApis(24))
  })

  test.each([
    ['v1.34.2', 34],
    ['v1.29.4-eks-1552ad0', 29],
    ['1.30', 30],
    ['v1.27.3+k3s1', 27],
    ['v2.1.0', undefined],
    ['latest', undefined],
    ['', undefined],
  ])('the minor of %j is %s', (version, minor) => {
    expect(minorOf(version)).toBe(minor)
  })
})

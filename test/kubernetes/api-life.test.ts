import { describe, expect, test } from 'vitest'
import { apiLife } from '../../src/kubernetes/api-life.ts'
import { knownMinors, servedApis } from '../../src/kubernetes/api-versions.ts'

describe('the life of APIs', () => {
  // Facts of the deprecation guide of Kubernetes.
  test.each([
    ['policy', 'v1beta1', 'PodSecurityPolicy', 21, 25, undefined],
    ['policy', 'v1beta1', 'PodDisruptionBudget', 21, 25, 'policy/v1 PodDisruptionBudget'],
    ['batch', 'v1beta1', 'CronJob', 21, 25, 'batch/v1 CronJob'],
    ['autoscaling', 'v2beta2', 'HorizontalPodAutoscaler', 23, 26, 'autoscaling/v2 HorizontalPodAutoscaler'],
    ['networking.k8s.io', 'v1beta1', 'Ingress', 19, 22, 'networking.k8s.io/v1 Ingress'],
    ['extensions', 'v1beta1', 'Deployment', 8, 16, 'apps/v1 Deployment'],
    [
      'apiextensions.k8s.io',
      'v1beta1',
      'CustomResourceDefinition',
      16,
      22,
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
    ],
    [
      'flowcontrol.apiserver.k8s.io',
      'v1beta3',
      'FlowSchema',
      29,
      32,
      'flowcontrol.apiserver.k8s.io/v1 FlowSchema',
    ],
  ])('%s/%s %s is deprecated from 1.%i and gone from 1.%i', (...row) => {
    const [group, version, kind, deprecated, removed, replacement] = row
    const life = apiLife(group, version, kind)
    expect(life).toMatchObject({ deprecated, removed })
    expect(life?.replacement && `${life.replacement.apiVersion} ${life.replacement.kind}`).toBe(replacement)
  })

  test('a kind of the core group may be deprecated without an end', () => {
    expect(apiLife('', 'v1', 'ComponentStatus')).toMatchObject({ deprecated: 19 })
    expect(apiLife('', 'v1', 'ComponentStatus')?.removed).toBeUndefined()
    expect(apiLife('', 'v1', 'Endpoints')).toEqual({
      deprecated: 33,
      replacement: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    })
  })

  test('nothing is said of what is stable, of custom kinds and of alpha versions', () => {
    expect(apiLife('', 'v1', 'Pod')).toBeUndefined()
    expect(apiLife('example.com', 'v1beta1', 'Thing')).toBeUndefined()
    expect(apiLife('batch', 'v2alpha1', 'CronJob')).toBeUndefined()
  })

  test('no minor of the table serves what is gone by then', () => {
    const late = knownMinors().flatMap((minor) =>
      servedApis(minor).filter(
        ({ group, version, kind }) => (apiLife(group, version, kind)?.removed ?? Infinity) <= minor,
      ),
    )
    expect(late).toEqual([])
  })
})

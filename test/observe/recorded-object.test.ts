import { describe, expect, test } from 'vitest'
import { recordedObject } from '../../src/observe/recorded-object.ts'

type JsonMap = Readonly<Record<string, unknown>>

const key = new TextEncoder().encode('a key of this repository')
const recorded = (object: JsonMap, keep: 'identity' | 'whole' = 'whole'): JsonMap =>
  JSON.parse(recordedObject(object, keep, key)) as JsonMap

describe('a recorded object is without', () => {
  test('what the API server keeps for itself', () => {
    expect(
      recorded({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name: 'web',
          namespace: 'shop',
          uid: '5e6f',
          generation: 4,
          creationTimestamp: '2026-01-01T00:00:00Z',
          resourceVersion: '1234',
          selfLink: '/api/v1/namespaces/shop/services/web',
          managedFields: [{ manager: 'kubectl' }],
        },
      }),
    ).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'web',
        namespace: 'shop',
        uid: '5e6f',
        generation: 4,
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
    })
  })

  test('annotations that repeat it or change all the time', () => {
    const withAnnotations = (annotations: JsonMap) =>
      recorded({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'x', annotations } })['metadata']
    const noise = {
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'objectset.rio.cattle.io/applied': 'H4sIAAAA',
      'control-plane.alpha.kubernetes.io/leader': '{"renewTime":"2026-01-01T00:00:00Z"}',
    }
    expect(withAnnotations({ ...noise, note: 'kept' })).toEqual({ name: 'x', annotations: { note: 'kept' } })
    expect(withAnnotations(noise)).toEqual({ name: 'x' })
    expect(withAnnotations({})).toEqual({ name: 'x' })
  })

  test.each([
    [
      'heartbeats of conditions',
      { apiVersion: 'v1', kind: 'Node' },
      {
        status: {
          conditions: [
            { type: 'Ready', status: 'True', lastHeartbeatTime: 't', lastTransitionTime: 'since' },
            { type: 'Other', lastProbeTime: null },
          ],
        },
      },
      {
        status: {
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 'since' }, { type: 'Other' }],
        },
      },
    ],
    [
      'the renewal of a lease',
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
      { spec: { holderIdentity: 'me', renewTime: 't', acquireTime: 'since' } },
      { spec: { holderIdentity: 'me', acquireTime: 'since' } },
    ],
    [
      'reports of Sveltos agents',
      { apiVersion: 'lib.projectsveltos.io/v1beta1', kind: 'SveltosCluster' },
      { status: { ready: true, agentLastReportTime: 't', lastReconciledTokenRequestAt: 't' } },
      { status: { ready: true } },
    ],
    [
      'reconciliations of Flux that changed nothing',
      { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' },
      {
        status: {
          history: [
            {
              digest: 'sha256:1',
              firstReconciled: 'since',
              lastReconciled: 't',
              lastReconciledDuration: '1s',
              lastReconciledStatus: 'ok',
              totalReconciliations: 7,
            },
          ],
        },
      },
      { status: { history: [{ digest: 'sha256:1', firstReconciled: 'since', lastReconciledStatus: 'ok' }] } },
    ],
    [
      'reconciliations of Argo CD',
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
      { status: { health: { status: 'Healthy' }, reconciledAt: 't' } },
      { status: { health: { status: 'Healthy' } } },
    ],
    [
      'refreshes of external secrets',
      { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' },
      { status: { refreshTime: 't', syncedResourceVersion: '1-x' } },
      { status: { syncedResourceVersion: '1-x' } },
    ],
  ])('%s', (_what, head, moving, kept) => {
    const metadata = { name: 'x' }
    expect(recorded({ ...head, metadata, ...moving })).toEqual({ ...head, metadata, ...kept })
  })

  test('nothing that has the same name elsewhere', () => {
    const object = {
      apiVersion: 'example.com/v1',
      kind: 'Lease',
      metadata: { name: 'x' },
      spec: { renewTime: 't', resourceVersion: '1', managedFields: [], lastHeartbeatTime: 't' },
      status: { conditions: 'none' },
    }
    expect(recorded(object)).toEqual(object)
  })
})

test('the identity of an object is what selectors and scripts may see of it without its contents', () => {
  const metadata = {
    name: 'x',
    namespace: 'y',
    labels: { a: 'b' },
    annotations: { c: 'd', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    deletionTimestamp: 't',
  }
  expect(
    recorded(
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, uid: '1', generation: 2, finalizers: ['f'], ownerReferences: [] },
        spec: {},
      },
      'identity',
    ),
  ).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, annotations: { c: 'd' } } })
})

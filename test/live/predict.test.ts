import { describe, expect, test } from 'vitest'
import { parseExactJson } from '../../src/kubernetes/exact-json.ts'
import { predict } from '../../src/live/predict.ts'

const deployment = (container: object, spec: object = {}): Record<string, unknown> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app', namespace: 'web' },
  spec: { ...spec, template: { spec: { containers: [{ name: 'main', ...container }] } } },
})

/** What the API server makes of `deployment({ image: 'a' })`, in short. */
const live = deployment(
  {
    ...{ image: 'a', imagePullPolicy: 'Always', resources: { requests: { cpu: '500m', memory: '1Gi' } } },
    ports: [{ containerPort: 80, protocol: 'TCP' }],
    env: [{ name: 'A', value: '1' }, { name: 'B' }],
  },
  { replicas: 2, progressDeadlineSeconds: 600 },
)

describe('what applying would make of a live object is predicted', () => {
  test.each([
    ['nothing but what is there', { image: 'a' }],
    ['a quantity in other words', { resources: { requests: { cpu: 0.5, memory: '1024Mi' } } }],
    ['a port without its protocol', { ports: [{ containerPort: 80 }] }],
    ['what is empty and left out', { command: [], env: [{ name: 'B', value: '' }], tty: false, args: null }],
    ['a list that another one added to', { env: [{ name: 'B' }] }],
  ])('%s → the same', (_what, container) => {
    expect(predict(live, deployment(container))).toEqual(live)
  })

  test('what is rendered otherwise is changed, an item that is not there is added', () => {
    const rendered = deployment(
      { image: 'b', ports: [{ containerPort: 80, protocol: 'UDP' }] },
      { replicas: 3 },
    )
    expect(predict(live, rendered)).toEqual(
      deployment(
        {
          ...{
            image: 'b',
            imagePullPolicy: 'Always',
            resources: { requests: { cpu: '500m', memory: '1Gi' } },
          },
          ports: [
            { containerPort: 80, protocol: 'TCP' },
            { containerPort: 80, protocol: 'UDP' },
          ],
          env: [{ name: 'A', value: '1' }, { name: 'B' }],
        },
        { replicas: 3, progressDeadlineSeconds: 600 },
      ),
    )
  })

  test('a list that is one value is replaced, and keeps what the server filled in', () => {
    const widget = (list: readonly object[]): Record<string, unknown> => ({
      ...{ apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { list } },
    })
    const filled = widget([
      { name: 'a', weight: 1 },
      { name: 'b', weight: 1 },
    ])
    expect(predict(filled, widget([{ name: 'a' }, { name: 'b' }]))).toEqual(filled)
    expect(predict(filled, widget([{ name: 'a' }]))).toEqual(widget([{ name: 'a' }]))
  })

  test('in kinds that Kubernetes does not know, what is empty is a value too', () => {
    const widget = (spec: object): Record<string, unknown> => ({
      ...{ apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w' }, spec },
    })
    expect(predict(widget({}), widget({ paused: false }))).toEqual(widget({ paused: false }))
  })

  test('numbers that no double holds are compared by their digits', () => {
    const text = (digits: string): Record<string, unknown> =>
      parseExactJson(`{"apiVersion":"example.org/v1","kind":"Widget","spec":{"n":${digits}}}`) as Record<
        string,
        unknown
      >
    const changed = predict(text('9007199254740993'), text('9007199254740992'))
    expect(JSON.stringify(changed)).toContain('9007199254740992')
  })
})

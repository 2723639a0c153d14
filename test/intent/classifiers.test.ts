import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { parseFiles } from '../reading.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const parse = (text: string) => parseFiles(engine, { 'a.yaml': text })
const lib = (kind: string, spec: string) =>
  `apiVersion: lib.projectsveltos.io/v1beta1\nkind: ${kind}\nmetadata: { name: x }\nspec: ${spec}\n`

describe('classifiers', () => {
  const selector =
    '{ group: "", version: v1, kind: Service, selector: { matchLabels: { a: b } }, labelFilters: [{ key: k, operation: Equal, value: v }] }'

  test('are complete', async () => {
    const { fleet, codes } = await parse(
      [
        lib(
          'Classifier',
          `{ classifierLabels: [{ key: a, value: b }], kubernetesVersionConstraints: [{ version: 1.30.0, comparison: Equal }], deployedResourceConstraint: { resourceSelectors: [${selector}] } }`,
        ),
        lib(
          'ManagementClusterClassifier',
          `{ matchResources: [${selector}], classificationLua: f, classifierLabels: [] }`,
        ),
      ].join('---\n'),
    )
    const complete = {
      ...{
        group: '',
        version: 'v1',
        kind: 'Service',
        namespace: '',
        name: '',
        evaluateCEL: [],
        evaluate: '',
      },
      labelFilters: [{ key: 'k', operation: 'Equal', value: 'v' }],
      selector: { matchLabels: { a: 'b' }, matchExpressions: [] },
    }
    expect(codes).toEqual([])
    expect(fleet.classifiers).toMatchObject([
      {
        ...{ kind: 'Classifier', classifierLabels: [{ key: 'a', value: 'b' }], countConstraints: [] },
        versionConstraints: [{ version: '1.30.0', comparison: 'Equal' }],
        resourceConstraint: { resourceSelectors: [complete], aggregatedClassification: '' },
      },
      { kind: 'ManagementClusterClassifier', matchResources: [complete], classificationLua: 'f' },
    ])
  })

  test.each([
    [
      'Classifier',
      '{ classifierLabels: [], kubernetesVersionConstraints: [{ version: latest, comparison: Equal }] }',
      '`spec.kubernetesVersionConstraints[0].version` is `latest`, which is no version',
    ],
    [
      'Classifier',
      '{ classifierLabels: [{ key: a b, value: c }] }',
      '`spec.classifierLabels[0].key` is `a b`, but must be a valid key of a label',
    ],
    [
      'HealthCheck',
      '{ evaluateHealth: f, resourceSelectors: [{ group: "", version: v1, kind: Pod, evaluateCEL: [{ name: r, rule: resourc.a == 1 }] }] }',
      '`spec.resourceSelectors[0].evaluateCEL[0].rule` is `resourc.a == 1`, but must be a rule in CEL: there is no variable `resourc`',
    ],
  ])('%s %s is an error', async (kind, spec, message) => {
    const { printed, diagnostics } = await parse(lib(kind, spec))
    expect(printed).toContain(message)
    expect(diagnostics.some(({ severity, holds }) => severity === 'error' && holds === 'all')).toBe(true)
  })
})

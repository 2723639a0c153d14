import type { FieldFold, FieldRow, ObjectFold, UnitFold } from '../../../src/compare/types.ts'
import type { Review } from '../../../src/report/types.ts'
import { fold, review, summary } from '../review/sample-review.ts'
import { changesOf, clusters as fleet } from './fleet-review.ts'

const clusters = fleet.map(({ id }) => id)

function config(value: number): string {
  const lines = Array.from(
    { length: 60 },
    (_, index) => `option_${index} = ${index === 30 ? value : 'some words'}`,
  )
  return `${lines.join('\n')}\n`
}

function field(
  path: FieldFold['path'],
  values: readonly FieldRow[],
  more: Partial<FieldFold> = {},
): FieldFold {
  return { path, change: 'changed', values, ...more }
}

function all(before: unknown, after: unknown): readonly FieldRow[] {
  return [{ clusters, before, after }]
}

/** Fields of one of 1,500 objects: an image, values by region, values with the name of each cluster, a text of 60 lines. */
function fieldsOf(index: number): readonly FieldFold[] {
  const routine = ['helm.sh/chart', 'app.kubernetes.io/version', 'checksum/config'].map((key) =>
    field(['metadata', 'labels', key], all('a-1.2.3', 'a-1.3.0'), { routine: 'chart-label' }),
  )
  if (index % 3 === 0) return routine
  const path = ['spec', 'template', 'spec', 'containers', { name: 'main' }, 'image']
  const image = `registry.example.org/team/component-${index}`
  return [
    field(path, all(`${image}:1.2.3`, `${image}:1.3.0`)),
    field(
      ['spec', 'replicas'],
      [
        { clusters: clusters.slice(0, 100), before: 1, after: 2 },
        { clusters: clusters.slice(100), before: 2, after: 3 },
      ],
    ),
    ...(index % 5 === 1 ? [field(['data', 'app.conf'], all(config(index), config(index + 1)))] : []),
    field(
      ['spec', 'host'],
      clusters.map((id) => {
        const host = `${id.slice('fleet/'.length)}-${index}.example`
        return { clusters: [id], before: `${host}.org`, after: `${host}.com` }
      }),
    ),
    ...routine,
  ]
}

function objectOf(unit: string, index: number): ObjectFold {
  const place = {
    ...{ apiVersion: 'apps/v1', kind: ['Deployment', 'ConfigMap', 'Service'][index % 3] ?? '', unit },
    ...{ namespace: unit, name: `component-${index}`, source: `templates/component-${index}.yaml` },
    path: `clusters/fleet/prod-ap-002/${unit}/deployment.apps-${unit}-component-${index}.yaml`,
  }
  return {
    ...{ change: 'changed', before: place, after: place, clusters, routine: index % 3 === 0 },
    fields: fieldsOf(index),
  }
}

/** 200 clusters with ten add-ons, each bumped with 150 changed objects. */
export function largeReview(): Review {
  const folds = Array.from({ length: 10 }, (_, number): UnitFold => {
    const unit = `helm-system-${number}-addon-${number}`
    return fold(unit, {
      clusters,
      before: summary(unit, `addon-${number}`, '1.2.3'),
      after: summary(unit, `addon-${number}`, '1.3.0'),
      objects: Array.from({ length: 150 }, (_none, index) => objectOf(unit, index)),
    })
  })
  const made = review({ folds, clusters })
  return { ...made, comparison: { ...made.comparison, changes: changesOf(folds) } }
}

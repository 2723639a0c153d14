import type { FieldFold, ObjectPlace, UnitFold } from '../../../src/compare/types.ts'
import type { Review } from '../../../src/report/types.ts'
import { danger, fold, review, summary } from '../review/sample-review.ts'
import { changesOf } from './fleet-review.ts'

/** A review in which every text that anybody could have written is the next of `texts`, in turn. */
export function hostileReview(texts: readonly string[]): Review {
  let turn = 0
  const evil = (): string => texts[turn++ % texts.length] ?? ''
  // Names of files and clusters reach sorted lists, so they only have to differ.
  const clusters = [0, 1, 2, 3, 4].map((index) => `fleet/${index}${evil()}`).sort()
  const folds = [...hostileFolds(clusters, evil)]
  const span = { file: { path: evil(), text: evil() }, start: 0, end: 1 }
  const made = review({
    ...{ folds, clusters },
    comparisonDangers: folds.map(({ unit }) =>
      danger('immutable-field', evil(), {
        ...{ clusters, unit, span, path: ['spec', evil(), { [evil()]: evil() }], object: placeOf(evil) },
      }),
    ),
    brake: { digest: evil(), reasons: [{ kind: 'protected', cluster: evil(), object: evil() }] },
    diagnostics: {
      added: [
        {
          ...{ code: evil(), severity: 'error', holds: 'unit', message: evil(), hint: evil(), frame: evil() },
          ...{ cluster: clusters[0] ?? '', unit: evil() },
          place: { file: evil(), line: 1, column: 1, endLine: 1, endColumn: 1 },
          related: [
            { message: evil(), place: { file: evil(), line: 1, column: 1, endLine: 1, endColumn: 1 } },
          ],
        },
      ],
      ...{ standing: 0, resolved: 0 },
    },
    held: [{ cluster: clusters[0] ?? '', unit: evil(), reason: evil() }],
    base: { commit: evil(), name: evil() },
    head: { commit: evil(), name: evil() },
    versions: { compiler: evil(), helm: evil(), kustomize: evil() },
    facts: {
      asOf: '2026-11-21T10:00:00Z',
      oldest: { cluster: evil(), observedAt: '2026-11-21T06:30:00Z' },
      ...{ silent: [evil()], never: 1 },
    },
    reproduce: evil(),
    upgrades: [
      {
        ...{ cluster: evil(), from: evil(), to: evil(), dangers: [] },
        machines: [{ kind: evil(), name: evil(), replicas: 1 }],
        labels: [{ key: evil(), before: evil(), after: evil(), classifier: evil() }],
        lostApis: [{ api: evil(), objects: [evil()] }],
        follows: review({ folds: hostileFolds(clusters, evil) }).comparison,
      },
    ],
  })
  return {
    ...made,
    comparison: { ...made.comparison, changes: changesOf(folds) },
    fleet: clusters.map((id) => ({
      id,
      labels: { [evil()]: evil() },
      version: evil(),
      units: [{ unit: evil(), profile: evil(), chart: evil(), version: evil() }],
    })),
  }
}

function placeOf(evil: () => string): ObjectPlace {
  return {
    ...{ apiVersion: evil(), kind: evil(), namespace: evil(), name: evil() },
    ...{ path: evil(), source: evil(), unit: evil() },
  }
}

function hostileFolds(clusters: readonly string[], evil: () => string): readonly UnitFold[] {
  const [first = ''] = clusters
  const sided = {
    before: summary(evil(), evil(), evil(), evil()),
    after: summary(evil(), evil(), evil(), evil()),
  }
  const causes = [
    {
      cause: { text: evil(), side: 'before', span: { file: { path: evil(), text: '' }, start: 0, end: 0 } },
      clusters: [first],
    },
  ] as const
  const values = (path: FieldFold['path'], more: Partial<FieldFold> = {}): FieldFold => ({
    ...{ path, change: 'changed' },
    values: clusters.map((cluster) => ({
      clusters: [cluster],
      before: evil(),
      after: `${evil()}\n${evil()}`,
    })),
    ...more,
  })
  return [
    fold(evil(), {
      ...{ change: 'moved', clusters, causes, ...sided },
      images: [{ image: { before: evil(), after: evil() }, clusters: [first] }],
      objects: [
        {
          ...{ change: 'renamed', before: placeOf(evil), after: placeOf(evil), clusters, routine: false },
          fields: [
            values(['spec', evil()]),
            values([{ name: evil() }], { routine: 'checksum' }),
            { ...values(['data', evil()]), format: 'yaml', inside: [values([evil()])] },
          ],
        },
      ],
    }),
    fold(evil(), {
      ...{ change: 'gained', clusters, causes, after: sided.after },
      objects: [
        {
          ...{ change: 'added', after: placeOf(evil), clusters: [first], routine: false, fields: [] },
          value: { [evil()]: evil(), lines: `${evil()}\n${evil()}`, list: [evil()] },
        },
      ],
    }),
  ]
}

import type {
  Comparison,
  Danger,
  FieldFold,
  ObjectFold,
  ObjectPlace,
  Totals,
  UnitFold,
  UnitSummary,
} from '../../../src/compare/types.ts'
import type { SourceFile, Span } from '../../../src/diagnostics/types.ts'
import type { Review } from '../../../src/report/types.ts'

/** Parts of reviews, made by hand: what `compare` gives is not the matter of these tests. */

export const monitoring: SourceFile = {
  path: 'fleet/monitoring.yaml',
  text: 'kind: ClusterProfile\nspec:\n  helmCharts:\n    - chartName: grafana\n      chartVersion: 8.1.0\n',
}

export function spanOf(word: string, file: SourceFile = monitoring): Span {
  const start = file.text.indexOf(word)
  return { file, start, end: start + word.length }
}

export function summary(
  unit: string,
  chart?: string,
  version = '1.0.0',
  profile = 'ClusterProfile/base',
): UnitSummary {
  const kind = chart === undefined ? 'policy' : 'helm'
  return {
    ...{ kind, profile, count: 3 },
    ...(chart !== undefined && { chart: { name: chart, version } }),
    settings: {
      ...{ kind, profile, tier: 100, local: false, inputs: unit },
      ...{ syncMode: 'Continuous', leave: false, createNamespaces: true },
    } as UnitSummary['settings'],
  }
}

export function place(
  kind: string,
  name: string,
  unit: string,
  namespace: string | null = 'web',
): ObjectPlace {
  return {
    ...{ apiVersion: 'v1', kind, name, unit },
    ...(namespace !== null && { namespace }),
    path: `clusters/fleet/a/${unit}/${kind}-${name}.yaml`,
  }
}

export function field(
  path: FieldFold['path'],
  before: unknown,
  after: unknown,
  more: Partial<FieldFold> = {},
): FieldFold {
  return { path, change: 'changed', values: [{ clusters: [], before, after }], ...more }
}

export function changedObject(
  kind: string,
  name: string,
  at: { readonly unit: string; readonly clusters: readonly string[] },
  fields: readonly FieldFold[],
): ObjectFold {
  const object = place(kind, name, at.unit)
  return {
    ...{ change: 'changed', before: object, after: object, clusters: at.clusters },
    ...{ routine: fields.every(({ routine }) => routine !== undefined), fields },
  }
}

export function fold(unit: string, more: Partial<UnitFold> & Pick<UnitFold, 'clusters'>): UnitFold {
  const side = summary(unit)
  return {
    ...{ unit, change: 'changed', routine: false },
    ...(more.change !== 'gained' && { before: side }),
    ...(more.change !== 'lost' && { after: side }),
    ...{ images: [], objects: [], causes: [] },
    ...more,
  }
}

export function totalsOf(folds: readonly UnitFold[], clusters: number): Totals {
  const units = (change: UnitFold['change']): number =>
    folds.filter((each) => each.change === change).reduce((sum, each) => sum + each.clusters.length, 0)
  const all = folds.flatMap(({ objects }) => objects)
  const objects = (change: ObjectFold['change']): number =>
    all.filter((each) => each.change === change).reduce((sum, each) => sum + each.clusters.length, 0)
  const routine = all.filter((each) => each.change === 'changed' && each.routine)
  return {
    clusters: { all: clusters, changed: new Set(folds.flatMap((each) => each.clusters)).size },
    units: {
      ...{ gained: units('gained'), lost: units('lost'), changed: units('changed'), moved: units('moved') },
      routine: folds.filter((each) => each.routine).reduce((sum, each) => sum + each.clusters.length, 0),
    },
    objects: {
      ...{ added: objects('added'), removed: objects('removed'), changed: objects('changed') },
      ...{ renamed: objects('renamed'), moved: objects('moved') },
      routine: routine.reduce((sum, each) => sum + each.clusters.length, 0),
    },
  }
}

export const nothingChecked: Comparison['schemas'] = { checked: 0, unchecked: [] }

export interface ReviewParts extends Partial<Omit<Review, 'comparison'>> {
  readonly folds?: readonly UnitFold[]
  readonly comparisonDangers?: readonly Danger[]
  readonly schemas?: Comparison['schemas']
  /** Of the fleet. */
  readonly clusters?: readonly string[]
}

export function review({
  folds = [],
  comparisonDangers = [],
  schemas = nothingChecked,
  clusters = ['fleet/a', 'fleet/b', 'fleet/c'],
  ...parts
}: ReviewParts = {}): Review {
  return {
    baseline: 'pr',
    base: { commit: '1111111111111111111111111111111111111111', name: 'main' },
    head: { commit: '2222222222222222222222222222222222222222', name: 'bump' },
    comparison: {
      ...{ changes: [], folds, dangers: comparisonDangers, schemas },
      totals: totalsOf(folds, clusters.length),
    },
    ...{ upgrades: [], dangers: [], held: [] },
    diagnostics: { added: [], standing: 0, resolved: 0 },
    fleet: clusters.map((id) => ({ id, labels: {}, units: [] })),
    facts: { asOf: '2026-11-21T10:00:00Z', silent: [], never: 0 },
    versions: { compiler: '0.1.0', helm: '3.19.0', kustomize: '5.7.1' },
    reproduce: 'fleetwright diff main bump',
    changedLines: new Map(),
    ...parts,
  }
}

export function danger(rule: Danger['rule'], message: string, more: Partial<Danger> = {}): Danger {
  return { rule, severity: 'high', message, clusters: [], ...more }
}

export function clusterNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `fleet/c${String(index).padStart(3, '0')}`)
}

/** A change with something of everything. */
export function everything(): Review {
  const clusters = clusterNames(200)
  const most = clusters.slice(2)
  const grafana = 'helm-monitoring-grafana'
  return review({
    clusters,
    folds: [
      fold('helm-kyverno-kyverno', {
        ...{ change: 'lost', clusters: clusters.slice(0, 2), before: summary('kyverno', 'kyverno', '3.2.1') },
        objects: [
          {
            ...{ change: 'removed', before: place('Namespace', 'kyverno', 'helm-kyverno-kyverno', null) },
            ...{ clusters: clusters.slice(0, 2), routine: false, fields: [] },
            value: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kyverno' } },
          },
        ],
        causes: [
          {
            cause: {
              text: 'the selector of `ClusterProfile/policy` matches the cluster no more',
              span: spanOf('ClusterProfile'),
              side: 'before',
            },
            clusters: clusters.slice(0, 2),
          },
        ],
      }),
      fold(grafana, {
        clusters: most,
        before: summary(grafana, 'grafana', '8.0.0'),
        after: summary(grafana, 'grafana', '8.1.0'),
        images: [
          {
            image: { before: 'docker.io/grafana/grafana:11.0.0', after: 'docker.io/grafana/grafana:11.1.0' },
            clusters: most,
          },
        ],
        objects: [
          changedObject('Deployment', 'grafana', { unit: grafana, clusters: most }, [
            field(['spec', 'replicas'], 2, 3),
            field(
              ['spec', 'template', 'spec', 'containers', { name: 'grafana' }, 'image'],
              'docker.io/grafana/grafana:11.0.0',
              'docker.io/grafana/grafana:11.1.0',
            ),
            field(['metadata', 'labels', 'helm.sh/chart'], 'grafana-8.0.0', 'grafana-8.1.0', {
              routine: 'chart-label',
            }),
            {
              ...{ path: ['metadata', 'annotations', 'size'], change: 'changed' },
              values: [
                { clusters: most.slice(0, 100), before: 'small', after: 'large' },
                { clusters: most.slice(100), before: 'small', after: 'huge' },
              ],
            },
          ]),
          changedObject('ConfigMap', 'grafana', { unit: grafana, clusters: most }, [
            field(
              ['data', 'grafana.ini'],
              '[server]\nport = 80\n[log]\nlevel = info\n',
              '[server]\nport = 80\n[log]\nlevel = warn\n',
            ),
          ]),
          changedObject('Service', 'grafana', { unit: grafana, clusters: most }, [
            field(['metadata', 'labels', 'helm.sh/chart'], 'grafana-8.0.0', 'grafana-8.1.0', {
              routine: 'chart-label',
            }),
          ]),
        ],
        causes: [
          {
            cause: { text: 'version `8.1.0` is asked for', span: spanOf('8.1.0'), side: 'after' },
            clusters: most,
          },
        ],
      }),
    ],
    comparisonDangers: [
      danger('unit-removed', 'Add-on `helm-kyverno-kyverno` is removed', {
        clusters: clusters.slice(0, 2),
        unit: 'helm-kyverno-kyverno',
        span: spanOf('ClusterProfile'),
        side: 'before',
      }),
      danger('namespace-removed', 'Namespace kyverno is removed with everything in it', {
        clusters: clusters.slice(0, 2),
        object: place('Namespace', 'kyverno', 'helm-kyverno-kyverno', null),
      }),
    ],
    dangers: [danger('trust-loosened', '`brakes.protect` protects less', { severity: 'medium' })],
    brake: {
      digest: '0123456789abcdef',
      reasons: [{ kind: 'protected', cluster: 'fleet/c000', object: 'Namespace kyverno' }],
    },
    diagnostics: {
      added: [
        {
          ...{ code: 'intent/wrong-type', severity: 'error', holds: 'unit', related: [] },
          message: '`spec.tier` is text, but must be a whole number',
          place: { file: 'fleet/monitoring.yaml', line: 3, column: 3, endLine: 3, endColumn: 9 },
          hint: 'write it without quotes',
          frame:
            'fleet/monitoring.yaml:3:3: error[intent/wrong-type]: …\n  3 |   helmCharts:\n    |   ^^^^^^\n',
        },
      ],
      standing: 2,
      resolved: 1,
    },
    schemas: {
      checked: 218,
      unchecked: [
        { api: 'acme.dev/v1 Gadget', objects: 4 },
        { api: 'acme.dev/v1 Widget', objects: 10 },
      ],
    },
    held: [{ cluster: 'fleet/c007', reason: 'it did not answer for two days' }],
    upgrades: [
      {
        ...{ cluster: 'fleet/c009', from: 'v1.24.3', to: 'v1.25.0' },
        machines: [{ kind: 'KubeadmControlPlane', name: 'fleet/c009', replicas: 3 }],
        labels: [{ key: 'gen', before: 'v1', after: 'v2', classifier: 'Classifier/k125' }],
        lostApis: [{ api: 'policy/v1beta1 PodSecurityPolicy', objects: ['PodSecurityPolicy restricted'] }],
        follows: {
          changes: [],
          folds: [
            fold('helm-psp-psp', {
              ...{ change: 'lost', clusters: ['fleet/c009'], before: summary('psp', 'psp', '1.0.0') },
            }),
          ],
          dangers: [],
          ...{ totals: totalsOf([], 0), schemas: nothingChecked },
        },
        dangers: [],
      },
    ],
    facts: {
      asOf: '2026-11-21T10:00:00Z',
      oldest: { cluster: 'fleet/c007', observedAt: '2026-11-19T09:00:00Z' },
      silent: ['fleet/c007'],
      never: 3,
    },
  })
}

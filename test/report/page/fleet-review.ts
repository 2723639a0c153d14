import type { FieldFold, ObjectFold, ObjectPlace, UnitChange, UnitFold } from '../../../src/compare/types.ts'
import type { SourceFile } from '../../../src/diagnostics/types.ts'
import type { Review, ReviewedCluster } from '../../../src/report/types.ts'
import { danger, fold, review, spanOf, summary } from '../review/sample-review.ts'

/**
 * A pull request over 200 clusters with ten add-ons, written by hand: 100 in production (`prod-…-000` to `099`), 60 in staging,
 * 40 in development; regions eu, us and ap in turn.
 */

export const nginx = 'helm-ingress-nginx-ingress-nginx'
export const grafana = 'helm-monitoring-grafana'
export const gatekeeper = 'helm-gatekeeper-system-gatekeeper'
export const certManager = 'helm-cert-manager-cert-manager'
export const secrets = 'helm-external-secrets-external-secrets'
export const base = 'kustomize-apps-base'

export interface SampleCluster {
  readonly id: string
  readonly env: 'production' | 'staging' | 'development'
  readonly region: string
}

const short = { production: 'prod', staging: 'stage', development: 'dev' } as const

export const clusters: readonly SampleCluster[] = Array.from({ length: 200 }, (_, index): SampleCluster => {
  const env = index < 100 ? 'production' : index < 160 ? 'staging' : 'development'
  const region = ['eu', 'us', 'ap'][index % 3] ?? ''
  return { id: `fleet/${short[env]}-${region}-${String(index).padStart(3, '0')}`, env, region }
}).sort((a, b) => (a.id < b.id ? -1 : 1))

function idsOf(matches: (cluster: SampleCluster) => boolean): readonly string[] {
  return clusters.filter(matches).map(({ id }) => id)
}

export const production = idsOf(({ env }) => env === 'production')
export const staging = idsOf(({ env }) => env === 'staging')
export const development = idsOf(({ env }) => env === 'development')
export const productionUs = idsOf(({ env, region }) => env === 'production' && region === 'us')
export const productionEu = idsOf(({ env, region }) => env === 'production' && region === 'eu')
/** Those that lose gatekeeper. */
export const losing = production.slice(0, 3)

const ingressFile: SourceFile = {
  path: 'fleet/ingress.yaml',
  text: 'kind: ClusterProfile\nmetadata: { name: ingress }\nspec:\n  helmCharts:\n  - chartVersion: 4.12.0\n',
}

interface Place {
  readonly unit: string
  readonly namespace?: string
  readonly apiVersion?: string
}

function placeOf(kind: string, name: string, { unit, namespace, apiVersion = 'v1' }: Place): ObjectPlace {
  return {
    ...{ apiVersion, kind, name, unit },
    ...(namespace !== undefined && { namespace }),
    path: `clusters/fleet/prod-ap-002/${unit}/${kind.toLowerCase()}-${name}.yaml`,
    source: `templates/${kind.toLowerCase()}.yaml`,
  }
}

function changed(
  place: ObjectPlace,
  of: readonly string[],
  fields: readonly FieldFold[],
  routine = false,
): ObjectFold {
  return { change: 'changed', before: place, after: place, clusters: of, routine, fields }
}

function field(
  of: readonly string[],
  path: FieldFold['path'],
  [before, after]: readonly [unknown, unknown],
  more: Partial<FieldFold> = {},
): FieldFold {
  return { path, change: 'changed', values: [{ clusters: of, before, after }], ...more }
}

export const controllerConfig = {
  before:
    'worker_processes auto;\nkeepalive_timeout 75;\nuse_gzip on;\nserver_tokens on;\nlog_level notice;\n',
  after:
    'worker_processes auto;\nkeepalive_timeout 75;\nuse_gzip on;\nserver_tokens off;\nlog_level notice;\n',
}

const image = ['spec', 'template', 'spec', 'containers', { name: 'controller' }, 'image'] as const
const chartLabel = ['metadata', 'labels', 'helm.sh/chart'] as const

function chartBump(of: readonly string[]): FieldFold {
  return field(of, chartLabel, ['ingress-nginx-4.11.2', 'ingress-nginx-4.12.0'], { routine: 'chart-label' })
}

function ingressFold(): UnitFold {
  const namespace = { unit: nginx, namespace: 'ingress-nginx' }
  const oldImage = 'registry.k8s.io/ingress-nginx/controller:v1.11.2'
  const newImage = 'registry.k8s.io/ingress-nginx/controller:v1.12.0'
  return fold(nginx, {
    clusters: production,
    before: summary(nginx, 'ingress-nginx', '4.11.2', 'ClusterProfile/ingress'),
    after: summary(nginx, 'ingress-nginx', '4.12.0', 'ClusterProfile/ingress'),
    images: [{ image: { before: oldImage, after: newImage }, clusters: production }],
    causes: [
      {
        cause: {
          text: 'chart version `4.12.0` is asked for',
          span: spanOf('4.12.0', ingressFile),
          side: 'after',
        },
        clusters: production,
      },
      { cause: { text: 'the cluster has label `env=production`', side: 'after' }, clusters: production },
    ],
    objects: [
      changed(placeOf('Deployment', 'controller', { ...namespace, apiVersion: 'apps/v1' }), production, [
        field(production, image, [oldImage, newImage]),
        field(production, ['spec', 'replicas'], [3, 2]),
        {
          ...{ path: ['spec', 'template', 'spec', 'hostname'], change: 'changed' },
          values: production.map((id) => ({
            clusters: [id],
            before: `${id.slice(6)}.example.org`,
            after: `${id.slice(6)}.example.com`,
          })),
        },
        {
          ...{ path: ['spec', 'template', 'spec', 'priorityClassName'], change: 'changed' },
          values: [
            { clusters: production.slice(0, 60), before: 'low', after: 'high' },
            { clusters: production.slice(60), before: 'low', after: 'middle' },
          ],
        },
        chartBump(production),
      ]),
      changed(placeOf('ConfigMap', 'controller', namespace), production, [
        field(production, ['data', 'nginx.conf'], [controllerConfig.before, controllerConfig.after]),
      ]),
      {
        ...{ change: 'added', clusters: productionUs, routine: false },
        after: placeOf('NetworkPolicy', 'controller', { ...namespace, apiVersion: 'networking.k8s.io/v1' }),
        value: {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'controller', namespace: 'ingress-nginx' },
          spec: { podSelector: {}, ingress: [{ ports: [{ port: 443, protocol: 'TCP' }] }] },
        },
        fields: [],
      },
      changed(placeOf('Service', 'controller', namespace), production, [chartBump(production)], true),
    ],
  })
}

function grafanaFold(): UnitFold {
  return fold(grafana, {
    ...{ change: 'gained', clusters: staging },
    after: summary(grafana, 'grafana', '8.5.0', 'ClusterProfile/monitoring'),
    causes: [
      {
        cause: {
          text: '`ClusterProfile/monitoring` selects `env in (production, staging)` now',
          side: 'after',
        },
        clusters: staging,
      },
    ],
    objects: [
      {
        ...{ change: 'added', clusters: staging, routine: false, fields: [] },
        after: placeOf('ConfigMap', 'grafana', { unit: grafana, namespace: 'monitoring' }),
        value: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'grafana', namespace: 'monitoring' },
          data: { 'grafana.ini': '[log]\nlevel = info\n', replicas: '1' },
        },
      },
    ],
  })
}

function gatekeeperFold(): UnitFold {
  const crd = { unit: gatekeeper, apiVersion: 'apiextensions.k8s.io/v1' }
  return fold(gatekeeper, {
    ...{ change: 'lost', clusters: losing },
    before: summary(gatekeeper, 'gatekeeper', '3.17.0', 'ClusterProfile/policy'),
    causes: [
      {
        cause: { text: 'the cluster has label `policy=gatekeeper` no more', side: 'before' },
        clusters: losing,
      },
    ],
    objects: [
      {
        ...{ change: 'removed', clusters: losing, routine: false, fields: [] },
        before: placeOf('CustomResourceDefinition', 'configs.config.gatekeeper.sh', crd),
        value: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      },
    ],
  })
}

function otherFolds(): readonly UnitFold[] {
  const settings = placeOf('ConfigMap', 'settings', { unit: base, namespace: 'apps' })
  return [
    fold(certManager, {
      ...{ change: 'moved', clusters: development },
      before: summary(certManager, 'cert-manager', 'v1.16.1', 'ClusterProfile/certificates'),
      after: summary(certManager, 'cert-manager', 'v1.16.1', 'Profile/team-a/certificates'),
      causes: [
        {
          cause: { text: '`Profile/team-a/certificates` has a lower tier', side: 'after' },
          clusters: development,
        },
      ],
    }),
    fold(base, {
      clusters: productionEu,
      before: summary(base, undefined, '', 'ClusterProfile/apps'),
      after: summary(base, undefined, '', 'ClusterProfile/apps'),
      objects: [
        changed(settings, productionEu, [
          field(productionEu, ['data', 'limits.json'], ['{"cpu":1}', '{"cpu":2}'], {
            format: 'json',
            inside: [field(productionEu, ['cpu'], [1, 2])],
          }),
        ]),
      ],
    }),
    fold(secrets, {
      ...{ clusters: productionEu, routine: true },
      before: summary(secrets, 'external-secrets', '0.10.4', 'ClusterProfile/secrets'),
      after: summary(secrets, 'external-secrets', '0.10.4', 'ClusterProfile/secrets'),
      objects: [
        changed(
          placeOf('Deployment', 'external-secrets', {
            unit: secrets,
            namespace: 'external-secrets',
            apiVersion: 'apps/v1',
          }),
          productionEu,
          [
            field(productionEu, ['metadata', 'annotations', 'checksum/config'], ['aa11', 'bb22'], {
              routine: 'checksum',
            }),
          ],
          true,
        ),
      ],
    }),
  ]
}

function unitsOf({ env }: SampleCluster): ReviewedCluster['units'] {
  const chart = (unit: string, name: string, version: string, profile: string) => ({
    ...{ unit, chart: name, version },
    profile: `ClusterProfile/${profile}`,
  })
  const isProduction = env === 'production'
  return [
    chart(certManager, 'cert-manager', 'v1.16.1', 'certificates'),
    chart(secrets, 'external-secrets', '0.10.4', 'secrets'),
    ...(isProduction ? [chart(gatekeeper, 'gatekeeper', '3.17.0', 'policy')] : []),
    chart(nginx, 'ingress-nginx', isProduction ? '4.12.0' : '4.11.2', 'ingress'),
    chart('helm-kyverno-kyverno', 'kyverno', '3.2.6', 'policy'),
    ...(env === 'development' ? [] : [chart(grafana, 'grafana', '8.5.0', 'monitoring')]),
    chart('helm-monitoring-kube-prometheus-stack', 'kube-prometheus-stack', '65.1.0', 'monitoring'),
    ...(isProduction ? [chart('helm-velero-velero', 'velero', '7.2.1', 'backup')] : []),
    { unit: base, profile: 'ClusterProfile/apps' },
    { unit: 'policy-baseline-limits', profile: 'ClusterProfile/baseline' },
  ]
}

/** What the folds say of each cluster; nothing in the page looks at the objects of a single one. */
export function changesOf(folds: readonly UnitFold[]): readonly UnitChange[] {
  return folds
    .flatMap(({ unit, change, before, after, routine, clusters: of }) =>
      of.map((cluster): UnitChange => ({
        ...{ cluster, unit, change, routine, objects: [], images: [], causes: [] },
        ...(before && { before }),
        ...(after && { after }),
      })),
    )
    .sort((a, b) => (`${a.cluster} ${a.unit}` < `${b.cluster} ${b.unit}` ? -1 : 1))
}

export function fleetReview(): Review {
  const folds = [
    gatekeeperFold(),
    grafanaFold(),
    ...otherFolds().slice(0, 2),
    ingressFold(),
    ...otherFolds().slice(2),
  ]
  const made = review({
    folds,
    clusters: clusters.map(({ id }) => id),
    comparisonDangers: [
      danger('unit-removed', 'Add-on `helm-gatekeeper-system-gatekeeper` is removed', {
        ...{ clusters: losing, unit: gatekeeper },
      }),
      danger(
        'crd-removed',
        'CustomResourceDefinition `configs.config.gatekeeper.sh` is removed with all its objects',
        {
          ...{ clusters: losing, unit: gatekeeper },
          object: placeOf('CustomResourceDefinition', 'configs.config.gatekeeper.sh', {
            ...{ unit: gatekeeper, apiVersion: 'apiextensions.k8s.io/v1' },
          }),
        },
      ),
      danger('owner-changed', 'Add-on `cert-manager` goes to another owner', {
        ...{ clusters: development, unit: certManager, severity: 'medium' },
      }),
    ],
    dangers: [
      danger('trust-loosened', 'Value `brakes.share` of the configuration is raised', { severity: 'medium' }),
    ],
    brake: {
      digest: '5c1a9e77',
      reasons: losing.map((cluster) => ({
        kind: 'protected',
        cluster,
        object: 'CustomResourceDefinition configs.config.gatekeeper.sh',
      })),
    },
    diagnostics: {
      added: [
        {
          ...{ code: 'render/deprecated-chart', severity: 'warning', holds: 'nothing', related: [] },
          message: 'chart `velero` is deprecated',
          place: { file: 'fleet/backup.yaml', line: 7, column: 5, endLine: 7, endColumn: 11 },
          hint: 'Look for its successor.',
          frame: 'fleet/backup.yaml:7:5\n  7 |   - chartName: velero\n    |     ^^^^^^\n',
        },
      ],
      standing: 4,
      resolved: 1,
    },
    held: production
      .slice(10, 12)
      .map((cluster) => ({ cluster, unit: 'helm-velero-velero', reason: 'the cluster is paused' })),
    facts: {
      asOf: '2026-11-21T10:00:00Z',
      oldest: { cluster: 'fleet/dev-ap-161', observedAt: '2026-11-21T06:30:00Z' },
      ...{ silent: ['fleet/dev-ap-161'], never: 0 },
    },
    upgrades: [upgradeOf()],
    reproduce: 'fleetwright diff 111111111111 222222222222',
  })
  return {
    ...made,
    comparison: { ...made.comparison, changes: changesOf(folds) },
    fleet: clusters.map((cluster) => ({
      id: cluster.id,
      labels: { env: cluster.env, region: cluster.region },
      version: cluster.env === 'development' ? 'v1.35.0' : 'v1.34.2',
      units: unitsOf(cluster).filter(({ unit }) => unit !== gatekeeper || !losing.includes(cluster.id)),
    })),
  }
}

function upgradeOf(): Review['upgrades'][number] {
  const cluster = 'fleet/dev-ap-161'
  const follows = fold(secrets, {
    clusters: [cluster],
    before: summary(secrets, 'external-secrets', '0.10.4'),
    after: summary(secrets, 'external-secrets', '0.11.0'),
  })
  return {
    ...{ cluster, from: 'v1.35.0', to: 'v1.36.0', dangers: [] },
    machines: [{ kind: 'KubeadmControlPlane', name: 'fleet/dev-ap-161', replicas: 3 }],
    labels: [{ key: 'k8s', before: 'v1-35', after: 'v1-36', classifier: 'Classifier/k136' }],
    lostApis: [{ api: 'policy/v1beta1 PodSecurityPolicy', objects: ['PodSecurityPolicy restricted'] }],
    follows: {
      ...review({ folds: [follows], clusters: [cluster] }).comparison,
      changes: changesOf([follows]),
    },
  }
}

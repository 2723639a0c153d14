import { expect, test } from 'vitest'
import { formatReview } from '../../../src/report/review/review-text.ts'
import { changedObject, clusterNames, everything, field, fold, review } from './sample-review.ts'

test('a review on a terminal: verdict, table, dangers, then diffs as git shows them', () => {
  expect(formatReview(everything(), { columns: 120 })).toBe(`\
What this change does to the fleet
fleet/c009 is upgraded v1.24.3 → v1.25.0, 2 clusters lose kyverno, 198 change grafana 8.0.0 → 8.1.0; 3 dangers; deletions wait for approval; 1 new error.
main (111111111111) → bump (222222222222): 200 of 200 clusters change; objects: 2 removed, 594 changed (198 routine)

ADD-ON                   CHANGE   BEFORE         AFTER          CLUSTERS
helm-kyverno-kyverno     lost     kyverno 3.2.1                 fleet/c000, fleet/c001
helm-monitoring-grafana  changed  grafana 8.0.0  grafana 8.1.0  198 clusters: fleet/c002 and 197 more

DANGERS
high   Add-on \`helm-kyverno-kyverno\` is removed [unit-removed]
       fleet/c000, fleet/c001 · fleet/monitoring.yaml:1
high   Namespace kyverno is removed with everything in it [namespace-removed]
       fleet/c000, fleet/c001
medium \`brakes.protect\` protects less [trust-loosened]

UPGRADES
fleet/c009 v1.24.3 → v1.25.0
  KubeadmControlPlane fleet/c009: 3 machines replaced
  label gen: v1 → v2 (Classifier/k125)
  policy/v1beta1 PodSecurityPolicy is served no more: PodSecurityPolicy restricted
  then helm-psp-psp is lost: 1.0.0

WHAT IS SAID ANEW
fleet/monitoring.yaml:3:3: error[intent/wrong-type]: …
  3 |   helmCharts:
    |   ^^^^^^

DELETIONS TO APPROVE
fleet/c000 loses Namespace kyverno, which is protected
approve the tree that is left: fleetwright compile --allow-delete 0123456789abcdef

WHAT THIS REPORT CANNOT TELL
it did not answer for two days: fleet/c007

helm-kyverno-kyverno lost 3.2.1 · 1 object on 2 clusters
  fleet/c000, fleet/c001
  because the selector of \`ClusterProfile/policy\` matches the cluster no more · fleet/monitoring.yaml:1
  Namespace kyverno removed
    - apiVersion: v1
    - kind: Namespace
    - metadata:
    -   name: kyverno

helm-monitoring-grafana changed 8.0.0 → 8.1.0 · 3 objects on 198 clusters
  198 clusters: fleet/c002, fleet/c003, fleet/c004, fleet/c005, fleet/c006, fleet/c007, fleet/c008 and 191 more
  because version \`8.1.0\` is asked for · fleet/monitoring.yaml:5
  image docker.io/grafana/grafana:11.0.0 → docker.io/grafana/grafana:11.1.0
  Deployment web/grafana changed
    @@ spec.replicas
    - 2
    + 3
    @@ spec.template.spec.containers[name=grafana].image
    - docker.io/grafana/grafana:11.0.0
    + docker.io/grafana/grafana:11.1.0
    @@ metadata.annotations.size
    100 clusters: fleet/c002, fleet/c003, fleet/c004, fleet/c005, fleet/c006, fleet/c007, fleet/c008 and 93 more
    - small
    + large
    98 clusters: fleet/c102, fleet/c103, fleet/c104, fleet/c105, fleet/c106, fleet/c107, fleet/c108 and 91 more
    - small
    + huge
    1 routine change: chart-label 1
  ConfigMap web/grafana changed
    @@ data["grafana.ini"]
      [server]
      port = 80
      [log]
    - level = info
    + level = warn
  198 objects with routine changes only (chart-label 1)

Facts as of 2026-11-21T10:00:00Z, the oldest 2d before (fleet/c007); no answer from 1 cluster; 3 clusters never observed.
218 objects checked against schemas; 14 are of kinds without one.
fleetwright 0.1.0, Helm 3.19.0, Kustomize 5.7.1.
`)
})

test('nothing changes → the verdict and the footer', () => {
  expect(formatReview(review())).toBe(`\
What this change does to the fleet
Nothing changes on 3 clusters.

Facts as of 2026-11-21T10:00:00Z.
fleetwright 0.1.0, Helm 3.19.0, Kustomize 5.7.1.
`)
})

test('colour stands around the texts and changes none', () => {
  const colored = formatReview(everything(), { color: true })
  expect(colored).toContain('\u001b[31m- 2\u001b[39m')
  expect(colored).toContain('\u001b[32m+ 3\u001b[39m')
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(formatReview(everything()))
})

test('what is long is folded with true numbers, and whole with details', () => {
  const objects = Array.from({ length: 60 }, (_, index) =>
    changedObject('ConfigMap', `c${index}`, { unit: 'helm-a', clusters: ['fleet/a'] }, [
      field(
        ['data', 'key'],
        undefined,
        Array.from({ length: 50 }, (_each, line) => `line ${line}`),
        { change: 'added' },
      ),
    ]),
  )
  const of = review({
    clusters: clusterNames(3),
    folds: [fold('helm-a', { clusters: ['fleet/a'], objects })],
  })
  const short = formatReview(of)
  expect(short).toContain('    + … 30 more lines\n')
  expect(short).toContain('  and 20 more objects\n')
  const long = formatReview(of, { details: true })
  expect(long).not.toContain(' more ')
  expect(long.match(/line 49/g)).toHaveLength(60)
})

import { expect, test } from 'vitest'
import type { ClusterPlan, KustomizeUnit } from '../../src/resolve/types.ts'
import { wantedSources } from '../../src/sources/sources.ts'

test('one kustomization on many clusters is wanted once, and sorted', () => {
  const unit = (path: string): KustomizeUnit =>
    ({
      kind: 'kustomize',
      source: { key: 'own', type: 'repository', path: '' },
      path,
      components: [],
    }) as unknown as KustomizeUnit
  const cluster = (...units: KustomizeUnit[]): ClusterPlan => ({ units }) as unknown as ClusterPlan
  const { references, kustomizations } = wantedSources({
    references: [{ key: 'own', type: 'repository', path: '' }],
    clusters: [cluster(unit('b'), unit('a')), cluster(unit('a'))],
  })
  expect(references).toHaveLength(1)
  expect(kustomizations.map(({ key, path }) => `${key} ${path}`)).toEqual(['own a', 'own b'])
})

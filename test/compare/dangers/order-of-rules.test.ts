import { expect, test } from 'vitest'
import { compare } from '../../../src/compare/compare.ts'
import type { Plan } from '../../../src/resolve/types.ts'
import { deployment, plainOptions, podTemplate, toSide } from '../side-double.ts'

test('what schemas say stands among the dangers in the order of the rules', async () => {
  const cluster = {
    cluster: { id: 'fleet/a' },
    kubeVersion: 'v1.33.0',
    units: [],
    conflicts: [],
    apiVersions: [],
  }
  const plan = { clusters: [cluster] } as unknown as Plan
  const side = (leave: boolean, spec: Parameters<typeof deployment>[1]) =>
    toSide({ 'fleet/a': { web: { objects: [deployment('web', spec)], settings: { leave } } } }, { plan })
  const { dangers } = await compare(
    side(false, podTemplate('web:1.0')),
    side(true, { ...podTemplate('web:latest'), replica: 2 }),
    plainOptions,
  )
  expect(dangers.filter(({ severity }) => severity === 'medium').map(({ rule }) => rule)).toEqual([
    'image-latest',
    'schema',
    'prune-switched',
  ])
})

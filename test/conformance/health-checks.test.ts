import { describe, expect, test } from 'vitest'
import { parseHealthCheck } from '../../src/intent/kinds/health-check.ts'
import type { ClusterHealthCheck } from '../../src/intent/types.ts'
import { judgeHealth } from '../../src/resolve/health/judge-health.ts'
import { createKnowledge } from '../../src/resolve/knowledge.ts'
import { createScripts } from '../../src/resolve/scripts.ts'
import { clusterState, documentOf, factsOf } from '../resolve/observed.ts'
import { sharedFolder } from '../shared.ts'
import { readOracle, type JsonMap, type OracleCase } from './oracle-cases.ts'
import { failure } from './oracle-runner.ts'

/** What a HealthCheck says of a cluster's objects, in the oracle's form. */
function run({ input }: OracleCase): JsonMap {
  const { resource, resources } = input as JsonMap
  const check = parseHealthCheck(documentOf(resource as JsonMap), () => undefined)
  if (check === undefined) throw new Error('the case holds no health check')
  const id = 'fleet/c1'
  const all: ClusterHealthCheck = {
    ...{ name: 'all', document: documentOf({}), labels: {}, annotations: {} },
    kind: 'ClusterHealthCheck',
    clusterSelector: { matchLabels: { env: 'prod' }, matchExpressions: [] },
    livenessChecks: [{ name: 'it', type: 'HealthCheck', healthCheck: check.name }],
    notifications: [],
  }
  const { objects } = judgeHealth(
    [clusterState(id, { labelMap: { env: 'prod' } })],
    { healthChecks: [check], clusterHealthChecks: [all] },
    {
      knowledge: createKnowledge(factsOf({ [id]: resources as readonly JsonMap[] })),
      scripts: createScripts({ clockMs: 0, elapsedMs: () => 0, report: () => undefined }),
    },
  )
  if (objects.some(({ object, status }) => object === undefined && status === 'Unknown')) return failure
  return {
    resourceStatuses: sorted(
      objects.map(({ object, status, message }) => ({
        healthStatus: status,
        message,
        objectRef: { ...object },
      })),
    ),
  }
}

/** The agent lists objects as its API server does. */
function sorted(rows: readonly JsonMap[]): readonly JsonMap[] {
  const key = ({ objectRef }: JsonMap): string => JSON.stringify(Object.entries(objectRef as object).sort())
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

describe.skipIf(sharedFolder() === undefined)('Sveltos: health checks', () => {
  const cases = readOracle('agent').filter(({ op }) => op === 'healthCheck')

  test('the oracle has all cases', () => {
    expect(cases).toHaveLength(23)
  })

  test.each(cases.map((one) => [one.id, one] as const))('%s', (_id, one) => {
    const { resourceStatuses } = one.expected as { readonly resourceStatuses?: readonly JsonMap[] | null }
    const expected = 'error' in one.expected ? failure : { resourceStatuses: sorted(resourceStatuses ?? []) }
    expect(run(one)).toEqual(expected)
  })
})

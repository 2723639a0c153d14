import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  writtenClassifierSpec,
  writtenManagementClusterClassifierSpec,
} from '../../src/intent/kinds/classifier.ts'
import { writtenClusterHealthCheckSpec } from '../../src/intent/kinds/cluster-health-check.ts'
import { writtenClusterPromotionSpec } from '../../src/intent/kinds/cluster-promotion.ts'
import { writtenClusterSetSpec } from '../../src/intent/kinds/cluster-set.ts'
import { writtenEventSourceSpec } from '../../src/intent/kinds/event-source.ts'
import { writtenEventTriggerSpec } from '../../src/intent/kinds/event-trigger.ts'
import { writtenHealthCheckSpec } from '../../src/intent/kinds/health-check.ts'
import { writtenRoleRequestSpec } from '../../src/intent/kinds/role-request.ts'
import { writtenSveltosClusterSpec } from '../../src/intent/kinds/sveltos-cluster.ts'
import { writtenProfileSpec } from '../../src/intent/written/profile-spec.ts'
import { sharedFolder } from '../shared.ts'
import { readSveltosSchemas, type CrdSchema } from './crd.ts'

/** Fields that fleetwright knows beyond the CRDs of 1.14: spellings of older versions. */
const olderSpellings: Readonly<Record<string, readonly string[]>> = {
  ClusterProfile: [
    'helmCharts[].options.createNamespace',
    'helmCharts[].secretRef',
    'helmCharts[].secretRef.name',
    'helmCharts[].secretRef.namespace',
  ],
  Classifier: ['deployedResourceConstraints'],
  EventSource: ['group', 'version', 'kind', 'namespace', 'labelFilters', 'script'],
  EventTrigger: ['clusterSelector'],
  HealthCheck: ['group', 'version', 'kind', 'namespace', 'labelFilters', 'script'],
  RoleRequest: ['admin'],
}

/** The CRD of EventTrigger is that of 1.13; profiles of 1.14 have these, and triggers will. */
const newerThanTrigger =
  /\.(?:jobCheck(?:\..*)?|remoteURL\.(?:insecureSkipTLSVerify|plainHTTP)|recoverAfterConsecutiveFailures)$/

const specs: Readonly<Record<string, z.ZodType>> = {
  ClusterProfile: writtenProfileSpec,
  Profile: writtenProfileSpec,
  ClusterPromotion: writtenClusterPromotionSpec,
  ClusterSet: writtenClusterSetSpec,
  Set: writtenClusterSetSpec,
  Classifier: writtenClassifierSpec,
  ManagementClusterClassifier: writtenManagementClusterClassifierSpec,
  EventSource: writtenEventSourceSpec,
  EventTrigger: writtenEventTriggerSpec,
  HealthCheck: writtenHealthCheckSpec,
  ClusterHealthCheck: writtenClusterHealthCheckSpec,
  RoleRequest: writtenRoleRequestSpec,
  SveltosCluster: writtenSveltosClusterSpec,
}

interface JsonSchema extends CrdSchema {
  readonly anyOf?: readonly JsonSchema[]
}

/** Every field by its path, `[]` for list entries, `{}` for values of maps. */
function fieldPaths(schema: JsonSchema, path = ''): string[] {
  const nested = (schema.anyOf ?? []).flatMap((option) => fieldPaths(option, path))
  const items = schema.items === undefined ? [] : fieldPaths(schema.items, `${path}[]`)
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const own = path === '' ? key : `${path}.${key}`
    return [own, ...fieldPaths(child, own)]
  })
  return [...new Set([...nested, ...items, ...fields])]
}

/** Choices of every enum, sorted, by path. */
function choices(schema: JsonSchema, path = ''): [string, string][] {
  const own: [string, string][] = schema.enum === undefined ? [] : [[path, [...schema.enum].sort().join()]]
  return [
    ...own,
    ...(schema.anyOf ?? []).flatMap((option) => choices(option, path)),
    ...(schema.items === undefined ? [] : choices(schema.items, `${path}[]`)),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) => choices(child, `${path}.${key}`)),
  ]
}

describe.skipIf(sharedFolder() === undefined)('written shapes and the CRDs of Sveltos 1.14', () => {
  const schemas = sharedFolder() === undefined ? undefined : readSveltosSchemas()
  const crdSpec = (kind: string): CrdSchema => schemas?.get(kind)?.properties?.spec ?? {}
  const ownSpec = (kind: string): JsonSchema => z.toJSONSchema(specs[kind] ?? z.never()) as JsonSchema

  test.each(Object.keys(specs))('%s: every field of the CRD is known', (kind) => {
    const known = new Set(fieldPaths(ownSpec(kind)))
    const wanted = fieldPaths(crdSpec(kind))
    expect(wanted.length).toBeGreaterThan(2)
    expect(wanted.filter((path) => !known.has(path))).toEqual([])
  })

  test.each(Object.keys(specs))('%s: fields beyond the CRD are spellings of older versions', (kind) => {
    const wanted = new Set(fieldPaths(crdSpec(kind)))
    const extra = fieldPaths(ownSpec(kind)).filter((path) => !wanted.has(path))
    const older = [...(olderSpellings[kind] ?? []), ...(olderSpellings.ClusterProfile ?? [])]
    const isOlder = (path: string) =>
      older.some(
        (known) =>
          path === known ||
          path.startsWith(`${known}.`) ||
          path.startsWith(`${known}[]`) ||
          path.endsWith(`.${known}`),
      ) ||
      // A set was an object reference once.
      (path.startsWith('setRefs[].') && ['ClusterProfile', 'Profile'].includes(kind)) ||
      path.startsWith('clusterSelector.') ||
      (kind === 'EventTrigger' && newerThanTrigger.test(path))
    expect(extra.filter((path) => !isOlder(path))).toEqual([])
  })

  test.each(Object.keys(specs))('%s: every choice of the CRD is a choice here, and no other', (kind) => {
    const own = new Map(choices(ownSpec(kind)))
    const ofCrd = choices(crdSpec(kind))
    expect(ofCrd.filter(([path, values]) => own.get(path) !== values)).toEqual([])
  })
})

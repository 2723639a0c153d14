import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, JsonObject } from '../../src/engine/types.ts'
import type { ManagementObjects } from '../../src/resolve/management-objects.ts'
import { templateData } from '../../src/resolve/template-data.ts'
import { profileWith } from '../branch/fleet-double.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { clusterState } from '../resolve/observed.ts'
import { sharedFolder } from '../shared.ts'
import { watchedFieldDifferences } from './differences.ts'
import { readOracle, type JsonMap, type OracleCase } from './oracle-cases.ts'

let engine: Engine
beforeAll(async () => {
  if (sharedFolder() !== undefined) engine = await createTestEngine()
})
afterAll(async () => {
  await engine?.close()
})

/** What templates see of an object of which fields are watched. */
async function run({ input }: OracleCase): Promise<JsonMap> {
  const { object, watchFields } = input as JsonMap
  const json = JSON.stringify(object)
  const objects: ManagementObjects = {
    find: () => ({ value: JSON.parse(json) as JsonObject, json }),
    with: () => objects,
  }
  const resource = { apiVersion: 'v1', kind: 'X', namespace: 'default', name: 'x' }
  const reference = { resource, identifier: 'It', optional: false, ignoreStatusChanges: false }
  const profile = profileWith('p', {
    templateResourceRefs: [{ ...reference, watchFields: watchFields as readonly string[] }],
  })
  const { resources } = await templateData(
    { engine, objects, report: () => undefined, clockMs: 0 },
    { profile, tier: 100, because: { kind: 'selector' } },
    clusterState('fleet/c1'),
  )
  return { object: (JSON.parse(resources) as { readonly It: JsonMap }).It }
}

describe.skipIf(sharedFolder() === undefined)('Sveltos: watched fields', () => {
  const cases = readOracle('watch')

  test('the oracle has all cases', () => {
    expect(cases).toHaveLength(8)
  })

  test.each(cases.map((one) => [one.id, one] as const))('%s', async (id, one) => {
    const expected = JSON.parse(JSON.stringify(one.expected)) as JsonMap
    if (watchedFieldDifferences.some((difference) => difference.cases.includes(id)))
      expect(await run(one)).not.toEqual(expected)
    else expect(await run(one)).toEqual(expected)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ignoredFields, toIgnoreRule } from '../../src/branch/ignored-fields.ts'
import type { Engine, Patch } from '../../src/engine/types.ts'
import type { DriftExclusion } from '../../src/intent/types.ts'
import { profileWith } from '../branch/fleet-double.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { sharedFolder } from '../shared.ts'
import { readOracle, type JsonMap, type OracleCase } from './oracle-cases.ts'
import { failure } from './oracle-runner.ts'

let engine: Engine
beforeAll(async () => {
  if (sharedFolder() !== undefined) engine = await createTestEngine()
})
afterAll(async () => {
  await engine?.close()
})

/** Objects without the fields that Flux is told to ignore; its targets select as those of patches do. */
async function run({ input }: OracleCase): Promise<JsonMap> {
  const { driftExclusions, resources } = input as JsonMap
  const exclusions = driftExclusions as readonly DriftExclusion[]
  const { ignores = [], diagnostics } = ignoredFields(profileWith('p', { driftExclusions: exclusions }), [
    'flux',
  ])
  if (diagnostics.length > 0) return failure
  const patches = ignores.map(toIgnoreRule).map((rule): Patch => {
    const { paths, target } = rule as unknown as Required<DriftExclusion>
    return { patch: paths.map((path) => `- op: remove\n  path: ${path}`).join('\n'), target }
  })
  const texts = (resources as readonly JsonMap[]).map((resource, index) => ({
    name: `resource ${index}`,
    text: JSON.stringify(resource),
  }))
  const outcome = await engine.readObjects({ texts, finish: { patches } })
  if (!outcome.ok) return failure
  const documents = await engine.parseYaml(outcome.value.map(({ text }) => text))
  return { objects: documents.map(([document]) => document?.value) }
}

describe.skipIf(sharedFolder() === undefined)('Sveltos: drift exclusions', () => {
  const cases = readOracle('drift')

  test('the oracle has all cases', () => {
    expect(cases).toHaveLength(9)
  })

  test.each(cases.map((one) => [one.id, one] as const))('%s', async (_id, one) => {
    const { patched } = one.expected as { readonly patched: JsonMap }
    const actual = JSON.parse(JSON.stringify(await run(one))) as JsonMap
    expect(actual).toEqual('error' in patched ? failure : JSON.parse(JSON.stringify(patched)))
  })
})

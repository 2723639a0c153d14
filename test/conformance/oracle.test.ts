import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { sharedFolder } from '../shared.ts'
import { engineOracleDifferences } from './differences.ts'
import { readOracle } from './oracle-cases.ts'
import type { JsonMap, OracleCase } from './oracle-cases.ts'
import { failure, runOracleCase } from './oracle-runner.ts'

const areas = ['template', 'refname', 'event', 'values', 'kustomize', 'patch', 'split'] as const

let engine: Engine

beforeAll(async () => {
  if (sharedFolder() !== undefined) engine = await createTestEngine()
})

afterAll(async () => {
  await engine?.close()
})

/** Errors of any kind are alike; a manifest is compared as the data of its documents. */
async function expectedOf(one: OracleCase): Promise<unknown> {
  if ('error' in one.expected) return failure
  if (typeof one.expected['manifest'] === 'string') {
    const [documents = []] = await engine.parseYaml([one.expected['manifest']])
    return { manifest: documents.map(({ value }) => value) }
  }
  // How Sveltos prints the parts between splitting and parsing is nobody's business but its own.
  const { documents: _printed, ...expected } = one.expected
  const data = asData(expected) as JsonMap
  return isFailure(data['objects']) ? failure : data
}

function isFailure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'error' in value
}

/**
 * Both sides without what says nothing: no values are an empty mapping, and of a chart's entry the options that are written
 * but empty, which Go's types add and drop as they are printed.
 */
function asData(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, child: unknown) => {
    if (isFailure(child)) return failure
    const isEmpty = child === null || child === '' || JSON.stringify(child) === '{}'
    return isEmpty && (key === 'values' || key.endsWith('Options')) ? undefined : child
  })
}

describe.skipIf(sharedFolder() === undefined).each(areas)('Sveltos: %s', (area) => {
  const counts = { equal: 0, intended: 0, lua: 0 }
  const cases = readOracle(area)

  test.each(cases.map((one) => [one.id, one] as const))('%s', async (id, one) => {
    if (one.input.lua === true) {
      counts.lua += 1 // Lua is not the engine's; lua.test.ts has its cases
      return
    }
    const [actual, expected] = [asData(await runOracleCase(engine, one)), await expectedOf(one)]
    if (engineOracleDifferences.some((difference) => difference.cases.includes(id))) {
      expect(actual).not.toEqual(expected)
      counts.intended += 1
    } else {
      expect(actual).toEqual(expected)
      counts.equal += 1
    }
  })

  afterAll(() => {
    console.log(
      `${area}: ${counts.equal} equal, ${counts.intended} intended differences, ${counts.lua} in Lua, of ${cases.length}`,
    )
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { sharedFolder } from '../shared.ts'
import { eventDifferences } from './event-differences.ts'
import { expectedOf, runEventTrigger, type EventTriggerCase } from './event-trigger-runner.ts'
import { readOracle } from './oracle-cases.ts'

let engine: Engine

beforeAll(async () => {
  if (sharedFolder() !== undefined) engine = await createTestEngine()
})

afterAll(async () => {
  await engine?.close()
})

describe.skipIf(sharedFolder() === undefined)('Sveltos: eventtrigger', () => {
  const cases = readOracle('eventtrigger') as readonly EventTriggerCase[]
  const intended = new Set(eventDifferences.flatMap((difference) => difference.cases))
  let equal = 0

  test.each(cases.map((one) => [one.id, one] as const))('%s', async (id, one) => {
    const [actual, expected] = [await runEventTrigger(engine, one), await expectedOf(engine, one)]
    if (intended.has(id)) {
      expect(actual).not.toEqual(expected)
    } else {
      expect(actual).toEqual(expected)
      equal += 1
    }
  })

  test('every case is equal or listed, and every listed one is a case', () => {
    expect(equal + intended.size).toBe(cases.length)
    expect([...intended].filter((id) => cases.every((one) => one.id !== id))).toEqual([])
    console.log(`eventtrigger: ${equal} equal, ${intended.size} intended differences, of ${cases.length}`)
  })
})

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  evaluateClusters,
  evaluateHealth,
  evaluateHealthy,
  evaluateMatch,
  evaluateSelection,
  evaluateTemplate,
  defaultLimits,
} from '../../src/lua/lua.ts'
import type { LuaBudget, LuaJson, LuaOutcome } from '../../src/lua/types.ts'
import { sharedFolder } from '../shared.ts'
import { intendedLuaDifferences } from './lua-differences.ts'

type JsonMap = Readonly<Record<string, LuaJson>>

interface OracleCase {
  readonly id: string
  readonly op: string
  readonly input: {
    readonly script?: string
    readonly object?: JsonMap | null
    readonly resources?: readonly JsonMap[]
    readonly metrics?: JsonMap
    readonly mgmtResources?: JsonMap
    readonly selector?: JsonMap
  }
  readonly expected: JsonMap
}

/** The wall limit is left wide: it guards users, the machine of a test run may be busy. */
const budget: LuaBudget = {
  ...defaultLimits,
  wallMs: 60_000,
  elapsedMs: () => performance.now(),
  clockMs: Date.UTC(2026, 0, 1),
  seed: 1,
}

const failure = { error: true }

/** The result in the oracle's form; any fault is `failure`, as only that it is one is normative. */
function run(one: OracleCase): JsonMap {
  const { script = '', object = null, resources = [] } = one.input
  const agent = { text: script, libraries: false }
  const manager = { text: script, libraries: true }
  switch (one.op) {
    case 'selector-script':
      return shown(
        evaluateMatch(agent, { globals: { obj: object }, argument: { global: 'obj' } }, budget),
        withoutEmptyMessage,
      )
    case 'mgmtSelector': {
      const evaluate = one.input.selector?.['evaluate']
      if (typeof evaluate !== 'string' || evaluate === '') return { matching: true }
      const called = { text: evaluate, libraries: true }
      return shown(
        evaluateMatch(called, { globals: {}, argument: { value: object } }, budget),
        ({ matching }) => ({ matching }),
      )
    }
    case 'aggregatedClassification':
      return shown(evaluateMatch(agent, onResources(resources), budget), ({ matching }) => ({ matching }))
    case 'aggregatedSelection':
      if (script === '') return { resources }
      return shown(evaluateSelection(agent, onResources(resources), budget), withoutEmptyMessage)
    case 'evaluateHealth':
      return shown(evaluateHealth(agent, onResources(resources), budget), (rows) => ({
        resources: rows.map(({ resource, status, message }) => ({
          resource: resource ?? null,
          status,
          message,
        })),
      }))
    case 'classificationLua':
      return shown(evaluateClusters(manager, onResources(resources), budget), (clusters) => ({
        clusters: clusters.map((cluster) => ({ ...cluster })),
      }))
    case 'validateHealth':
      return validateHealth(one)
    case 'template-lua':
      return shown(
        evaluateTemplate(manager, onResources(one.input.mgmtResources ?? {}), budget),
        (result) => ({ result }),
      )
    default:
      throw new Error(`the oracle has an operation that this test does not know: ${one.op}`)
  }
}

function onResources(resources: LuaJson): { globals: JsonMap; argument: { global: string } } {
  return { globals: { resources }, argument: { global: 'resources' } }
}

/** The controller's own words around the script's message. */
function validateHealth(one: OracleCase): JsonMap {
  const { script = '', object = null, metrics = {} } = one.input
  const inputs = { globals: { obj: object, metrics }, argument: { global: 'obj' } }
  return shown(evaluateHealthy({ text: script, libraries: true }, inputs, budget), ({ healthy, message }) => {
    if (healthy) return { healthy, message: '' }
    const metadata = object?.['metadata'] as
      { readonly namespace?: string; readonly name?: string } | undefined
    const said =
      object === null
        ? message
        : `resource ${metadata?.namespace ?? ''}/${metadata?.name ?? ''} is not healthy: ${message}`
    return { healthy, message: said }
  })
}

function shown<T>(outcome: LuaOutcome<T>, show: (value: T) => unknown): JsonMap {
  return outcome.ok ? (show(outcome.value) as JsonMap) : failure
}

function withoutEmptyMessage<T extends { readonly message: string }>(result: T): object {
  const { message, ...rest } = result
  return message === '' ? rest : { ...rest, message }
}

const folder = join(sharedFolder() ?? '', 'corpus/oracle/lua')
const all = sharedFolder() === undefined ? [] : readdirSync(folder).sort().map(read)
/** Selectors of the management cluster that label filters or CEL decide: no Lua is run for them. */
const cases = all.filter(({ op, input }) => {
  return (
    op !== 'mgmtSelector' ||
    (typeof input.selector?.['evaluate'] === 'string' && input.selector['evaluateCEL'] === undefined)
  )
})

function read(file: string): OracleCase {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as OracleCase
}

const counts = { equal: 0, intended: 0 }

describe.skipIf(sharedFolder() === undefined)('Lua against the real code of Sveltos', () => {
  test('the oracle has cases', () => {
    expect(all.length).toBeGreaterThan(700)
  })

  test.each(cases.map((one) => [one.id, one] as const))('%s', (id, one) => {
    const expected = 'error' in one.expected ? failure : one.expected
    const intended = intendedLuaDifferences.find((difference) => difference.cases.includes(id))
    if (intended === undefined) {
      expect(run(one)).toEqual(expected)
      counts.equal += 1
    } else {
      // A difference that is gone must leave the list.
      expect(run(one)).not.toEqual(expected)
      counts.intended += 1
    }
  })

  afterAll(() => {
    console.log(
      `lua oracle: ${counts.equal} equal, ${counts.intended} intended differences, ${all.length - cases.length} without Lua, of ${all.length}`,
    )
  })
})

import { describe, expect, test } from 'vitest'
import { parseEventSource } from '../../src/intent/kinds/event-source.ts'
import { seeObjects } from '../../src/resolve/events/seen-objects.ts'
import { createKnowledge } from '../../src/resolve/knowledge.ts'
import { createScripts } from '../../src/resolve/scripts.ts'
import { documentOf, factsOf } from '../resolve/observed.ts'
import { sharedFolder } from '../shared.ts'
import { eventSourceDifferences } from './event-differences.ts'
import { readOracle, type JsonMap, type OracleCase } from './oracle-cases.ts'

/** What an event source sees of a cluster's objects; undefined: it is an error. */
function see({ input }: OracleCase): readonly JsonMap[] | undefined {
  const { resource, resources } = input as JsonMap
  const source = parseEventSource(documentOf(resource as JsonMap), () => undefined)
  if (source === undefined) throw new Error('the case holds no event source')
  const knowledge = createKnowledge(factsOf({ 'fleet/c1': resources as readonly JsonMap[] }))
  const scripts = createScripts({ clockMs: 0, elapsedMs: () => 0, report: () => undefined })
  const seen = seeObjects(source, 'fleet/c1', { knowledge, scripts })
  if (!seen.known) return undefined
  return sorted(
    seen.objects.map(({ value }) => {
      const { namespace, name } = value['metadata'] as JsonMap
      const { apiVersion, kind } = value
      return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) }
    }),
  )
}

function sorted(references: readonly JsonMap[]): readonly JsonMap[] {
  const key = (one: JsonMap): string => JSON.stringify(Object.entries(one).sort())
  return [...references].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

describe.skipIf(sharedFolder() === undefined)('Sveltos: event sources', () => {
  const cases = readOracle('agent').filter(({ op }) => op === 'eventSource')

  test('the oracle has all cases', () => {
    expect(cases).toHaveLength(34)
  })

  test.each(cases.map((one) => [one.id, one] as const))('%s', (id, one) => {
    const { error, matchingResources } = one.expected as {
      readonly error?: unknown
      readonly matchingResources?: readonly JsonMap[] | null
    }
    const expected = error === undefined ? sorted(matchingResources ?? []) : undefined
    if (eventSourceDifferences.some((difference) => difference.cases.includes(id)))
      expect(see(one)).not.toEqual(expected)
    else expect(see(one)).toEqual(expected)
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MemoryObject } from '../../src/adapters/memory/memory-clusters.ts'
import { parseExactJson } from '../../src/kubernetes/exact-json.ts'
import { factsText } from '../../src/observe/facts-text.ts'
import { parseFacts } from '../../src/observe/observe.ts'
import { cluster, fleet, need, observed, target } from './observing.ts'

const id = 'fleet/a'
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/)
/** Nulls, deep values and keys such as `__proto__` included. */
const widget = fc.record({ name, namespace: name, spec: fc.jsonValue() })

async function read(objects: readonly MemoryObject[]) {
  const { files } = await observed(fleet({ [id]: cluster(objects) }), {
    targets: [target(id)],
    needs: [need(id, 'example.com/v1', 'Widget')],
  })
  const facts = parseFacts(files, (diagnostic) => expect.unreachable(diagnostic.message))
  return { files, facts, objects: facts.clusters.get(id)?.objects ?? [] }
}

describe('recorded facts', () => {
  test('parse back to what was read, in one order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(widget, { selector: placeOf }), async (widgets) => {
        const { objects } = await read(widgets.map(toObject))
        const sorted = [...widgets].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
        expect(objects.map((text) => JSON.parse(text) as unknown)).toEqual(
          sorted.map((one) => JSON.parse(JSON.stringify(toObject(one))) as unknown),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('are the same bytes whatever order objects come in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .uniqueArray(widget, { selector: placeOf })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        async ([widgets, shuffled]) => {
          const [one, other] = [await read(widgets.map(toObject)), await read(shuffled.map(toObject))]
          expect([...other.files]).toEqual([...one.files])
          expect(other.facts.digest).toBe(one.facts.digest)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('hold whole numbers of any size as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.bigInt()), async (numbers) => {
        const text = `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"x","namespace":"y"},"spec":[${numbers.join(',')}]}`
        expect((await read([parseExactJson(text) as MemoryObject])).objects).toEqual([text])
      }),
      { numRuns: 60 },
    )
  })

  test('are printed as the published demo has them', () => {
    const folder = resolve(import.meta.dirname, '../../fixtures/demo/fleet/.fleetwright/facts')
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.json'),
    )
    expect(paths.length).toBeGreaterThan(5)
    for (const path of paths) {
      const text = readFileSync(join(folder, path), 'utf8')
      const members = Object.entries(JSON.parse(text) as Record<string, unknown>).map(([member, value]) => [
        member,
        Array.isArray(value)
          ? { type: 'list' as const, lines: value.map((row) => JSON.stringify(row)) }
          : JSON.stringify(value),
      ])
      expect(factsText(Object.fromEntries(members) as Parameters<typeof factsText>[0])).toBe(text)
    }
  })
})

interface Widget {
  readonly name: string
  readonly namespace: string
  readonly spec: unknown
}

function placeOf(one: Widget): string {
  return `${one.namespace}\0${one.name}`
}

function toObject({ spec, ...metadata }: Widget): MemoryObject {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata, spec }
}

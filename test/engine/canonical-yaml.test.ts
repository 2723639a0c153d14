import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from './built-engine.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})

afterAll(async () => {
  await engine.close()
})

async function print(data: unknown): Promise<string> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data }
  const outcome = await engine.printObjects([JSON.stringify(object)])
  if (!outcome.ok) throw new Error(outcome.fault.message)
  return outcome.value[0]?.text ?? ''
}

/** Characters and words on which readers of YAML differ. */
const awkward = fc.constantFrom(
  ...['\n', ' ', '\t', '\r', ':', '#', '-', '?', "'", '"', '\\', '|', '>', '\u0085', '\u2028', '\ufeff', '😀', 'a'],
  ...['y', 'no', 'null', '~', '0o7', '017', '1_000', '1e3', '1.', '.5', '2024-01-02', '1:30', '<<', '=', '---', '...'],
)
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(awkward, { maxLength: 8 }).map((parts) => parts.join('')))
const data = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  fc.oneof(
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(text),
  ),
)

describe('canonical YAML', () => {
  test.each(['1.1', '1.2'] as const)('is read back the same by a reader of YAML %s', async (version) => {
    await fc.assert(
      fc.asyncProperty(data, async (written) => {
        const printed = await print(written)
        const read = parse(printed, { version, merge: version === '1.1' }) as { data: unknown }
        expect(read.data).toEqual(JSON.parse(JSON.stringify(written)))
      }),
      { numRuns: 300 },
    )
  })

  test('is the same whatever the order of the keys', async () => {
    await fc.assert(
      fc.asyncProperty(data, async (written) => {
        const turned = Object.fromEntries(Object.entries(written).reverse())
        expect(await print(turned)).toBe(await print(written))
      }),
      { numRuns: 50 },
    )
  })

  test('keeps integers beyond what JavaScript counts', async () => {
    const json = '{"apiVersion":"v1","kind":"X","metadata":{"name":"a"},"int":9007199254740993,"uint":18446744073709551615}'
    const outcome = await engine.printObjects([json])
    expect(outcome.ok && outcome.value[0]?.text).toContain('\nint: 9007199254740993\nkind: X\nmetadata:\n  name: a\nuint: 18446744073709551615\n')
  })
})

import { describe, expect, it } from 'vitest'
import { createHeldFiles } from '../../src/engine/held-files.ts'
import { createTextStore } from '../../src/engine/text-store.ts'
import { toUtf16Offsets } from '../../src/engine/text-offsets.ts'
import { treeOf } from './small-chart.ts'

describe('the digest of a tree', () => {
  it('does not depend on the order of the files', () => {
    expect(treeOf({ a: '1', b: '2' }).digest).toBe(treeOf({ b: '2', a: '1' }).digest)
  })

  it('differs when a path or a content differs, or when content moves between files', () => {
    const digests = [
      treeOf({ a: '1', b: '2' }),
      treeOf({ a: '1', c: '2' }),
      treeOf({ a: '1', b: '3' }),
      treeOf({ a: '12', b: '' }),
      treeOf({ a: '1' }),
      treeOf({}),
    ].map(({ digest }) => digest)
    expect(new Set(digests).size).toBe(digests.length)
  })
})

describe('what an instance holds', () => {
  const one = treeOf({ one: 'x'.repeat(40) })
  const two = treeOf({ two: 'x'.repeat(40) })
  const operations = (requests: readonly { operation: string; payload: unknown }[]) =>
    requests.map(({ operation, payload }) => {
      const { digest, digests } = payload as { digest?: string; digests?: string[] }
      return [operation, digest ?? digests]
    })

  it('is loaded once', () => {
    const held = createHeldFiles(1000)
    expect(held.holdsSome({ charts: [one], trees: [] })).toBe(false)
    expect(operations(held.prepare({ charts: [one], trees: [two] }))).toEqual([
      ['loadChart', one.digest],
      ['loadTree', two.digest],
    ])
    expect(held.prepare({ charts: [one], trees: [two] })).toEqual([])
    expect(held.holdsSome({ charts: [one], trees: [] })).toBe(true)
  })

  it('as chart and as tree are two things', () => {
    const held = createHeldFiles(1000)
    held.prepare({ charts: [one], trees: [] })
    expect(operations(held.prepare({ charts: [], trees: [one] }))).toEqual([['loadTree', one.digest]])
  })

  it('goes when it is too much, what was used longest ago first', () => {
    const held = createHeldFiles(100)
    held.prepare({ charts: [one], trees: [] })
    held.prepare({ charts: [two], trees: [] })
    held.prepare({ charts: [one], trees: [] })
    const three = treeOf({ three: 'x'.repeat(40) })
    expect(operations(held.prepare({ charts: [three], trees: [] }))).toEqual([
      ['unloadCharts', [two.digest]],
      ['loadChart', three.digest],
    ])
    expect(held.holdsSome({ charts: [one], trees: [] })).toBe(true)
  })

  it('stays when one job needs more than the bound', () => {
    const held = createHeldFiles(10)
    expect(operations(held.prepare({ charts: [one, two], trees: [] })).map(([operation]) => operation)).toEqual([
      'loadChart',
      'loadChart',
    ])
  })

  it('is loaded in the order of digests, so that a fresh instance is always filled alike', () => {
    const first = createHeldFiles(1000).prepare({ charts: [one, two], trees: [] })
    const second = createHeldFiles(1000).prepare({ charts: [two, one, two], trees: [] })
    expect(operations(second)).toEqual(operations(first))
  })
})

describe('the store of texts', () => {
  it('drops what was used longest ago and says so', () => {
    const store = createTextStore(10)
    expect(store.add('a', '12345')).toEqual([])
    expect(store.add('b', '12345')).toEqual([])
    expect(store.get('a')).toBe('12345')
    expect(store.add('c', '1234')).toEqual(['b'])
    expect(store.get('b')).toBeUndefined()
    expect(store.get('a')).toBe('12345')
  })

  it('holds one text that is larger than the bound, and nothing else', () => {
    const store = createTextStore(10)
    store.add('a', '12345')
    expect(store.add('b', 'x'.repeat(11))).toEqual(['a'])
    expect(store.get('b')).toHaveLength(11)
  })

  it('counts a text that is added twice once', () => {
    const store = createTextStore(10)
    store.add('a', '12345')
    store.add('a', '12345')
    expect(store.add('b', '12345')).toEqual([])
  })
})

describe('byte offsets as UTF-16 offsets', () => {
  it('are the same in ASCII', () => {
    expect(toUtf16Offsets('a: 1\n', [0, 3, 5])).toEqual([0, 3, 5])
  })

  it('count a character beyond the basic plane as two', () => {
    const text = 'ä€𝄞x'
    const bytes = ['', 'ä', 'ä€', 'ä€𝄞', text].map((part) => Buffer.byteLength(part))
    expect(toUtf16Offsets(text, bytes)).toEqual([0, 1, 2, 4, 5])
  })
})

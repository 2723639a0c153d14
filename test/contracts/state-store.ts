import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { StateStore } from '../../src/review/state-store-port.ts'
import { openPlace, type QueuePlace } from './queue-place.ts'

async function open(place: QueuePlace): Promise<StateStore> {
  const { queue, state } = await openPlace(place)
  onTestFinished(async () => {
    await queue.close()
    await state.close()
  })
  return state
}

/** What every store promises. Each place is a new one. */
export function stateStoreContract(newPlace: () => Promise<QueuePlace>): void {
  describe('values', () => {
    test('what was put is there, for others and after a restart, until it is taken away', async () => {
      const place = await newPlace()
      const first = await openPlace(place)
      const value = JSON.stringify({ text: 'ü\u0000\n', list: [] })
      await first.state.put(new Map([['12/acme/fleet/a', value]]))
      expect(await (await open(place)).get('12/acme/fleet/a')).toBe(value)
      await first.queue.close()
      await first.state.close()
      const state = await open(place)
      expect(await state.get('12/acme/fleet/a')).toBe(value)
      await state.put(new Map([['12/acme/fleet/a', undefined]]))
      expect(await state.get('12/acme/fleet/a')).toBeUndefined()
      expect(await state.list('')).toEqual(new Map())
    })

    test('some are put and others taken away at once, and the last value stands', async () => {
      const state = await open(await newPlace())
      await state.put(new Map([['a', '1'], ['b', '1']])) // prettier-ignore
      await state.put(new Map<string, string | undefined>([['a', undefined], ['b', '2'], ['c', '']])) // prettier-ignore
      expect([...(await state.list(''))]).toEqual([['b', '2'], ['c', '']]) // prettier-ignore
    })

    test('a value of some megabytes comes back whole', async () => {
      const state = await open(await newPlace())
      const value = 'fact ü '.repeat(700_000)
      await state.put(new Map([['facts/one', value], ['facts/two', value]])) // prettier-ignore
      expect((await state.get('facts/one')) === value).toBe(true)
      expect([...(await state.list('facts/'))].map(([key, { length }]) => [key, length])).toEqual([
        ['facts/one', value.length],
        ['facts/two', value.length],
      ])
    })

    test('a prefix is meant as it is written, and the answer is sorted by key', async () => {
      const state = await open(await newPlace())
      const keys = ['a*/x', 'a?/x', 'a[b]/x', 'ab/x', 'ab/w', 'ab', 'a', 'ab/ü', 'ab/😀', 'ab/\uffff', 'b', 'a%/x', 'a_/x', 'A*/x'] // prettier-ignore
      await state.put(new Map(keys.map((key) => [key, `of ${key}`])))
      const listed = async (prefix: string): Promise<string[]> => [...(await state.list(prefix)).keys()]
      expect(await listed('a*')).toEqual(['a*/x'])
      expect(await listed('a?')).toEqual(['a?/x'])
      expect(await listed('a[b]')).toEqual(['a[b]/x'])
      expect(await listed('a%')).toEqual(['a%/x'])
      expect(await listed('a_')).toEqual(['a_/x'])
      expect(await listed('ab/')).toEqual(['ab/w', 'ab/x', 'ab/ü', 'ab/😀', 'ab/\uffff'])
      expect(await listed('c')).toEqual([])
      expect((await state.list('b')).get('b')).toBe('of b')
    })

    test('puts of many at once all happen', async () => {
      const place = await newPlace()
      const [one, two] = [await open(place), await open(place)]
      const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`)
      await Promise.all(keys.map((key, index) => (index % 2 ? one : two).put(new Map([[key, key]]))))
      expect([...(await one.list('key-')).values()].sort()).toEqual([...keys].sort())
    })
  })

  describe('leases', () => {
    test('one holder has it at a time, and keeps it by taking it again', async () => {
      const place = await newPlace()
      const [one, two] = [await open(place), await open(place)]
      expect(await one.lease('watch/a', 'one', 60_000)).toBe(true)
      expect(await two.lease('watch/a', 'two', 60_000)).toBe(false)
      expect(await one.lease('watch/a', 'one', 60_000)).toBe(true)
      expect(await two.lease('watch/b', 'two', 60_000)).toBe(true)
    })

    test('given back, it is free; nobody gives back what another one has', async () => {
      const state = await open(await newPlace())
      await state.lease('a', 'one', 60_000)
      expect(await state.lease('a', 'two', 0)).toBe(false)
      expect(await state.lease('a', 'two', 60_000)).toBe(false)
      expect(await state.lease('a', 'one', 0)).toBe(true)
      expect(await state.lease('a', 'two', 60_000)).toBe(true)
    })

    test('it is free when it has run out', async () => {
      const state = await open(await newPlace())
      await state.lease('a', 'one', 100)
      await vi.waitFor(async () => {
        expect(await state.lease('a', 'two', 60_000)).toBe(true)
      })
      expect(await state.lease('a', 'one', 60_000)).toBe(false)
    })

    test('of many who want it at once one gets it', async () => {
      const place = await newPlace()
      const [one, two] = [await open(place), await open(place)]
      const wanted = Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? one : two).lease('a', `holder-${index}`, 60_000),
      )
      expect((await Promise.all(wanted)).filter((isMine) => isMine)).toHaveLength(1)
    })
  })
}

import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { withMemoryLimit } from '../../src/engine/module.ts'
import { createWasi } from '../../src/engine/wasi.ts'

function createWorld(seed?: Uint8Array) {
  const buffer = new ArrayBuffer(1024)
  const wasi = createWasi({ memory: () => ({ buffer }), softMemoryLimitBytes: 1 })
  wasi.begin({ seed, clockMs: 1_700_000_000_123 })
  const call = (name: string, ...args: (number | bigint)[]) => {
    const imported = wasi.imports[name] as ((...args: (number | bigint)[]) => number) | undefined
    return imported?.(...args)
  }
  const random = (length: number) => {
    call('random_get', 0, length)
    return Buffer.from(buffer.slice(0, length))
  }
  return { wasi, call, random, view: new DataView(buffer), buffer }
}

describe('randomness', () => {
  it('is HMAC-SHA256 of the seed over a counter, however it is cut', () => {
    const seed = Buffer.from('seed')
    const block = (counter: number) =>
      createHmac('sha256', seed)
        .update(Buffer.from([0, 0, 0, 0, 0, 0, 0, counter]))
        .digest()
    const stream = Buffer.concat([block(0), block(1), block(2)])
    const world = createWorld(seed)
    const drawn = Buffer.concat([world.random(3), world.random(40), world.random(53)])
    expect(drawn.toString('hex')).toBe(stream.toString('hex'))
    expect(world.wasi.randomCalls()).toBe(3)
  })

  it('starts anew with each job', () => {
    const { wasi, random } = createWorld(Buffer.from('seed'))
    const first = random(8)
    wasi.begin({ seed: Buffer.from('seed'), clockMs: 0 })
    expect(random(8)).toEqual(first)
  })

  it('without a seed is the same in every instance', () => {
    expect(createWorld().random(8)).toEqual(createWorld().random(8))
    expect(createWorld().random(8)).not.toEqual(createWorld(Buffer.from('seed')).random(8))
  })
})

describe('the clock', () => {
  it('is what the host says, and its readings are counted', () => {
    const { wasi, call, view } = createWorld()
    call('clock_time_get', 0, 0n, 8)
    expect(view.getBigUint64(8, true)).toBe(1_700_000_000_123_000_000n)
    expect(wasi.clockReadings()).toBe(1)
  })

  it('that is monotonic moves by sleeps alone, and is not counted', () => {
    const { wasi, call, view } = createWorld()
    const read = () => {
      call('clock_time_get', 1, 0n, 8)
      return view.getBigUint64(8, true)
    }
    const before = read()
    expect(read()).toBe(before)
    view.setBigUint64(64, 7n, true)
    view.setBigUint64(64 + 24, 5_000n, true)
    expect(call('poll_oneoff', 64, 128, 1, 8)).toBe(0)
    expect(view.getBigUint64(128, true)).toBe(7n)
    expect(read()).toBe(before + 5_000n)
    expect(wasi.clockReadings()).toBe(0)
  })
})

it('arguments and environment hold what Go needs and nothing of the machine', () => {
  const { call, view, buffer } = createWorld()
  const list = (name: 'args' | 'environ') => {
    call(`${name}_sizes_get`, 0, 4)
    const [count, size] = [view.getUint32(0, true), view.getUint32(4, true)]
    call(`${name}_get`, 16, 128)
    expect(view.getUint32(16, true)).toBe(128)
    const texts = Buffer.from(buffer, 128, size).toString().split('\0').slice(0, -1)
    expect(texts).toHaveLength(count)
    return texts
  }
  expect(list('args')).toEqual(['engine'])
  expect(list('environ')).toEqual(['GODEBUG=invalidptr=0,gcstoptheworld=1', 'GOMEMLIMIT=1'])
})

describe('the bound of the memory', () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
  const custom = [0, 3, 1, 0x78, 9]

  it('is written into a module that has none', () => {
    const module = Uint8Array.from([...header, ...custom, 5, 3, 1, 0, 2, ...custom])
    // 300 pages are 0xac 0x02 in LEB128.
    const limited = [...header, ...custom, 5, 5, 1, 1, 2, 0xac, 0x02, ...custom]
    expect([...withMemoryLimit(module, 300 * 65_536)]).toEqual(limited)
  })

  it('replaces one that is there, and is never less than the start', () => {
    const module = Uint8Array.from([...header, 5, 5, 1, 1, 2, 0xac, 0x02])
    expect([...withMemoryLimit(module, 65_536)]).toEqual([...header, 5, 4, 1, 1, 2, 2])
  })

  it('is refused where there is no memory', () => {
    expect(() => withMemoryLimit(Uint8Array.from([...header, ...custom]), 1)).toThrow('no WebAssembly module')
  })
})
